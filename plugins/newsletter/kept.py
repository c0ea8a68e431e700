"""Finished editions kept from one build to the next, as the files that the build writes.

A file's name holds what it was made of and what it says, so that one that is missing, cut short
or made by other code counts as absent.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from os import getpid
from pathlib import Path

Files = dict[str, bytes | Path]
"""What an edition is written as: the ending of each file's name → its bytes, or where they lie."""


class Kept:
    """The editions below `folder`, each under the digest of what it was made of."""

    def __init__(self, folder: Path, endings: Iterable[str]) -> None:
        self._folder = folder
        self._endings = tuple(endings)
        self._there = dict(_found(folder))
        self._used: set[Path] = set()

    def find(self, made_of: str) -> Files | None:
        """Return the files that `keep` was given for the same, or None."""
        files: Files = {}
        for ending in self._endings:
            place = self._there.get((made_of, ending))
            if place is None or not _whole(place):
                return None
            files[ending] = place
        self._used |= {place for place in files.values() if isinstance(place, Path)}
        return files

    def keep(self, made_of: str, files: Files) -> None:
        """Keep files for later builds; where that cannot be done, they have more to do."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            for ending, content in files.items():
                data = content if isinstance(content, bytes) else content.read_bytes()
                place = self._folder / f"{made_of}.{_digest(data)}.{ending}"
                draft = place.with_name(f"{place.name}-{getpid()}")
                draft.write_bytes(data)
                draft.replace(place)
                self._used.add(place)

    def sweep(self) -> None:
        """Remove what nobody asked for since this was made."""
        with suppress(OSError):
            for place in self._folder.iterdir():
                if place not in self._used:
                    place.unlink(missing_ok=True)


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
