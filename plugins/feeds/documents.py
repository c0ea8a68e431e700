"""Which documents a feed consists of, whatever their format (RFC 5005 §4)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from feeds.model import Entry, Feed

NEWEST = 20
"""How many entries the document that people subscribe to holds."""

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed changed in which nothing has appeared yet: no build's time may stand in it."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a feed: the one to subscribe to, or the archive of a `year`.

    `previous` is the year of the archive that comes before it; no document points to a later
    archive, so that an old one changes only when an entry of its year does.
    """

    feed: Feed
    entries: tuple[Entry, ...]
    year: int | None = None
    previous: int | None = None

    @property
    def updated(self) -> datetime:
        """When something in it last changed."""
        return max((entry.updated for entry in self.entries), default=NEVER)

    def file(self, ending: str) -> str:
        """Return its path below the output in one format: `ja/feed-2014.atom`."""
        return f"{self.feed.file}{_suffix(self.year)}.{ending}"

    def url(self, ending: str) -> str:
        """Return its address in one format."""
        return f"{self.feed.url}{_suffix(self.year)}.{ending}"

    def previous_url(self, ending: str) -> str | None:
        """Return the address of the archive before it, None in the last one."""
        return f"{self.feed.url}{_suffix(self.previous)}.{ending}" if self.previous else None


def _suffix(year: int | None) -> str:
    return "" if year is None else f"-{year}"


def documents_of(feed: Feed) -> list[Document]:
    """Return the subscription document, then the archives, newest first.

    Archives begin with the year of the newest entry that the subscription document has no
    room for; each holds all entries published in its year, as that year is written there.
    """
    # The year first: in two time zones, the later of two moments can lie in the earlier year.
    entries = sorted(
        feed.entries, key=lambda entry: (entry.published.year, entry.published), reverse=True
    )
    years = sorted({entry.published.year for entry in entries[NEWEST:]})
    newest = Document(feed, tuple(entries[:NEWEST]), previous=years[-1] if years else None)
    archives = [
        Document(feed, tuple(e for e in entries if e.published.year == year), year, previous)
        for previous, year in pairwise([None, *years])
        if year is not None
    ]
    return [newest, *reversed(archives)]
