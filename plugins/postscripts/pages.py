"""The list of postscripts, newest first, and a page for each year of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, islice

from markupsafe import Markup

from bilingual.model import Binder, Link, Row
from columns.model import Column, Library
from press.model import Sheet

_TAG = re.compile(
    r"""(?P<figure><svg\b.*?</svg>)|<[a-z](?:[^"'>]|"[^"]*"|'[^']*')*>""", re.DOTALL | re.IGNORECASE
)
_ID = re.compile(r' id="[^"]*"')

NEWEST = 20
"""How many postscripts the list shows before it points to the years."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A postscript in a list: its text, and the column it belongs to."""

    column: Row
    html: Markup


def sheets_of(library: Library, binder: Binder) -> Iterator[Sheet]:
    """Yield each language's list and its years; what lacks the language is marked there too."""
    by_year = {lang: _by_year(library, lang) for lang in binder.languages}
    for lang, years in by_year.items():
        newest = list(islice(chain.from_iterable(years.values()), NEWEST))
        yield binder.sheet(
            binder.everywhere(lang, "postscripts"),
            "postscripts",
            title=binder.phrase(lang, "list.postscripts"),
            description=binder.phrase(lang, "list.postscripts_about"),
            entries=_entries(newest, lang, binder),
            years=[
                (Link(binder.address(lang, "postscripts", str(year)), str(year)), len(found))
                for year, found in years.items()
            ],
        )
        for year, found in years.items():
            languages = [other for other, theirs in by_year.items() if year in theirs]
            yield binder.sheet(
                binder.wherever(languages, lang, "postscripts", str(year)),
                "postscripts",
                title=binder.phrase(lang, "list.postscripts_year", year=year),
                description=binder.phrase(lang, "list.postscripts_about"),
                entries=_entries(found, lang, binder),
                years=[],
            )


def _by_year(library: Library, lang: str) -> dict[int, list[Column]]:
    """Return the columns that a language's lists show, newest first, by year."""
    shown = (work.in_language(lang) for work in library.works)
    closed = (column for column in shown if column.postscript is not None)
    return {year: list(group) for year, group in groupby(closed, lambda column: column.date.year)}


def _entries(columns: Sequence[Column], lang: str, binder: Binder) -> list[Entry]:
    return [
        Entry(binder.row(column, lang), Markup(detached(column)))  # noqa: S704  typeset HTML
        for column in columns
    ]


def detached(column: Column) -> str:
    """Return a postscript fit to stand among others: no ids, footnotes point to the column.

    A figure keeps its own, which bear the column's name and which its parts refer to.
    """

    def alone(tag: re.Match[str]) -> str:
        if tag["figure"]:
            return tag[0]
        return _ID.sub("", tag[0]).replace('href="#', f'href="{column.url}#')

    return _TAG.sub(alone, column.postscript or "")
