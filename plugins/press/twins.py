"""Precompressed twins: `index.html.br` and `index.html.gz` beside `index.html`.

A web server that finds them compresses nothing itself.
"""

import gzip
import zlib
from pathlib import Path, PurePosixPath
from typing import Final

import brotli

ENDINGS: Final = (".br", ".gz")
BROTLI_QUALITY: Final = 5
"""For what is written each minute: a page is a seventh larger than at the best, in a fortieth of
the time."""
GZIP_LEVEL: Final = 4
"""Likewise, for the few clients that know no brotli."""

_TEXTS = frozenset(
    {".atom", ".css", ".htm", ".html", ".ics", ".js", ".json"}
    | {".map", ".opml", ".rss", ".svg", ".txt", ".xml"}
)


def is_text(path: str) -> bool:
    """Tell whether a file shrinks enough to have twins; pictures and archives do not."""
    return PurePosixPath(path).suffix in _TEXTS


def twins_of(data: bytes) -> dict[str, bytes]:
    """Return a file's twins by their ending, in the order in which they are to be written."""
    return {
        ".br": brotli.compress(data, quality=BROTLI_QUALITY),
        ".gz": gzip.compress(data, GZIP_LEVEL, mtime=0),
    }


def has_twins(file: Path, data: bytes) -> bool:
    """Tell whether the twins of a file are those of `data`.

    Only gzip says what it holds (RFC 1952 §2.3.1: CRC-32 and length); it is written last.
    """
    try:
        packed = file.with_name(f"{file.name}.gz").read_bytes()
    except OSError:
        return False
    seal = zlib.crc32(data).to_bytes(4, "little") + (len(data) % (1 << 32)).to_bytes(4, "little")
    return packed[-8:] == seal and file.with_name(f"{file.name}.br").is_file()
