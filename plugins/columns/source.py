"""A Markdown file below `content/` as written: headers with their lines, then the body.

Headers are Pelican's own form: `Name: value` lines at the top of the file, a value goes
on in lines indented by four spaces, and the first blank line ends them. Imports no sibling.
"""

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

PATH_METADATA = (
    r"(?:columns/(?P<date>\d{4}-\d{2}-\d{2})-|pages/)"
    r"(?P<slug>[^/]+)/(?P<lang>[^/.]+)\.md$"
)
"""Where a column or page may lie; Pelican reads date, slug and language from it."""

_HEADER = re.compile(r"^(?P<name>[A-Za-z][A-Za-z0-9_-]*):[ \t]*(?P<value>.*)$")
_CONTINUED = re.compile(r"^(?: {4,}|\t)(?P<value>.*\S.*)$")

_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2})?"
_OFFSET = r"Z|[+-][0-9]{2}:?[0-9]{2}"
_DATE = re.compile(rf"(?P<day>{_DAY})(?:[ T](?P<time>{_TIME}) ?(?P<offset>{_OFFSET})?)?")

_WIDE_IN_JAPANESE = frozenset("…‥―")
"""Ambiguous to Unicode; a line that ends in them ends in Japanese where the next is wide."""

DECIDING = frozenset({"title", "id", "date", "modified", "status"})
"""Headers without which a text would be published as another, or too early."""


@dataclass(frozen=True, slots=True)
class Header:
    """One header line: name in lower case, value stripped, line counted from 1."""

    name: str
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Place:
    """What a file's path says: `date` is `YYYY-MM-DD` for a column, None for a page."""

    date: str | None
    slug: str
    lang: str

    @property
    def address(self) -> tuple[str, ...]:
        """The parts of the text's address: `("ja", "columns", "cable-fault")`."""
        return address_of(self.lang, self.slug, column=self.date is not None)


def address_of(lang: str, slug: str, *, column: bool) -> tuple[str, ...]:
    """Return the parts of a text's address; a page stands right below its language."""
    return (lang, "columns", slug) if column else (lang, slug)


@dataclass(frozen=True, slots=True)
class Source:
    """One file: `path` is below `content/` with forward slashes, lines count from 1.

    `stray` is the line that ended the headers without being blank, the body's first.
    """

    path: str
    place: Place
    headers: tuple[Header, ...]
    body: str
    body_line: int
    stray: str = ""

    @property
    def is_column(self) -> bool:
        """Tell a column, whose folder carries a date, from a page."""
        return self.place.date is not None

    @property
    def folder(self) -> str:
        """The path of the folder that holds all languages of this text."""
        return self.path.rpartition("/")[0]

    def header(self, name: str) -> Header | None:
        """Return the first header of that name (lower case), or None."""
        return next((h for h in self.headers if h.name == name), None)

    def value(self, name: str) -> str:
        """Return the value of a header, or an empty string."""
        header = self.header(name)
        return header.value if header else ""

    def date(self, zone: ZoneInfo) -> datetime | None:
        """Return the moment of `Date:`, or else the day of the folder; None where there is none."""
        date = parse_date(self.value("date") or self.place.date or "")
        return in_zone(date, zone) if date else None

    def line_of(self, name: str) -> int:
        """Return the line of a header, or 1 where the file lacks it."""
        header = self.header(name)
        return header.line if header else 1


def place_of(path: str) -> Place | None:
    """Return what a path below `content/` says, or None where it fits no rule."""
    found = re.fullmatch(PATH_METADATA.removesuffix("$"), path)
    return Place(**found.groupdict()) if found else None


def parse(path: str, text: str) -> Source:
    """Split a file's text into headers and body. Raises ValueError for a path that fits no rule."""
    place = place_of(path)
    if place is None:
        raise ValueError(
            f"{path}: not columns/<date>-<slug>/<language>.md or pages/<slug>/<language>.md"
        )
    return parse_at(path, place, text)


def parse_at(path: str, place: Place, text: str) -> Source:
    """Split the text of a file, whose place somebody else knows, into headers and body."""
    # Only LF ends a line: splitlines() would also break a title at U+2028 or a form feed.
    lines = text.removeprefix("\ufeff").removesuffix("\n").split("\n")
    headers: list[Header] = []
    end, stray = 0, ""
    for end, line in enumerate(lines):
        if found := _HEADER.match(line):
            headers.append(Header(found["name"].lower(), found["value"].strip(), end + 1))
        elif headers and (more := _CONTINUED.match(line)):
            last = headers[-1]
            headers[-1] = Header(last.name, _joined(last.value, more["value"].strip()), last.line)
        else:
            stray = line.strip()
            break
    else:
        end = len(lines)
    while end < len(lines) and not lines[end].strip():
        end += 1
    return Source(path, place, tuple(headers), "\n".join(lines[end:]), end + 1, stray)


def _joined(value: str, more: str) -> str:
    """Return a header's value with what its next line adds."""
    if not value or meet(value[-1], more[0]):
        return f"{value}{more}"
    return f"{value} {more}"


def meet(last: str, first: str) -> bool:
    """Tell whether no space stands between a line's last character and the next one's first.

    None does where both are full-width, and where one of them is full-width punctuation, which
    has its own space: `した。` and `99%` meet without another.
    """
    wide = (_is_full_width(last), _is_full_width(first))
    return all(wide) or (wide[0] and _is_punctuation(last)) or (wide[1] and _is_punctuation(first))


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character).startswith("P")


def _is_full_width(character: str) -> bool:
    """Tell East Asian wide characters (UAX #11) from narrow ones; Hangul has word spaces."""
    if character < "\u2e80":
        return character in _WIDE_IN_JAPANESE
    wide = unicodedata.east_asian_width(character) in "WF"
    return wide and not unicodedata.name(character, "").startswith("HANGUL")


def ending_fault(source: Source, names: Container[str]) -> str | None:
    """Return what is wrong with how the headers begin or end, in the body's first line, or None.

    A body may begin with `Note: …`, but not with one of `names` (lower case): a `Status: draft`
    that stands there would say nothing, and the draft would be published.
    """
    if source.stray:
        rule = "write Name: value with an ASCII colon, then a blank line"
        return f'"{source.stray}" is no header; {rule}'
    if not source.headers and source.body and source.body_line > 1:
        return "the file begins with a blank line; begin with the headers"
    first = source.body.partition("\n")[0]
    name = _visible(first).partition(":")[0].strip()
    if ":" in _visible(first) and name.lower() in names:
        return f'"{first.strip()}" looks like a header but stands in the text; move it up'
    return None


def _visible(line: str) -> str:
    """Return a line without invisible characters, full-width letters and colons made ASCII."""
    plain = unicodedata.normalize("NFKC", line)
    return "".join(char for char in plain if unicodedata.category(char) != "Cf")


def read(content: Path, path: str) -> Source:
    """Read one file below `content`. Raises OSError, UnicodeDecodeError or ValueError."""
    return parse(path, (content / path).read_text(encoding="utf-8"))


def read_at(content: Path, path: str, place: Place) -> Source:
    """Read a file whose place somebody else knows. Raises OSError or UnicodeDecodeError."""
    return parse_at(path, place, (content / path).read_text(encoding="utf-8"))


def parse_date(value: str) -> datetime | None:
    """Return the moment that a date header names, midnight without a time, or None.

    The result carries an offset only where the value does.
    """
    found = _DATE.fullmatch(value)
    if found is None:
        return None
    text = f"{found['day']} {found['time'] or '00:00'}{found['offset'] or ''}"
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return a moment with its own UTC offset, or that of the site's zone where it has none."""
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def has_time(value: str) -> bool:
    """Tell whether a date header names a time and not just a day."""
    found = _DATE.fullmatch(value)
    return found is not None and found["time"] is not None
