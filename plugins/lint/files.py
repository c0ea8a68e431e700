"""What must hold for every file below `content/` before anybody reads it as a column."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from columns.source import place_of
from lint.model import CONTROL, OFFERED, TEXTS, Problem, control_fault

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
