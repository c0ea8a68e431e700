"""The output folder of one build: every file whole, and none left over."""

import fcntl
import os
import shutil
import stat
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from press.errors import OutputError
from press.twins import ENDINGS, has_twins, is_text, twins_of

MARKER = ".atogaki"
"""The file that says a folder is ours; temporary files begin with the same name."""

_MARKER_TEXT = b"The build writes this folder and removes whatever else lies in it.\n"

_PATIENCE_S = 3.0
"""A build that is just ending is waited for; a longer one is the asker's to wait for."""


class Output:
    """The files below `root` that one build writes.

    A file is written under a temporary name and then put in place, so that a build killed
    at any point leaves each file old or new; a file whose bytes stay is not touched, nor is
    its time. From its making to `close` no other build gets the folder; one that dies lets go
    of it. Raises OutputError for a folder that holds files and was never ours, that another
    build is writing, or that is no folder.
    """

    def __init__(
        self, root: Path, patience_s: float = _PATIENCE_S, *, compress: bool = False
    ) -> None:
        """Take the folder; with `compress`, a text gets its twins (see `press.twins`)."""
        self.root = root
        self._compress = compress
        self._writers: dict[str, str] = {}
        self._folders: dict[str, str] = {"": "the output itself"}
        self._made = {""}
        self._refuse_foreign()
        self._lock = self._take(patience_s)

    def close(self) -> None:
        """Let other builds have the folder."""
        self._lock()

    def claim(self, path: str, by: str) -> None:
        """Keep `path` for a later `put`; nothing in the output changes.

        `by` names whose file it is, for the message when two claim one path.
        Raises OutputError for a path that leaves the root or is taken.
        """
        self._check(path, by)
        self._claim_folder(path.rpartition("/")[0], by)
        self._writers[path] = by
        if self._has_twins(path):
            self._writers |= {f"{path}{ending}": by for ending in ENDINGS}

    def write(self, path: str, data: bytes, by: str = "the build") -> None:
        """Claim `path`, which is below the root and has forward slashes, and put the file there."""
        self.claim(path, by)
        self.put(path, data)

    def put(self, path: str, data: bytes) -> None:
        """Write one file to a path that was claimed."""
        self._open(path.rpartition("/")[0])
        target = self.root / path
        twins = self._has_twins(path)
        if _holds(target, data) and (not twins or has_twins(target, data)):
            return
        # The file itself comes last: where it is new, its twins are.
        for ending, packed in twins_of(data).items() if twins else ():
            _replace(target.with_name(f"{target.name}{ending}"), packed)
        _replace(target, data)

    def sweep(self, below: Iterable[str] = ("",)) -> list[str]:
        """Remove every file and empty folder that this build did not write, and name them.

        `below` are the folders in which to look, from the root, and files that may have left
        twins; by default it is all of the output.
        """
        places = [*below]
        removed = [path for place in places for path in self._sweep(self.root / place)]
        for twin in (f"{place}{ending}" for place in places for ending in ENDINGS):
            if twin not in self._writers and (self.root / twin).is_file():
                (self.root / twin).unlink()
                removed.append(twin)
        return sorted(removed)

    def _sweep(self, place: Path) -> Iterator[str]:
        skipped = len(str(self.root)) + 1
        for folder, below, names in os.walk(place, topdown=False):
            links = [name for name in below if Path(folder, name).is_symlink()]
            for name in names + links:
                path = f"{folder}/{name}"[skipped:]
                if path not in self._writers and path != MARKER:
                    (self.root / path).unlink()
                    yield path
            if folder[skipped:] not in self._folders and not any(Path(folder).iterdir()):
                Path(folder).rmdir()

    def _has_twins(self, path: str) -> bool:
        return self._compress and is_text(path)

    def _refuse_foreign(self) -> None:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise OutputError(
                f"{self.root}: is a file or a link to nothing, or lies below one; "
                "name a folder for the output, as in -o output"
            ) from None
        names = [place.name for place in self.root.iterdir()]
        # What begins with the marker's name is left from a build killed while it claimed this.
        if MARKER not in names and any(not name.startswith(MARKER) for name in names):
            raise OutputError(
                f"{self.root}: holds files that no build of ours wrote and would remove; "
                f"name another output folder, empty this one, or make it ours: "
                f"touch {self.root / MARKER}"
            )

    def _take(self, patience_s: float) -> Callable[[], object]:
        """Lock the marker, and return what unlocks it."""
        marker = self.root / MARKER
        if marker.is_symlink():
            marker.unlink()
        file = os.open(marker, os.O_RDWR | os.O_CREAT, 0o666)
        lock = weakref.finalize(self, os.close, file)
        if not lock_within(patience_s, file):
            lock()
            raise OutputError(f"another build is writing {self.root}; wait for it to end")
        # In place and not by a new file, which would leave the lock on the old one.
        if not _holds(marker, _MARKER_TEXT):
            os.truncate(file, 0)
            os.write(file, _MARKER_TEXT)
        return lock

    def _check(self, path: str, by: str) -> None:
        parts = PurePosixPath(path).parts
        if "/".join(parts) != path or not _stays_below(parts):
            raise OutputError(
                f"{path!r} (from {by}) is no path below the output; "
                "write it like ja/columns/cable-fault/index.html"
            )
        for taken in (self._writers, self._folders):
            if path in taken:
                raise OutputError(_clash(path, taken[path], by))

    def _claim_folder(self, folder: str, by: str) -> None:
        if folder in self._folders:
            return
        if folder in self._writers:
            raise OutputError(_clash(folder, self._writers[folder], by))
        self._claim_folder(folder.rpartition("/")[0], by)
        self._folders[folder] = by

    def _open(self, folder: str) -> None:
        """Make `folder`; what an earlier build left in its way, links above all, goes."""
        if folder in self._made:
            return
        self._open(folder.rpartition("/")[0])
        place = self.root / folder
        if place.is_symlink() or place.is_file():
            place.unlink()
        place.mkdir(exist_ok=True)
        self._made.add(folder)


@contextmanager
def kept_from_builds(root: Path) -> Iterator[None]:
    """Keep builds from writing a folder while it is read; one that no build marked is nobody's.

    Who reads need not be the one who may write it, nor the only one who reads. Raises OutputError
    where a build is writing it.
    """
    try:
        file = os.open(root / MARKER, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        yield
        return
    try:
        if not lock_within(_PATIENCE_S, file, fcntl.LOCK_SH):
            raise OutputError(f"a build is writing {root}; wait for it to end")
        yield
    finally:
        os.close(file)


def lock_within(patience_s: float, file: int, kind: int = fcntl.LOCK_EX) -> bool:
    """Lock a file until it is closed; tell whether that could be done in time."""
    end = time.monotonic() + patience_s
    while not _is_locked(file, kind):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _is_locked(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _clash(path: str, first: str, second: str) -> str:
    return f"{path}: taken twice, by {first} and by {second}; give one of them another address"


def _stays_below(parts: tuple[str, ...]) -> bool:
    return bool(parts) and not any(
        part == ".." or "\\" in part or "\0" in part or part.startswith(("/", MARKER))
        for part in parts
    )


def _holds(target: Path, data: bytes) -> bool:
    try:
        found = target.lstat()
    except FileNotFoundError:
        return False
    same_shape = stat.S_ISREG(found.st_mode) and found.st_size == len(data)
    return same_shape and target.read_bytes() == data


def _replace(target: Path, data: bytes) -> None:
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    _put(target, data)


def _put(target: Path, data: bytes) -> None:
    # No fsync: a build can be run again, and thousands of them would cost minutes.
    draft = target.with_name(f"{MARKER}-{os.getpid()}")
    draft.write_bytes(data)
    draft.replace(target)
