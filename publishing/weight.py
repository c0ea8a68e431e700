"""How many bytes a page takes over the wire, and how many it may take."""

import re

import brotli

COLUMN_BYTES = 13_000
"""What one request over a line that loses half its packets can carry."""
STATUS_BYTES = 50_000

_COLUMN = re.compile(r"[^/]+/columns/(?!\d{4}/)[^/]+/index\.html")
_STATUS = re.compile(r"[^/]+/status/index\.html")


def budget_of(path: str) -> int | None:
    """Return how many bytes a page may take, by its path below the output, or None."""
    if _COLUMN.fullmatch(path):
        return COLUMN_BYTES
    return STATUS_BYTES if _STATUS.fullmatch(path) else None


def over_the_wire(data: bytes) -> int:
    """Return how many bytes a page takes with brotli at its best, as the web server sends it."""
    return len(brotli.compress(data, quality=11))
