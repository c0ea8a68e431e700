"""What flows from a column's file to every page, feed and mail. Imports no sibling."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Standing(StrEnum):
    """Whether readers may see a column at the build's `now`."""

    PUBLISHED = "published"
    DRAFT = "draft"
    SCHEDULED = "scheduled"


def standing_of(status: str, date: datetime | None, now: datetime) -> Standing:
    """Judge a text by its `Status:` header and its date against the build's `now`."""
    if status.lower() == "draft":
        return Standing.DRAFT
    if date is not None and date > now:
        return Standing.SCHEDULED
    return Standing.PUBLISHED


def is_before(one: datetime, other: datetime, *, timed: bool) -> bool:
    """Compare two moments, or only their days, as each is written, unless both are `timed`."""
    return one < other if timed else one.date() < other.date()


@dataclass(frozen=True, slots=True)
class Column:
    """A column in one language, as every output reads it.

    `body` and `postscript` are finished HTML: links point to addresses, figures stand
    in place; the portable ones are the same for feeds and mail, with whole addresses,
    figures as pictures and ids of their own. `title_html` may break at phrases. `topics`
    are slugs. `date` and `modified` carry their UTC offset; `timed` and
    `modified_timed` tell whether the author wrote a time of day. `aliases` are addresses that
    it once had. `source` is the file's path below `content/`.
    """

    id: str
    slug: str
    lang: str
    title: str
    title_html: str
    summary: str
    topics: tuple[str, ...]
    date: datetime
    modified: datetime | None
    timed: bool
    modified_timed: bool
    url: str
    body: str
    postscript: str | None
    portable_body: str
    portable_postscript: str | None
    reading_minutes: int
    standing: Standing
    translation: bool
    aliases: tuple[str, ...]
    source: str

    @property
    def updated(self) -> datetime:
        """When this text last changed: `Modified`, else `Date`, and never before that.

        A `Modified` without a time counts from midnight, which may lie before a timed `Date`.
        """
        return max(self.modified or self.date, self.date)

    @property
    def updated_timed(self) -> bool:
        """Tell whether the author wrote the time of day of the last change."""
        return self.timed if self.modified is None else self.modified_timed


@dataclass(frozen=True, slots=True)
class Work:
    """One column in all its languages, in the order of LANGUAGES."""

    versions: Mapping[str, Column]
    original: Column

    def in_language(self, lang: str) -> Column:
        """Return the version in `lang`, or else the original."""
        return self.versions.get(lang, self.original)


@dataclass(frozen=True, slots=True)
class Library:
    """Every work, newest first, as the build's context carries it to all plugins."""

    works: tuple[Work, ...]
