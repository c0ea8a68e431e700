"""What must hold for every file below `content/` before anybody reads it as a column."""

import re
from collections.abc import Iterator
from os.path import realpath
from pathlib import Path, PurePosixPath

from columns.source import place_of
from lint.model import CONTROL, OFFERED, Problem, control_fault

TEXTS = frozenset({".md", ".toml", ".svg"})
BESIDE_TEXTS = OFFERED | {".svg"}

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def paths_below(root: Path) -> Iterator[str]:
    """Yield all files and symbolic links below `root`, sorted; hidden ones and links' insides not.

    Raises FileNotFoundError where `root` is missing.
    """
    entries = (entry for entry in root.iterdir() if not entry.name.startswith("."))
    for entry in sorted(entries, key=lambda entry: entry.name):
        if entry.is_dir() and not entry.is_symlink():
            yield from (f"{entry.name}/{below}" for below in paths_below(entry))
        else:
            yield entry.name


def why_unreadable(root: Path, path: str) -> Problem | None:
    """Return why nothing else may be asked of a file: its kind or its encoding, or None."""
    if fault := _kind_fault(root, root / path):
        return Problem(path, 1, fault)
    if PurePosixPath(path).suffix not in TEXTS:
        return None
    data = (root / path).read_bytes()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        return Problem(path, line, message)
    return None


def check_name(path: str) -> Iterator[Problem]:
    """Refuse a name that makes a poor address, and a file that nothing would read."""
    place = PurePosixPath(path)
    if not _NAME.fullmatch(place.name):
        message = "write letters a to z, digits, dots, hyphens and underscores, e.g. figure-1.svg"
        yield Problem(path, 1, f'file name "{place.name}": {message}')
    elif place.suffix == ".md":
        if place_of(path) is None:
            message = "write columns/2014-03-24-cable-fault/ja.md or, for a page, pages/about/ja.md"
            yield Problem(path, 1, f"no place for a text; {message}")
    elif place.parts[0] in {"columns", "pages"} and place.suffix not in BESIDE_TEXTS:
        kinds = " ".join(sorted(BESIDE_TEXTS))
        message = f"write .md for a text, one of {kinds} for what lies beside it"
        yield Problem(path, 1, f'file name "{place.name}": nothing reads it; {message}')


def check_characters(root: Path, path: str) -> Iterator[Problem]:
    """Refuse what a reader of the source cannot see and a reader of the page must not get."""
    if PurePosixPath(path).suffix not in TEXTS:
        return
    text = (root / path).read_bytes().decode("utf-8").replace("\r\n", "\n")
    for number, line in enumerate(text.split("\n"), 1):
        if found := CONTROL.search(line):
            yield Problem(path, number, control_fault(f"U+{ord(found[0]):04X}"))


def _kind_fault(root: Path, file: Path) -> str | None:
    # Not Path.resolve(), which raises for links in a circle before Python 3.13.
    if file.is_symlink() and not Path(realpath(file)).is_relative_to(realpath(root)):
        return "a symbolic link that leaves content/; put the file itself here"
    if file.is_symlink() and file.is_dir():
        return "a symbolic link to a folder; put the folder itself here"
    if file.is_symlink() and not file.is_file():
        return "a symbolic link to no file; put the file itself here"
    if not file.is_file():
        return "neither a file nor a folder; delete it"
    return None
