"""Feeds: what other plugins hand over as values becomes Atom, RSS, JSON Feed and OPML.

A plugin appends `feeds.model.Feed` values to `context["feeds"]` when the library is ready, wherever
it stands in PLUGINS.
"""

import logging
from collections.abc import Iterable
from typing import Any

from blinker import signal
from pelican import signals
from pelican.generators import Generator

from feeds import atom, json_feed, rss
from feeds.announcements import announce
from feeds.characters import printable
from feeds.checks import sift
from feeds.documents import documents_of
from feeds.model import Feed
from feeds.pages import sheets_of, subscriptions
from lint.model import Rules, Settings

FORMATS = {"atom": atom.write, "rss": rss.write, "json": json_feed.write}
"""Who writes the documents of a feed; the keys are those of MEDIA_TYPES."""

_log = logging.getLogger(__name__)


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

    An entry that no feed can hold is an error of the build, and left out. Raises FeedError.
    """
    feeds, faults = sift(printable(feed) for feed in context["feeds"])
    for fault in faults:
        _log.error("%s", fault)
    binder = context["binder"]
    context["files"] |= files_of(feeds, context.get("WEBSUB_HUB")) | subscriptions(feeds, binder)
    context["sheets"] += sheets_of(feeds, binder)
    context["sheets"][:] = announce(context["sheets"], feeds)


def lint_rules(settings: Settings) -> Rules:
    """Return where each language has its page about feeds, and the list for software."""
    addresses = [
        address
        for lang in settings["LANGUAGES"]
        for address in (f"/{lang}/feeds/", f"/{lang}/feeds.opml")
    ]
    return Rules(addresses=(lambda _: addresses,))


def share(generator: Generator) -> None:
    """Give every plugin a place for its feeds."""
    generator.context.setdefault("feeds", [])


def register() -> None:
    """Connect to Pelican and to the library."""
    signals.generator_init.connect(share)
    signal("feeds_ready").connect(publish)
