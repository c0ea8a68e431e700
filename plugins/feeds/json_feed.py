"""JSON Feed 1.1."""

import json
from typing import Any

from feeds.documents import Document
from feeds.model import Entry

VERSION = "https://jsonfeed.org/version/1.1"


def write(document: Document, hub: str | None = None) -> bytes:
    """Return a document as JSON; `hub` is the address of a WebSub hub.

    `feed_url` names the feed, also in an archive; `next_url` leads to the older entries.
    """
    feed = document.feed
    data = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.address("json"),
        "description": feed.subtitle,
        "next_url": document.previous_url("json"),
        "authors": [{"name": feed.author}],
        "language": feed.lang,
        "hubs": [{"type": "WebSub", "url": hub}] if hub and not document.year else [],
        "items": [_item(entry) for entry in document.entries],
    }
    # Absent is not empty: a reader may follow an address of null.
    present = {name: value for name, value in data.items() if value or name == "items"}
    return json.dumps(present, ensure_ascii=False, indent=1).encode() + b"\n"


def _item(entry: Entry) -> dict[str, Any]:  # Any: JSON
    data = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.content,
        "date_published": entry.published.isoformat(),
        "date_modified": entry.updated.isoformat(),
        "authors": [{"name": entry.author}],
        "tags": [category.label for category in entry.categories],
        "language": entry.lang,
        "_alternates": {other.hreflang: other.url for other in entry.alternates},
    }
    return {name: value for name, value in data.items() if value or name == "content_html"}
