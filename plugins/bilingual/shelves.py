"""One language's view of the library: years, topics, neighbours, related columns.

Everything is grouped in one pass over the works, so that cost grows with their number and
no list is ever searched for a column.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from columns.model import Column, Work

RELATED = 3


@dataclass(frozen=True, slots=True)
class Shelf:
    """A language's columns, newest first; the missing ones stand in their original's language."""

    lang: str
    columns: tuple[Column, ...]
    years: Mapping[int, tuple[Column, ...]]
    topics: Mapping[str, tuple[Column, ...]]
    own: tuple[Column, ...]


def shelve(works: Iterable[Work], lang: str) -> Shelf:
    """Group all works as a reader of one language finds them."""
    columns = tuple(work.in_language(lang) for work in works)
    years: dict[int, list[Column]] = defaultdict(list)
    topics: dict[str, list[Column]] = defaultdict(list)
    for column in columns:
        years[column.date.year].append(column)
        for topic in column.topics:
            topics[topic].append(column)
    return Shelf(
        lang,
        columns,
        {year: tuple(found) for year, found in sorted(years.items(), reverse=True)},
        {topic: tuple(found) for topic, found in topics.items()},
        tuple(column for column in columns if column.lang == lang),
    )


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What a column's page leads on to, all of it in the column's own language."""

    older: Column | None
    newer: Column | None
    related: tuple[Column, ...]


def neighbours(shelf: Shelf) -> dict[str, Neighbours]:
    """Return the neighbours of each column of the shelf's language, by slug."""
    near = _near_by_topic(shelf)
    newest_first = shelf.own
    return {
        column.slug: Neighbours(
            older=newest_first[index + 1] if index + 1 < len(newest_first) else None,
            newer=newest_first[index - 1] if index else None,
            related=_related(column, near[column.slug]),
        )
        for index, column in enumerate(newest_first)
    }


def _near_by_topic(shelf: Shelf) -> dict[str, list[Column]]:
    """Return, per column, those that stand nearest to it in the lists of its topics.

    A few on either side suffice, which keeps the work per column constant and lets a new
    column change only the pages of its neighbours.
    """
    near: dict[str, list[Column]] = defaultdict(list)
    for columns in shelf.topics.values():
        own = [column for column in columns if column.lang == shelf.lang]
        for index, column in enumerate(own):
            near[column.slug] += own[max(0, index - RELATED) : index]
            near[column.slug] += own[index + 1 : index + 1 + RELATED]
    return near


def _related(column: Column, candidates: Iterable[Column]) -> tuple[Column, ...]:
    """Return those that share most topics, then those nearest in time, then by slug."""
    unique = {candidate.slug: candidate for candidate in candidates}
    topics = set(column.topics)

    def rank(other: Column) -> tuple[int, float, str]:
        distance_s = abs((other.date - column.date).total_seconds())
        return -len(topics.intersection(other.topics)), distance_s, other.slug

    return tuple(sorted(unique.values(), key=rank)[:RELATED])
