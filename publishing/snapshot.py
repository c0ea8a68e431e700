"""What goes out: the files of a folder as they were at one moment, whatever is built meanwhile."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from press.errors import OutputError
from press.files import kept_from_builds
from publishing.compression import ENCODINGS
from publishing.errors import Busy, RemoteError
from publishing.headers import cache_control, content_type
from publishing.layout import REDIRECTS
from publishing.model import RELEASE_JSON

_LEFT_OUT = frozenset({RELEASE_JSON, REDIRECTS})
"""What only the web server of our own reads."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Files below `folder`, each path with the fingerprint of its bytes and headers."""

    folder: Path
    files: Mapping[str, str]


def taken(folder: Path, belongs: Callable[[str], bool], place: Path) -> Snapshot:
    """Return a folder's files, by links below an empty `place`: a build puts new ones beside them.

    Raises RemoteError for what cannot be sent, and Busy where a build is writing the folder.
    """
    try:
        with kept_from_builds(folder):
            paths = [path for path in _paths(folder) if belongs(path)]
            for path in paths:
                _link(folder / path, place / path)
        return snapshot_of(place, paths)
    except OutputError as error:
        raise Busy(str(error)) from None
    except OSError as error:
        raise RemoteError(f"{error.filename}: {error.strerror}") from None


def snapshot_of(folder: Path, paths: Iterable[str]) -> Snapshot:
    """Return files of a folder that nothing else writes."""
    return Snapshot(folder, {path: _fingerprint(folder, path) for path in paths})


def _paths(folder: Path) -> Iterator[str]:
    for place, folders, names in os.walk(folder, onerror=_told):
        folders[:] = [name for name in folders if not name.startswith(".")]
        there = set(names)
        for name in names:
            twin = any(name.removesuffix(ending) in there - {name} for ending in ENCODINGS)
            path = Path(place, name).relative_to(folder).as_posix()
            if name.startswith(".") or twin or path in _LEFT_OUT:
                continue
            if Path(place, name).is_symlink() or not path.isprintable():
                raise RemoteError(f"{folder}: {path!r} is a link or has no name that can be sent")
            yield path


def _told(error: OSError) -> None:
    """Raise what keeps a folder from being read; else all that it holds would count as gone."""
    if not isinstance(error, FileNotFoundError):
        raise error


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another file system, one without links, or somebody else's file
        shutil.copy2(source, target)  # with its time, which some remotes keep


def _fingerprint(folder: Path, path: str) -> str:
    """Return what changes with a file's bytes and with the headers that it is served with."""
    digest = hashlib.sha256(f"{content_type(path)}\n{cache_control(path)}\n".encode())
    digest.update((folder / path).read_bytes())
    return digest.hexdigest()
