"""The output folder of one build: every file whole, and none left over."""

import os
import shutil
import stat
from pathlib import Path, PurePosixPath

from press.errors import OutputError

MARKER = ".atogaki"
"""The file that says a folder is ours; temporary files begin with the same name."""

_MARKER_TEXT = b"The build writes this folder and removes whatever else lies in it.\n"


class Output:
    """The files below `root` that one build writes.

    A file is written under a temporary name and then put in place, so that a build killed
    at any point leaves each file old or new; a file whose bytes stay is not touched, nor is
    its time. Raises OutputError for a folder that holds files and was never ours.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._writers: dict[str, str] = {}
        self._folders: dict[str, str] = {"": "the output itself"}
        self._claim()

    def write(self, path: str, data: bytes, by: str = "the build") -> None:
        """Write one file, `path` being below the root with forward slashes.

        `by` names whose file it is, for the message when two claim one path.
        Raises OutputError for a path that leaves the root or is taken.
        """
        self._enter(path, by)
        self._open(path.rpartition("/")[0], by)
        target = self.root / path
        if not _holds(target, data):
            if target.is_dir() and not target.is_symlink():
                shutil.rmtree(target)
            _put(target, data)

    def copy(self, path: str, source: Path) -> None:
        """Publish the file `source` as `path`, under the rules of `write`."""
        self.write(path, source.read_bytes(), by=str(source))

    def sweep(self) -> list[str]:
        """Remove every file and empty folder that this build did not write, and name them."""
        removed: list[str] = []
        skipped = len(str(self.root)) + 1
        for folder, below, names in os.walk(self.root, topdown=False):
            links = [name for name in below if Path(folder, name).is_symlink()]
            for name in names + links:
                path = f"{folder}/{name}"[skipped:]
                if path not in self._writers and path != MARKER:
                    (self.root / path).unlink()
                    removed.append(path)
            if folder[skipped:] not in self._folders and not any(Path(folder).iterdir()):
                Path(folder).rmdir()
        return sorted(removed)

    def _claim(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        names = [place.name for place in self.root.iterdir()]
        # What begins with the marker's name is left from a build killed while it claimed this.
        if MARKER not in names and any(not name.startswith(MARKER) for name in names):
            raise OutputError(
                f"{self.root}: holds files that no build of ours wrote and would remove; "
                f"name another output folder, empty this one, or make it ours: "
                f"touch {self.root / MARKER}"
            )
        if not _holds(self.root / MARKER, _MARKER_TEXT):
            _put(self.root / MARKER, _MARKER_TEXT)

    def _enter(self, path: str, by: str) -> None:
        parts = PurePosixPath(path).parts
        if "/".join(parts) != path or not _stays_below(parts):
            raise OutputError(
                f"{path!r} (from {by}) is no path below the output; "
                "write it like ja/columns/cable-fault/index.html"
            )
        for taken in (self._writers, self._folders):
            if path in taken:
                raise OutputError(_clash(path, taken[path], by))
        self._writers[path] = by

    def _open(self, folder: str, by: str) -> None:
        """Make `folder`; what an earlier build left in its way, links above all, goes."""
        if folder in self._folders:
            return
        if folder in self._writers:
            raise OutputError(_clash(folder, self._writers[folder], by))
        self._open(folder.rpartition("/")[0], by)
        place = self.root / folder
        if place.is_symlink() or place.is_file():
            place.unlink()
        place.mkdir(exist_ok=True)
        self._folders[folder] = by


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


def _put(target: Path, data: bytes) -> None:
    # No fsync: a build can be run again, and thousands of them would cost minutes.
    draft = target.with_name(f"{MARKER}-{os.getpid()}")
    draft.write_bytes(data)
    draft.replace(target)
