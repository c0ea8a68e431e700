"""What was sent to whom: a row for each edition and person, written before the mail and after.

A row is *reserved* before the server gets a message and *accepted* once it has said yes. In
between nobody knows; a row that a dead sender left there is *unknown*, and a person decides.
Rows hold the key of a person, so somebody who leaves and comes back is known again.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from newsletter.journal import Past
from newsletter.model import Edition, Record, Subscriber
from newsletter.store import Store
from newsletter.subscribers import COLUMNS, subscriber_of, suspend


class State(StrEnum):
    """Where one person's copy of an edition stands."""

    RESERVED = "reserved"
    """The sender is at it."""
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    """The server asked to try again; `at` says when."""
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    """The server may have taken it; neither sent again nor dropped until a person decides."""
    OPEN = "open"
    """Certainly not sent, and to be sent again."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A copy of which nobody knows whether it was sent; `address` is empty for who has left."""

    address: str
    at: int
    said: str


# CROSS JOIN keeps SQLite to this order: by key through the readers, by state through the ledger.
_FRESH = (
    f"SELECT {COLUMNS} FROM reading CROSS JOIN subscribers USING (person)"  # noqa: S608  our own names
    " WHERE lang = :lang AND person > :after AND suspended IS NULL AND NOT EXISTS"
    " (SELECT 1 FROM ledger WHERE edition = :edition AND ledger.person = reading.person)"
    " ORDER BY person"
)
_AGAIN = (
    f"SELECT {COLUMNS} FROM ledger CROSS JOIN subscribers USING (person)"  # noqa: S608  our own names
    " CROSS JOIN reading USING (person) WHERE edition = :edition AND lang = :lang"
    " AND suspended IS NULL"
)
_LATER = f"{_AGAIN} AND state = 'deferred' AND ledger.at <= :now"
_OPEN = f"{_AGAIN} AND state = 'open'"
_EVER = 1 << 62

_Values = dict[str, Any]  # Any: what SQLite has
_Row = tuple[Any, ...]  # Any: likewise


class Ledger:
    """The rows of one edition in one language, for the one sender there may be."""

    def __init__(self, store: Store, edition: str) -> None:
        self._store = store
        self.edition = edition
        self._after = b""
        self._through = False

    # --- Reading ------------------------------------------------------------------------------

    def record(self) -> Record | None:
        """Return what is known of the edition, or None where its sending never began."""
        sql = "SELECT * FROM editions WHERE id = ?"
        row = self._store.db.execute(sql, (self.edition,)).fetchone()
        return Record(*row) if row else None

    def tally(self) -> Counter[State]:
        """Return how many copies stand where."""
        sql = "SELECT state, count(*) FROM ledger WHERE edition = ? GROUP BY state"
        rows = self._store.db.execute(sql, (self.edition,))
        return Counter({State(state): count for state, count in rows})

    def due(self, lang: str) -> Iterator[Subscriber]:
        """Yield everybody who is to get the edition, now or when the server wants it again."""
        values = {"lang": lang, "edition": self.edition, "after": b"", "now": _EVER}
        record = self.record()
        finished = record and record.finished_at
        for sql in (_LATER, _OPEN) if finished else (_LATER, _FRESH, _OPEN):
            yield from map(subscriber_of, self._store.db.execute(sql, values))

    def next_try(self, lang: str) -> int | None:
        """Return when all copies that the server put off are due, if there are any."""
        sql = (
            "SELECT max(ledger.at) FROM ledger JOIN subscribers USING (person)"
            " JOIN reading USING (person) WHERE edition = ? AND state = ? AND lang = ?"
            " AND suspended IS NULL"
        )
        row = self._store.db.execute(sql, (self.edition, State.DEFERRED, lang)).fetchone()
        return None if row[0] is None else int(row[0])

    def unknown(self) -> Iterator[Unknown]:
        """Yield the copies that a person must decide about."""
        sql = (
            "SELECT coalesce(address, ''), at, said FROM ledger LEFT JOIN subscribers"
            " USING (person) WHERE edition = ? AND state = ? ORDER BY address"
        )
        rows = self._store.db.execute(sql, (self.edition, State.UNKNOWN))
        return (Unknown(*row) for row in rows)

    # --- Sending ------------------------------------------------------------------------------

    def begin(self, edition: Edition, via: str, now: int) -> None:
        """Note that sending begins."""
        with self._store.writing() as db:
            db.execute(
                "INSERT OR IGNORE INTO editions VALUES (?, ?, ?, ?, ?, 0, NULL)",
                (self.edition, edition.slug, edition.subject, via, now),
            )
        self.bury()

    def bury(self) -> None:
        """Let what a sender was at that died be unknown; only for who holds the sender's lock."""
        with self._store.writing() as db:
            db.execute(
                "UPDATE ledger SET state = ?, said = ? WHERE edition = ? AND state = ?",
                (State.UNKNOWN, "the sender ended before an answer", self.edition, State.RESERVED),
            )

    def reserve(self, lang: str, now: int) -> Subscriber | None:
        """Choose who gets the next copy and note it, on the disk; None where nobody is left.

        What was taken back comes last: who keeps being refused makes nobody else wait. Whoever
        left or was suspended a moment ago is not chosen.
        """
        values = {"lang": lang, "edition": self.edition, "after": self._after, "now": now}
        with self._store.writing() as db:
            finished = db.execute(
                "SELECT finished_at FROM editions WHERE id = ?", (self.edition,)
            ).fetchone()[0]
            row = self._next(values, finished=finished is not None)
            if row is None:
                return None
            db.execute(
                "INSERT INTO ledger VALUES (?, ?, ?, ?, 1, '') ON CONFLICT DO UPDATE"
                " SET state = excluded.state, at = excluded.at, tries = tries + 1",
                (self.edition, row[0], State.RESERVED, now),
            )
            db.execute("UPDATE editions SET reserved = reserved + 1 WHERE id = ?", (self.edition,))
        return subscriber_of(row)

    def settle(self, person: bytes, state: State, said: str, now: int) -> None:
        """Note what became of a copy."""
        with self._store.writing(durably=state is not State.ACCEPTED) as db:
            self._set(db, person, state, said, now)

    def put_off(self, person: bytes, said: str, waits_s: Sequence[int], now: int) -> None:
        """Note that the server asked to try again; each time it is asked later."""
        with self._store.writing() as db:
            tries = db.execute(
                "SELECT tries FROM ledger WHERE edition = ? AND person = ?", (self.edition, person)
            ).fetchone()[0]
            wait_s = waits_s[min(tries, len(waits_s)) - 1]
            self._set(db, person, State.DEFERRED, said, now + wait_s)

    def reject(self, person: bytes, said: str, now: int, *, gone: bool) -> str:
        """Note that the server refuses for good; a mailbox that is `gone` gets no other mail.

        Returns what the server said when that was taken back, if it was, and if the server took
        the edition for others.
        """
        with self._store.writing() as db:
            before = db.execute(
                "SELECT said FROM ledger WHERE edition = :edition AND person = :person AND EXISTS"
                " (SELECT 1 FROM ledger WHERE edition = :edition AND state = 'accepted')",
                {"edition": self.edition, "person": person},
            ).fetchone()
            self._set(db, person, State.REJECTED, said, now)
            if gone:
                suspend(db, person, said, now)
        return str(before[0]) if before else ""

    def take_back(self, people: Iterable[bytes], now: int) -> None:
        """Undo rejections that may be the server's fault; what it said stays."""
        with self._store.writing() as db:
            for person in people:
                db.execute(
                    "UPDATE ledger SET state = ?, at = ? WHERE edition = ? AND person = ?",
                    (State.OPEN, now, self.edition, person),
                )
                db.execute(
                    "UPDATE subscribers SET suspended = NULL, suspended_at = NULL WHERE person = ?",
                    (person,),
                )

    def finish(self, now: int) -> None:
        """Note that everybody has a row."""
        with self._store.writing() as db:
            db.execute(
                "UPDATE editions SET finished_at = coalesce(finished_at, ?) WHERE id = ?",
                (now, self.edition),
            )

    # --- What a person decides ----------------------------------------------------------------

    def resolve(self, person: bytes | None, now: int, *, sent: bool) -> int:
        """Settle what is unknown, of one person or of all; return how many copies that were."""
        state = State.ACCEPTED if sent else State.OPEN
        with self._store.writing() as db:
            done = db.execute(
                "UPDATE ledger SET state = :state, at = :now, said = 'decided by a person'"
                " WHERE edition = :edition AND ledger.state = 'unknown'"
                " AND (:person IS NULL OR person = :person)",
                {"state": state, "now": now, "edition": self.edition, "person": person},
            )
            return done.rowcount

    def catch_up(self, past: Past, now: int, *, sent: bool) -> None:
        """Let a restored database agree with the journal: it went to all, or to no one else."""
        with self._store.writing() as db:
            db.execute(
                "INSERT OR IGNORE INTO editions VALUES (:id, :slug, '', :via, :now, 0, NULL)",
                {"id": self.edition, "slug": past.slug, "via": past.via, "now": now},
            )
            db.execute(
                "UPDATE editions SET reserved = max(reserved, :reserved),"
                " finished_at = iif(:sent, :now, finished_at) WHERE id = :id",
                {"id": self.edition, "now": now, "reserved": past.reserved, "sent": sent},
            )

    # --- Inside -------------------------------------------------------------------------------

    def _next(self, values: _Values, *, finished: bool) -> _Row | None:
        """Return whom the server wants again by now, then who had no turn, then everybody else."""
        row = self._one(_LATER, values)
        if row is None and not finished and not self._through:
            row = self._fresh(values)
            self._through = row is None
        row = row or self._one(_OPEN, values)
        return row if row or finished else self._fresh(values)  # who came in behind us

    def _one(self, sql: str, values: _Values) -> _Row | None:
        row: _Row | None = self._store.db.execute(f"{sql} LIMIT 1", values).fetchone()
        return row

    def _fresh(self, values: _Values) -> _Row | None:
        """Return the next who has no row yet, and in the end whoever came in behind us."""
        row = self._one(_FRESH, values)
        if row is None and self._after:
            row = self._one(_FRESH, values | {"after": b""})
        self._after = row[0] if row else b""
        return row

    def _set(self, db: sqlite3.Connection, person: bytes, state: State, said: str, at: int) -> None:
        db.execute(
            "UPDATE ledger SET state = ?, said = ?, at = ? WHERE edition = ? AND person = ?",
            (state, said, at, self.edition, person),
        )
