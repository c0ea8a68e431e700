"""Every document of a feed, in every format."""

from collections.abc import Iterable

from feeds import atom, json_feed, rss
from feeds.documents import documents_of
from feeds.model import Feed

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
