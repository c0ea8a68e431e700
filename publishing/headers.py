"""What a file of the site is, and how long it may be kept: for nginx and for every remote alike.

Imports no sibling but the model, and that of the feeds.
"""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from feeds.model import MEDIA_TYPES
from publishing.model import is_hashed, is_of_status

FOR_EVER = "public, max-age=31536000, immutable"
SHORT = "public, max-age=300"
MINUTE = "public, max-age=60, must-revalidate"
UNKEPT = "no-store"

TYPES: Mapping[str, str] = {
    "html": "text/html; charset=utf-8",
    "htm": "text/html; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "opml": "text/x-opml; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
    "json": "application/json",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
}
"""The content type by a name's ending."""

ANYTHING = "application/octet-stream"

FEED = rf"/feed(?:-[0-9]{{4}})?\.(?:{'|'.join(MEDIA_TYPES)})$"
JSON_FEED = r"/feed(?:-[0-9]{4})?\.json$"
JSON_FEED_TYPE = MEDIA_TYPES["json"]
"""Addresses of feeds, or of some: expressions that nginx reads as well."""

_LISTS = re.compile(r"/(?:[^/]+\.opml|sitemap\.xml|robots\.txt)$")


def content_type(path: str) -> str:
    """Return the content type of a file of the site."""
    if re.search(JSON_FEED, f"/{path}"):
        return JSON_FEED_TYPE
    return TYPES.get(PurePosixPath(path).suffix.removeprefix(".").lower(), ANYTHING)


def cache_control(path: str) -> str:
    """Return how long browsers and what stands before the server may keep a file of the site."""
    if is_hashed(path):
        return FOR_EVER
    return MINUTE if is_of_status(path) else SHORT


def is_feed(path: str) -> bool:
    """Tell whether a file of the site is a feed, or an archive of one."""
    return re.search(FEED, f"/{path}") is not None


def leads_on(path: str) -> bool:
    """Tell whether a file leads software to pages: a feed, a list of feeds, what crawlers read."""
    return is_feed(path) or _LISTS.search(f"/{path}") is not None
