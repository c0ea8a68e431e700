"""Files as they go over the wire, compressed once per content."""

import gzip
import hashlib
import os
import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from threading import Lock

import brotli

ENCODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    ".br": lambda data: brotli.compress(data, quality=11),
    ".gz": lambda data: gzip.compress(data, 9, mtime=0),
}
"""How a file's twin is made, by the ending that the web server looks for behind its name."""

_DECODERS: Mapping[str, Callable[[bytes], bytes]] = {
    ".br": brotli.decompress,
    ".gz": gzip.decompress,
}

_TEXTS = frozenset(
    {".atom", ".css", ".csv", ".htm", ".html", ".ics", ".js", ".json"}
    | {".md", ".opml", ".rss", ".svg", ".txt", ".xml"}
)

_KEPT_UNUSED = timedelta(days=1)
"""A push that is just being judged compresses before any release needs it."""


def is_text(path: str) -> bool:
    """Tell whether a file shrinks enough to have twins; pictures and archives do not."""
    return PurePosixPath(path).suffix.lower() in _TEXTS


@dataclass(frozen=True, slots=True)
class Twins:
    """Compressed contents by their hash, below `folder`; safe for several processes at once."""

    folder: Path
    _placing: Lock = field(default_factory=Lock)

    def of(self, data: bytes, ending: str) -> Path | None:
        """Return the file that holds `data` in one of ENCODINGS, or None where that is no smaller.

        What is found is unpacked before it is used: a machine that lost its power while it was
        written may have left anything.
        """
        file = self._file(data, ending)
        if not _holds(file, data, ending):
            packed = ENCODINGS[ending](data)
            if len(packed) >= len(data):
                return None
            self._put(file, packed)
        return file

    def prune(self, now: datetime) -> None:
        """Remove what no release links to any more and nobody made or let go in the last day."""
        oldest = (now - _KEPT_UNUSED).timestamp()
        for file in self.folder.glob("*/*"):
            found = file.stat()
            if found.st_nlink == 1 and found.st_ctime < oldest:
                file.unlink(missing_ok=True)

    def _put(self, file: Path, packed: bytes) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}.{os.getpid()}-{threading.get_ident()}")
        try:
            draft.write_bytes(packed)
            with self._placing:
                if not file.exists():  # else another thread was as quick, and its file is in use
                    draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)

    def _file(self, data: bytes, ending: str) -> Path:
        digest = hashlib.sha256(data).hexdigest()
        return self.folder / digest[:2] / f"{digest}{ending}"


def _holds(file: Path, data: bytes, ending: str) -> bool:
    """Tell whether a file unpacks to `data`; one that does not is removed."""
    try:
        if _DECODERS[ending](file.read_bytes()) == data:
            return True
    except FileNotFoundError:
        return False
    except (EOFError, brotli.error, gzip.BadGzipFile, zlib.error):
        pass
    file.unlink(missing_ok=True)
    return False
