"""The receipt of a push: what its build changes for readers, and how to undo it.

It goes to a terminal of 80 columns in which git puts `remote: ` in front of each line.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from importlib import import_module
from os.path import samestat
from pathlib import Path, PurePosixPath

from lint.model import visible
from publishing.compression import Twins
from publishing.headers import is_feed
from publishing.layout import Layout
from publishing.model import Changes, Made, is_of_status

_WIDTH = 72
_PAGES_SHOWN = 12
"""Of each kind and language; the most telling come first."""
_KINDS = ("new", "changed", "gone")

COLUMN_BYTES = 13_000
"""What one request over a line that loses half its packets can carry."""
_COLUMN = re.compile(r"[^/]+/columns/(?!\d{4}/)[^/]+/index\.html")


def compare(site: Path, live: Path) -> Changes:
    """Return the pages and feeds in which a site differs from the live one, by their bytes.

    The status is left out: it is newer each minute, whoever pushes.
    """
    after, before = _files(site), _files(live)
    both = sorted(after.keys() & before.keys())
    return Changes(
        new=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(path for path in both if not _same(after[path], before[path])),
        gone=tuple(sorted(before.keys() - after.keys())),
    )


def receipt(layout: Layout, commit: str, made: Made, now: datetime) -> Iterator[str]:
    """Yield the lines that tell what goes live with the build of a commit."""
    site = layout.site(commit)
    changes = compare(site, layout.current)
    yield f"Live within seconds at {made.siteurl}/"
    if layout.current.exists():
        yield from _changes(changes, made, site, Twins(layout.compressed))
    else:
        pages = sum(map(_is_page, changes.new))
        yield f"The first release: {pages:,} pages, {len(changes.new) - pages:,} feeds."
    warnings = [f"Warning: {visible(warning)}" for warning in made.warnings]
    if more := [*warnings, *_from_plugins(made.receipt, changes, layout.root, now)]:
        yield ""
        yield from more


def budget_of(path: str) -> int | None:
    """Return how many bytes a page may take over the wire, by its path in the site, or None."""
    return COLUMN_BYTES if _COLUMN.fullmatch(path) else None


def undo(before: str | None, after: str, *, merged: bool, several: bool) -> str:
    """Return the command by which who pushed takes a push back.

    A revert of merges needs to be told which side counts; the content of before does not.
    """
    if before is None:
        return "push what the site shall hold instead; there was nothing before this"
    short, new = before[:10], after[:10]
    if merged:
        back = f"git restore -SW --source={short} content && git commit -m 'Back to {short}'"
        return f"{back} && git push"
    return f"git revert --no-edit {f'{short}..{new}' if several else new} && git push"


def _changes(changes: Changes, made: Made, site: Path, twins: Twins) -> Iterator[str]:
    if not (changes.new or changes.changed or changes.gone):
        yield "No page and no feed changes."
    for lang, name in {**made.languages, "": "Both languages"}.items():
        part = changes.of(lang) if lang else changes.outside(made.languages)
        if lines := list(_language(part, site, twins)):
            yield ""
            yield name
            yield from lines


def _files(site: Path) -> dict[str, Path]:
    """Return the pages and feeds of a site by their paths."""
    found = {}
    for file in site.rglob("*"):
        path = file.relative_to(site).as_posix()
        if (_is_page(path) or is_feed(path)) and not is_of_status(path) and file.is_file():
            found[path] = file
    return found


def _is_page(path: str) -> bool:
    return path.endswith((".html", ".htm"))


def _same(one: Path, other: Path) -> bool:
    here, there = one.stat(), other.stat()
    if here.st_size != there.st_size:
        return False
    return samestat(here, there) or one.read_bytes() == other.read_bytes()


def _language(changes: Changes, site: Path, twins: Twins) -> Iterator[str]:
    for kind in _KINDS:
        pages = sorted(filter(_is_page, getattr(changes, kind)), key=_weight_of_news)
        for number, path in enumerate(pages[:_PAGES_SHOWN]):
            size = _size((site / path).read_bytes(), path, twins) if kind != "gone" else ""
            yield from _row(kind if number == 0 else "", _address(path), size)
        yield from _more(pages)
    feeds = [path for kind in _KINDS for path in getattr(changes, kind) if is_feed(path)]
    yield from _feeds(feeds)


def _weight_of_news(path: str) -> tuple[bool, str]:
    """Put what people wrote before the lists that follow from it."""
    return budget_of(path) is None, path


def _address(path: str) -> str:
    return f"/{path.removesuffix('index.html')}"


def _size(data: bytes, path: str, twins: Twins) -> str:
    packed = twins.of(data, ".br")
    size = packed.stat().st_size if packed else len(data)
    budget = budget_of(path)
    if budget is None:
        return f"{size:,} bytes"
    return f"{size:,} of {budget:,} bytes" + (": TOO HEAVY" if size > budget else "")


def _row(label: str, text: str, size: str = "") -> Iterator[str]:
    """Yield a line with the size at the right, or on a line of its own where there is no room."""
    left = f"  {label:<8} {visible(text)}"
    room = _WIDTH - len(left)
    if size and room <= len(size):
        yield left
        yield size.rjust(_WIDTH)
    else:
        yield left + (size.rjust(room) if size else "")


def _more(found: Sequence[object]) -> Iterator[str]:
    if len(found) > _PAGES_SHOWN:
        yield from _row("", f"… and {len(found) - _PAGES_SHOWN:,} more")


def _feeds(paths: Iterable[str]) -> Iterator[str]:
    """Yield the feeds, each once however many formats it has."""
    by_name: dict[str, list[str]] = {}
    for path in map(PurePosixPath, sorted(set(paths))):
        by_name.setdefault(str(path.with_suffix("")), []).append(path.suffix[1:])
    shown = list(by_name.items())
    for number, (name, endings) in enumerate(shown[:_PAGES_SHOWN]):
        yield from _row("feeds" if number == 0 else "", f"/{name}", " ".join(endings))
    yield from _more(shown)


def _from_plugins(
    names: Sequence[str], changes: Changes, root: Path, now: datetime
) -> Iterator[str]:
    for name in names:
        module, _, function = name.partition(":")
        try:
            yield from getattr(import_module(module), function)(changes, root, now)
        except Exception as error:  # noqa: BLE001  a line that fails must not lose the receipt
            yield f"Warning: {name}: {type(error).__name__}: {visible(str(error))}"
