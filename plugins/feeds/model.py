"""What other plugins hand over to be followed: feeds of entries, whatever the format.

A plugin appends its `Feed` values to `context["feeds"]`; only this plugin knows how a feed is
written. Imports no sibling.
"""

from dataclasses import dataclass
from datetime import datetime

ATOM = "application/atom+xml"
"""The format that pages announce; every reader of feeds knows it."""

MEDIA_TYPES = {"atom": ATOM, "rss": "application/rss+xml", "json": "application/feed+json"}
"""Every feed is written in each of these: ending of its address → media type."""


def feeds_beside(page: str) -> tuple[str, ...]:
    """Return where the feed of a list is that stands at `page`, such as `/ja/`, in each format."""
    return tuple(f"{page}feed.{ending}" for ending in MEDIA_TYPES)


@dataclass(frozen=True, slots=True)
class Category:
    """A topic: its slug, and its name in the entry's language."""

    term: str
    label: str


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same thing in another language; `url` is absolute, `hreflang` may be x-default."""

    hreflang: str
    url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to read. `id` is a URI that never changes; times carry their UTC offset.

    `title` and `summary` are plain text, `content` is HTML without anything active, whose
    addresses are absolute and whose ids are unique among all entries. `url` is absolute.
    `alternates` are the other languages, without this one. `source` names the file it was made
    from, for messages.
    """

    id: str
    title: str
    url: str
    lang: str
    published: datetime
    updated: datetime
    summary: str
    content: str
    author: str
    categories: tuple[Category, ...] = ()
    alternates: tuple[Alternate, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A list that can be followed. `id` is a URI that never changes.

    `url` is absolute and lacks the format's ending (`https://columns.example/ja/feed`);
    `file` is the same below the output (`ja/feed`). `home` is the absolute address of the
    page that the feed follows. `alternates` are the same feed in other languages, without
    ending, too. Entries may be in any language and any order. A language's `main` feed is
    announced by every page of it.
    """

    id: str
    file: str
    url: str
    home: str
    title: str
    subtitle: str
    lang: str
    author: str
    entries: tuple[Entry, ...]
    alternates: tuple[Alternate, ...] = ()
    main: bool = False

    def address(self, ending: str) -> str:
        """Return where the feed is in one format, a key of MEDIA_TYPES: `…/ja/feed.atom`."""
        return f"{self.url}.{ending}"
