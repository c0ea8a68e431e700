"""Feeds: what other plugins hand over as values becomes Atom, RSS, JSON Feed and OPML.

A plugin that comes before this one in PLUGINS appends `feeds.model.Feed` values to
`context["feeds"]`.
"""

from collections.abc import Iterable
from typing import Any

from blinker import signal
from pelican import signals
from pelican.generators import Generator

from feeds import atom, json_feed, rss
from feeds.announcements import announce
from feeds.characters import printable
from feeds.checks import check
from feeds.documents import documents_of
from feeds.model import Feed
from feeds.pages import sheets_of, subscriptions

FORMATS = {"atom": atom.write, "rss": rss.write, "json": json_feed.write}
"""Who writes the documents of a feed; the keys are those of MEDIA_TYPES."""


def files_of(feeds: Iterable[Feed], hub: str | None = None) -> dict[str, bytes]:
    """Return every document of every feed in every format: path below the output → bytes."""
    return {
        document.file(ending): write(document, hub)
        for feed in feeds
        for document in documents_of(feed)
        for ending, write in FORMATS.items()
    }


def publish(context: dict[str, Any]) -> None:  # Any: Pelican's context
    """Add all feeds to the build's files, their page to its sheets, their names to all pages.

    Raises FeedError.
    """
    feeds = [printable(feed) for feed in context["feeds"]]
    check(feeds)
    binder = context["binder"]
    context["files"] |= files_of(feeds, context.get("WEBSUB_HUB")) | subscriptions(feeds, binder)
    context["sheets"] = list(announce([*context["sheets"], *sheets_of(feeds, binder)], feeds))


def share(generator: Generator) -> None:
    """Give every plugin a place for its feeds."""
    generator.context.setdefault("feeds", [])


def register() -> None:
    """Connect to Pelican and to the library."""
    signals.generator_init.connect(share)
    signal("library_ready").connect(publish)
