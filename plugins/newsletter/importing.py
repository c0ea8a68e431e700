"""A file of subscribers as people have it: CSV by whatever program, good rows and bad."""

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from columns.source import in_zone, parse_date
from newsletter.addresses import name_fault, normalised, shown
from newsletter.errors import AddressError, ImportRefused
from newsletter.model import Consent
from newsletter.subscribers import Enrolment

COLUMNS = ("address", "languages", "name", "consent_at", "consent_how")
SUSPENDED = "suspended"
"""A column of our own lists: why nothing is sent to somebody."""
EXAMPLE = "reader@customer.example,ja en,山田 花子,2026-11-26 10:00,signed up at the office"

_SPREADSHEET_DATE = re.compile(
    r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?:[ T](\d{1,2})(:\d{2}(?::\d{2})?)(.*))?"
)


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be taken, and why; `line` is where it begins, from 1."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Rows:
    """What a file holds, and the encoding it was read in."""

    encoding: str
    good: tuple[Enrolment, ...]
    bad: tuple[BadRow, ...]


def read_rows(data: bytes, languages: Collection[str], zone: ZoneInfo, now: int) -> Rows:
    """Read a CSV file that begins with a line of headers.

    A date without an offset is one in `zone`. Raises ImportRefused where nothing can be read.
    """
    encoding = _encoding(data)
    text = data.decode(encoding)
    rows = _numbered(text)
    columns = _columns(next(rows, (1, []))[1])
    good: list[Enrolment] = []
    bad: list[BadRow] = []
    for line, cells in rows:
        try:
            good.append(_enrolment(_values(cells, columns), languages, zone, now))
        except ValueError as error:
            bad.append(BadRow(line, str(error)))
    return Rows(encoding, tuple(good), tuple(bad))


def moment_of(text: str, zone: ZoneInfo) -> datetime | None:
    """Return the moment that a date names, also as spreadsheets write it, or None."""
    found = _SPREADSHEET_DATE.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minutes, offset = found.groups()
    time = f" {int(hour):02}{minutes}{offset}" if hour else ""
    moment = parse_date(f"{year}-{int(month):02}-{int(day):02}{time}")
    return moment and in_zone(moment, zone)


def languages_of(text: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the languages that a text lists. Raises ValueError where one is not `known`."""
    chosen = tuple(dict.fromkeys(re.split(r"[\s,;/、，]+", text.strip())))
    if wrong := [lang for lang in chosen if lang not in known]:
        given = shown(" ".join(wrong)) if any(wrong) else "nothing"
        raise ValueError(f"languages: {given} is none of {', '.join(known)}")
    return chosen


# --- The file ---------------------------------------------------------------------------------


def _encoding(data: bytes) -> str:
    """Return the encoding of a file as Excel and others save them."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif b"\0" in data:
        candidates = []
    else:
        candidates = ["utf-8-sig", "cp932"]
    for encoding in candidates:
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise ImportRefused(
        "is neither UTF-8, UTF-16 with its mark, nor cp932 (Shift_JIS); "
        'save it in the spreadsheet as "CSV UTF-8"'
    )


def _delimiter(text: str) -> str:
    """Return what stands between the headers: Excel also writes semicolons and tabs."""
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


def _columns(cells: Sequence[str] | csv.Error) -> tuple[str, ...]:
    columns = () if isinstance(cells, csv.Error) else tuple(name.strip().lower() for name in cells)
    unknown = [shown(name) for name in columns if name not in (*COLUMNS, SUSPENDED)]
    missing = [name for name in COLUMNS if name not in columns and name != "name"]
    if unknown or missing or len(set(columns)) < len(columns):
        problems = [f"lacks {', '.join(missing)}"] if missing else []
        problems += [f"does not know {', '.join(unknown)}"] if unknown else []
        raise ImportRefused(
            f"line 1: names the columns, and {' and '.join(problems) or 'names one twice'}; "
            f"write {','.join(COLUMNS)} and below it rows like {EXAMPLE}"
        )
    return columns


def _numbered(text: str) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Yield each row that holds anything, or why it is none, with the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, error
        else:
            if any(cell.strip() for cell in cells):
                yield line, cells


# --- A row ------------------------------------------------------------------------------------


def _values(cells: Sequence[str] | csv.Error, columns: Sequence[str]) -> Mapping[str, str]:
    if isinstance(cells, csv.Error):
        raise ValueError(f'cannot be read ({cells}); look for a " that is opened and not closed')  # noqa: TRY004  a row, not an argument
    if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
        raise ValueError(
            f"has {len(cells)} values for {len(columns)} columns; "
            "write a value that holds the separator in quotation marks"
        )
    given = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
    return {name: given.get(name, "") for name in (*COLUMNS, SUSPENDED)}


def _enrolment(
    row: Mapping[str, str], languages: Collection[str], zone: ZoneInfo, now: int
) -> Enrolment:
    """Return who a row names. Raises ValueError with all that is wrong in it."""
    reasons: list[str] = []
    if row[SUSPENDED]:
        reasons.append(f"suspended: {shown(row[SUSPENDED])}; empty that once they agree anew")
    address = ""
    try:
        address = normalised(row["address"])
    except AddressError as error:
        reasons.append(str(error))
    chosen: tuple[str, ...] = ()
    try:
        chosen = languages_of(row["languages"], languages)
    except ValueError as error:
        reasons.append(str(error))
    texts = {column: name_fault(row[column]) for column in ("name", "consent_how")}
    reasons += [f"{column}: {fault}" for column, fault in texts.items() if fault]
    if not row["consent_how"]:
        reasons.append('consent_how: is empty; say how they agreed, as in "signed up on paper"')
    at = moment_of(row["consent_at"], zone)
    if at is None or at.timestamp() > now:
        fault = "lies in the future" if at else "is no date like 2026-11-26 10:00"
        reasons.append(f"consent_at: {shown(row['consent_at'])} {fault}")
    if reasons or at is None:
        raise ValueError("; ".join(reasons))
    consent = Consent(int(at.timestamp()), row["consent_how"])
    return Enrolment(address, row["name"], chosen, consent)
