"""The file that the history lies in: opened, migrated, and set aside where it is broken."""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from network_status.errors import HistoryError

BUSY_TIMEOUT_S = 10.0

# Each entry leads from the version of its position to the next; what is released stays as it is.
_MIGRATIONS = (
    """
    CREATE TABLE series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE bins (
        series INTEGER NOT NULL, start INTEGER NOT NULL,
        sent INTEGER NOT NULL, lost INTEGER NOT NULL, expected INTEGER NOT NULL,
        rtt BLOB NOT NULL, failures TEXT NOT NULL, blind INTEGER NOT NULL,
        whole TEXT, rounds TEXT NOT NULL,
        PRIMARY KEY (series, start)
    ) WITHOUT ROWID;
    CREATE TABLE hours (
        series INTEGER NOT NULL, start INTEGER NOT NULL,
        sent INTEGER NOT NULL, lost INTEGER NOT NULL, expected INTEGER NOT NULL,
        valid_bits INTEGER NOT NULL, good_bits INTEGER NOT NULL, rtt BLOB NOT NULL,
        PRIMARY KEY (series, start)
    ) WITHOUT ROWID;
    CREATE TABLE days (
        series INTEGER NOT NULL, day INTEGER NOT NULL, revision INTEGER NOT NULL,
        PRIMARY KEY (series, day)
    ) WITHOUT ROWID;
    CREATE TABLE events (
        series INTEGER NOT NULL, at INTEGER NOT NULL,
        before TEXT NOT NULL, state TEXT NOT NULL, reason TEXT,
        PRIMARY KEY (series, at)
    ) WITHOUT ROWID;
    CREATE TABLE judged (series INTEGER PRIMARY KEY, until INTEGER NOT NULL);
    CREATE TABLE sources (
        id TEXT PRIMARY KEY, last_success INTEGER, failing_since INTEGER, fault TEXT
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE asked (
        series INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
        PRIMARY KEY (series, since)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE kept (
        series INTEGER NOT NULL, kind TEXT NOT NULL, start INTEGER NOT NULL,
        stamp TEXT NOT NULL, value BLOB NOT NULL,
        PRIMARY KEY (series, kind, start)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE ahead (
        source TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
        PRIMARY KEY (source, since)
    ) WITHOUT ROWID;
    """,
)
_TABLES = (
    *("series", "bins", "hours", "days", "events", "judged", "sources", "asked", "kept"),
    "ahead",
)


def opened(path: Path) -> sqlite3.Connection:
    """Return the database, made or migrated where that is due.

    Raises HistoryError where a newer program wrote it, and sqlite3.DatabaseError.
    """
    db = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    try:
        _prepare(db, path)
    except BaseException:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > len(_MIGRATIONS):
        raise HistoryError(
            f"{path}: has version {version}, and this program knows {len(_MIGRATIONS)} at most; "
            "run the program that wrote it, or move the file away"
        )
    for number, migration in enumerate(_MIGRATIONS[version:], version + 1):
        db.executescript(f"BEGIN; {migration} PRAGMA user_version = {number}; COMMIT;")
    for table in _TABLES:
        db.execute(f"SELECT * FROM {table} LIMIT 1").fetchone()  # noqa: S608  our own names


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process at a time open, migrate or set aside the file."""
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_broken(error: sqlite3.DatabaseError) -> bool:
    """Tell a broken file from a busy one, a full disk or a mistake of ours."""
    code = getattr(error, "sqlite_errorcode", None)
    missing = isinstance(error, sqlite3.OperationalError) and "no such table" in str(error)
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB} or missing


def set_aside(path: Path, now: int, error: Exception) -> str:
    """Move a broken file out of the way; return a message that says where it lies."""
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
    names = (f"{path.stem}-broken-{stamp}{n or ''}{path.suffix}" for n in count())
    aside = next(place for place in map(path.with_name, names) if not place.exists())
    for ending in ("", "-wal", "-shm"):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.replace(aside.with_name(aside.name + ending))
    return f"{path}: {error}; set aside as {aside.name}, and a new history begun"
