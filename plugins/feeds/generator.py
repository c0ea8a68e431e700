"""The feeds of all plugins into the build."""

import logging
from typing import Any

from pelican.generators import Generator

from feeds.announcements import announce
from feeds.characters import printable
from feeds.checks import sift
from feeds.pages import sheets_of, subscriptions
from feeds.writing import files_of

_log = logging.getLogger(__name__)


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


def share(generator: Generator) -> None:
    """Give every plugin a place for its feeds."""
    generator.context.setdefault("feeds", [])
