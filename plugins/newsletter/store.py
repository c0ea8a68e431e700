"""The one file in `var/` that knows people: subscribers, and what was sent to them.

SQLite, for its owner's eyes only. Every write is a transaction that begins with the write lock.
A broken file is refused and never begun anew: people would be
lost, and others written to twice.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from newsletter.errors import StoreError
from newsletter.journal import Journal
from newsletter.tokens import KEY_VARIABLE, Signer

BUSY_TIMEOUT_S = 10.0

READERS = (
    "SELECT lang, count(*) FROM reading JOIN subscribers USING (person)"
    " WHERE suspended IS NULL GROUP BY lang ORDER BY lang"
)
"""How many get mail in each language."""

# Each entry leads from the version of its position to the next; what is released stays as it is.
_MIGRATIONS = (
    """
    CREATE TABLE seal (fingerprint BLOB NOT NULL);
    CREATE TABLE subscribers (
        person BLOB PRIMARY KEY, address TEXT NOT NULL, name TEXT NOT NULL, named_at INTEGER,
        consent_at INTEGER NOT NULL, consent_how TEXT NOT NULL, changed_at INTEGER,
        suspended TEXT, suspended_at INTEGER
    ) WITHOUT ROWID;
    CREATE TABLE reading (
        lang TEXT NOT NULL, person BLOB NOT NULL REFERENCES subscribers ON DELETE CASCADE,
        PRIMARY KEY (lang, person)
    ) WITHOUT ROWID;
    CREATE INDEX reading_of ON reading (person);
    CREATE TABLE pending (
        person BLOB PRIMARY KEY, address TEXT NOT NULL, name TEXT NOT NULL,
        languages TEXT NOT NULL, at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE removed (person BLOB PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE editions (
        id TEXT PRIMARY KEY, slug TEXT NOT NULL, subject TEXT NOT NULL, via TEXT NOT NULL,
        begun_at INTEGER NOT NULL, reserved INTEGER NOT NULL, finished_at INTEGER
    ) WITHOUT ROWID;
    CREATE TABLE ledger (
        edition TEXT NOT NULL, person BLOB NOT NULL, state TEXT NOT NULL,
        at INTEGER NOT NULL, tries INTEGER NOT NULL, said TEXT NOT NULL,
        PRIMARY KEY (edition, person)
    ) WITHOUT ROWID;
    CREATE INDEX ledger_states ON ledger (edition, state, at);
    """,
    # Each request has a link of its own; who had asked before that asks again.
    """
    DROP TABLE pending;
    CREATE TABLE pending (
        request BLOB PRIMARY KEY, person BLOB NOT NULL, address TEXT NOT NULL, name TEXT NOT NULL,
        languages TEXT NOT NULL, at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX pending_of ON pending (person);
    """,
)


class Store:
    """The file, as a context manager.

    Raises StoreError where it is broken, was begun with another key, was written by a newer
    program, is held by another writer for longer than BUSY_TIMEOUT_S, or the disk is full.
    """

    def __init__(self, path: Path, signer: Signer) -> None:
        self.path = path
        self.signer = signer
        self.journal = Journal.beside(path)
        try:
            self.db = _open(path, signer)
        except (sqlite3.DatabaseError, OSError) as error:
            raise StoreError(f"{path}: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.db.close()
        if isinstance(error, sqlite3.DatabaseError):
            raise StoreError(f"{self.path}: {error}") from error

    @contextmanager
    def writing(self, *, durably: bool = True) -> Iterator[sqlite3.Connection]:
        """Hold the write lock for one transaction, on the disk when it ends.

        One that need not be `durably` so is on the disk with the next that is.
        """
        self.db.execute(f"PRAGMA synchronous = {'FULL' if durably else 'NORMAL'}")
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield self.db
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def forget(self) -> None:
        """Let nothing that was deleted linger in the log beside the file."""
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _open(path: Path, signer: Signer) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite's other files follow its mode
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        db = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            _prepare(db, path, signer)
        except BaseException:
            db.close()
            raise
        return db


def _prepare(db: sqlite3.Connection, path: Path, signer: Signer) -> None:
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA secure_delete = ON")  # whoever is removed is overwritten, not unlinked
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > len(_MIGRATIONS):
        raise StoreError(
            f"{path}: has version {version}, and this program knows {len(_MIGRATIONS)} at most; "
            "run the program that wrote it"
        )
    for number, migration in enumerate(_MIGRATIONS[version:], version + 1):
        db.executescript(f"BEGIN; {migration} PRAGMA user_version = {number}; COMMIT;")
    _check_seal(db, path, signer.digest("seal", b""))


def _check_seal(db: sqlite3.Connection, path: Path, fingerprint: bytes) -> None:
    """Hold the file to the key it was begun with: with another, nobody's links would work."""
    known = db.execute("SELECT fingerprint FROM seal").fetchone()
    if known is None:
        db.execute("INSERT INTO seal VALUES (?)", (fingerprint,))
    elif known[0] != fingerprint:
        raise StoreError(
            f"{path}: was begun with another {KEY_VARIABLE}; set that one again. "
            "Links in mails already sent, and removed people, are known by it alone"
        )
