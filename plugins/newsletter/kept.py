"""Finished editions kept from one build to the next, as the files that the build writes.

A file's name holds what it was made of and what it says, so that one that is missing, cut short
or made by other code counts as absent.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

Files = dict[str, bytes | Path]
"""What an edition is written as: the ending of each file's name → its bytes, or where they lie."""

IDLE_S = 86_400
"""How long an edition stays that no build uses."""


class Kept:
    """The editions below `folder`, each under the digest of what it was made of."""

    def __init__(self, folder: Path, endings: Iterable[str]) -> None:
        self._folder = folder
        self._endings = tuple(endings)
        self._there = dict(_found(folder))
        self._last_use = 0.0

    def find(self, made_of: str) -> Files | None:
        """Return the files that `keep` was given for the same, or None."""
        files: dict[str, Path] = {}
        for ending in self._endings:
            place = self._there.get((made_of, ending))
            if place is None or not _whole(place):
                return None
            files[ending] = place
        for place in files.values():
            self._use(place)
        return dict(files)

    def keep(self, made_of: str, files: Mapping[str, bytes]) -> None:
        """Keep files for later builds; where that cannot be done, they have more to do."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            for ending, data in files.items():
                place = self._folder / f"{made_of}.{_digest(data)}.{ending}"
                draft = place.with_name(f"{place.name}-{os.getpid()}")
                draft.write_bytes(data)
                draft.replace(place)
                self._use(place)

    def sweep(self) -> None:
        """Remove what no build has used for a day before this one.

        A younger file may be one that another build is about to write from.
        """
        with suppress(OSError):
            for place in self._folder.iterdir():
                if place.stat().st_mtime < self._last_use - IDLE_S:
                    place.unlink(missing_ok=True)

    def _use(self, place: Path) -> None:
        with suppress(OSError):
            os.utime(place)
            self._last_use = place.stat().st_mtime


def _found(folder: Path) -> Iterator[tuple[tuple[str, str], Path]]:
    with suppress(OSError):
        for place in folder.iterdir():
            made_of, _, rest = place.name.partition(".")
            yield (made_of, rest.partition(".")[2]), place


def _whole(place: Path) -> bool:
    with suppress(OSError):
        return place.name.split(".")[1] == _digest(place.read_bytes())
    return False


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:32]
