"""The headers of a column or a page that belong to no other plugin."""

import re
from functools import partial

from columns.source import parse_date
from lint.model import HeaderField

TITLE_LENGTH = 80
SUMMARY_LENGTH = 300
FIRST_YEAR = 1970
STATUSES = ("draft", "published")

_COLUMN = frozenset({"column"})
_ANY = frozenset({"column", "page"})
_ID = re.compile(r"[a-z][a-z0-9]{9}")


def _id_fault(value: str) -> str | None:
    if _ID.fullmatch(value):
        return None
    return f'"{value}" is no id; write ten letters a to z and digits, a letter first: k7q2mzv4xh'


def _date_fault(value: str) -> str | None:
    date = parse_date(value)
    if date is None:
        return f'"{value}" is no date; write 2014-03-24 or 2014-03-24 09:00'
    if date.year < FIRST_YEAR:
        return f'"{value}" is before {FIRST_YEAR}, where time begins for software; write 2014-03-24'
    return None


def _status_fault(value: str) -> str | None:
    if value in STATUSES:
        return None
    return f'"{value}" is no status; write {" or ".join(STATUSES)}'


def _at_most(length: int, value: str) -> str | None:
    if len(value) <= length:
        return None
    return f"{len(value)} characters are too many; write at most {length}"


TITLE = HeaderField(
    name="Title",
    meaning=f"The title on pages, in lists, feeds and mail, at most {TITLE_LENGTH} characters",
    example="海底ケーブルが切れた朝",
    kinds=_ANY,
    required=_ANY,
    check=partial(_at_most, TITLE_LENGTH),
)

HEADERS = (
    TITLE,
    HeaderField(
        name="Id",
        meaning="What feeds know the column by, the same in all its languages and never changed",
        example="k7q2mzv4xh",
        required=_COLUMN,
        check=_id_fault,
    ),
    HeaderField(
        name="Date",
        meaning="When it is published, on its folder's day, Japan's time unless an offset follows",
        example="2014-03-24 09:00",
        kinds=_ANY,
        required=_COLUMN,
        check=_date_fault,
    ),
    HeaderField(
        name="Summary",
        meaning=f"One or two sentences for lists and feeds, at most {SUMMARY_LENGTH} characters",
        example="早朝、台湾沖でケーブルが切れた。迂回路を探した一日の記録。",
        kinds=_ANY,
        required=_COLUMN,
        check=partial(_at_most, SUMMARY_LENGTH),
    ),
    HeaderField(
        name="Modified",
        meaning="When the text last changed in a way that readers should know of",
        example="2014-03-26 18:30",
        kinds=_ANY,
        check=_date_fault,
    ),
    HeaderField(
        name="Status",
        meaning="draft hides it from readers; published, or no such line, shows it",
        example="draft",
        kinds=_ANY,
        check=_status_fault,
    ),
)
