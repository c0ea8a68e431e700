"""Who gets mail, in which languages, and since when they agree to it."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from newsletter.model import Consent, Subscriber
from newsletter.store import READERS, Store
from newsletter.tokens import CONFIRM_S


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Somebody as they come in: the address normalised, the name without a fault."""

    address: str
    name: str
    languages: tuple[str, ...]
    consent: Consent


@dataclass(frozen=True, slots=True)
class Departure:
    """Languages that somebody gave up at another server; `at` in Unix seconds."""

    address: str
    languages: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Ranks:
    """How many of those who came from a server are unknown to it now, and were suspended if so."""

    gone: int
    known: int
    closed: bool


class Enrolled(StrEnum):
    """What became of somebody who came in."""

    NEW = "new"
    MERGED = "merged"
    REMOVED = "removed"
    """They were removed after that consent, and stay so."""


COLUMNS = (
    "person, address, name, consent_at, consent_how, suspended,"
    " (SELECT group_concat(lang, ' ') FROM reading WHERE reading.person = subscribers.person)"
)

"""What `subscriber_of` reads."""


class Subscribers:
    """The people in the store.

    Coming in is commutative and idempotent: languages add up, the newest consent and its name
    stay. What somebody chose themselves is older than no import: a consent from before they
    changed their languages adds none, and one from before they left brings nobody back.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    # --- Reading ------------------------------------------------------------------------------

    def find(self, person: bytes) -> Subscriber | None:
        """Return whoever has a key, if they subscribe."""
        sql = f"SELECT {COLUMNS} FROM subscribers WHERE person = ?"  # noqa: S608  our own names
        row = self._store.db.execute(sql, (person,)).fetchone()
        return subscriber_of(row) if row else None

    def all(self) -> Iterator[Subscriber]:
        """Yield everybody by address, suspended or not."""
        sql = f"SELECT {COLUMNS} FROM subscribers ORDER BY address"  # noqa: S608  our own names
        return map(subscriber_of, self._store.db.execute(sql))

    def counts(self) -> dict[str, int]:
        """Return how many get mail in each language."""
        return dict(self._store.db.execute(READERS).fetchall())

    # --- Coming in ----------------------------------------------------------------------------

    def enrol(self, enrolments: Iterable[Enrolment]) -> list[Enrolled]:
        """Add people, or add to what is known of them; all at once or not at all."""
        with self._store.writing() as db:
            return [self._enrol(db, one) for one in enrolments]

    def request(self, address: str, name: str, languages: Sequence[str], now: int) -> bytes:
        """Note that somebody wants mail and has yet to confirm it; return the request's key.

        One that says something else is another request, whose link the first one's does not
        become: anybody may ask in anybody's name.
        """
        request = self._store.signer.request(address, name, languages)
        person = self._store.signer.person(address)
        with self._store.writing() as db:
            _forget_late(db, now)
            db.execute(
                "INSERT OR REPLACE INTO pending VALUES (?, ?, ?, ?, ?, ?)",
                (request, person, address, name, " ".join(languages), now),
            )
        return request

    def requested(self, request: bytes, now: int) -> tuple[str, ...]:
        """Return the languages that a request is for; none where it was confirmed or forgotten."""
        row = self._store.db.execute(
            "SELECT languages FROM pending WHERE request = ? AND at > ?",
            (request, now - CONFIRM_S),
        ).fetchone()
        return tuple(row[0].split()) if row else ()

    def confirm(self, request: bytes, how: str, now: int) -> Subscriber | None:
        """Make a request a subscription and return it; None where nothing is requested."""
        with self._store.writing() as db:
            _forget_late(db, now)
            row = db.execute(
                "DELETE FROM pending WHERE request = ? RETURNING address, name, languages, person",
                (request,),
            ).fetchone()
            if row is None:
                return None
            self._enrol(db, Enrolment(row[0], row[1], tuple(row[2].split()), Consent(now, how)))
        return self.find(row[3])

    # --- Changing and going -------------------------------------------------------------------

    def change_languages(
        self, person: bytes, languages: Sequence[str], now: int
    ) -> Subscriber | None:
        """Set somebody's languages as they chose; None for somebody who does not subscribe.

        Raises ValueError for no language at all, which is leaving.
        """
        if not languages:
            raise ValueError("no language left; remove the subscriber instead")
        with self._store.writing() as db:
            changed = db.execute(
                "UPDATE subscribers SET changed_at = ? WHERE person = ?", (now, person)
            )
            if not changed.rowcount:
                return None
            db.execute("DELETE FROM reading WHERE person = ?", (person,))
            _read(db, person, languages)
        return self.find(person)

    def remove(self, person: bytes, now: int) -> bool:
        """Erase somebody and keep their key, so that no older consent brings them back.

        Tells whether they did subscribe. Their lines in the ledger hold their key alone.
        """
        self._store.journal.leave(person, now)
        with self._store.writing() as db:
            found = _erase(db, person, now)
        self._store.forget()
        return found

    def tend(self, now: int) -> None:
        """Forget what must not be kept, and let none of it linger beside the file.

        That is what nobody confirmed in time, and whoever left by the journal, whatever a
        restored database says. Costs little, and is done at each opening of the store and then
        hourly.
        """
        with self._store.writing() as db:
            for person, at in self._store.journal.left().items():
                if not db.execute(_SETTLED, {"person": person, "at": at}).fetchone():
                    _erase(db, person, at)
            _forget_late(db, now)
        self._store.forget()

    def suspend(self, person: bytes, why: str, now: int) -> None:
        """Send somebody nothing until they consent anew."""
        with self._store.writing() as db:
            suspend(db, person, why, now)

    # --- Another server's people ---------------------------------------------------------------

    def follow(
        self, host: str, arrivals: Sequence[Enrolment], departures: Sequence[Departure], now: int
    ) -> list[Enrolled]:
        """Take over what a server says of some of its people, and note that it knows them.

        Whoever it had let go and has again is no longer suspended. Who chose something here
        after they left there keeps it.
        """
        with self._store.writing() as db:
            db.execute("CREATE TEMP TABLE IF NOT EXISTS present (person BLOB PRIMARY KEY)")
            done = [self._arrive(db, host, one) for one in arrivals]
            for one in departures:
                self._depart(db, host, one, now)
        return done

    def close_ranks(self, host: str, source: str, now: int, *, insist: bool = False) -> Ranks:
        """Suspend who came from a server and is unknown to it now; return how many that are.

        `follow` must have been told of everybody the server knows; this begins a new count.
        Unless one does `insist`, nobody is suspended where that would be more than half.
        """
        with self._store.writing() as db:
            db.execute("CREATE TEMP TABLE IF NOT EXISTS present (person BLOB PRIMARY KEY)")
            known, gone = db.execute(
                "SELECT count(*), coalesce(sum(person NOT IN (SELECT person FROM temp.present)), 0)"
                " FROM subscribers WHERE consent_how = ? AND suspended IS NULL",
                (source,),
            ).fetchone()
            ranks = Ranks(gone, known, closed=insist or 2 * gone <= known)
            if ranks.closed:
                db.execute(
                    "UPDATE subscribers SET suspended = ?, suspended_at = ? WHERE consent_how = ?"
                    " AND suspended IS NULL AND person NOT IN (SELECT person FROM temp.present)",
                    (_left(host), now, source),
                )
            db.execute("DELETE FROM temp.present")
        return ranks

    def _arrive(self, db: sqlite3.Connection, host: str, one: Enrolment) -> Enrolled:
        person = self._store.signer.person(one.address)
        db.execute("INSERT OR IGNORE INTO temp.present VALUES (?)", (person,))
        db.execute(
            "UPDATE subscribers SET suspended = NULL, suspended_at = NULL"
            " WHERE person = ? AND suspended = ?",
            (person, _left(host)),
        )
        return self._enrol(db, one)

    def _depart(self, db: sqlite3.Connection, host: str, one: Departure, now: int) -> None:
        person = self._store.signer.person(one.address)
        db.execute("INSERT OR IGNORE INTO temp.present VALUES (?)", (person,))
        db.executemany(
            "DELETE FROM reading WHERE person = ? AND lang = ? AND person IN (SELECT person"
            " FROM subscribers WHERE max(consent_at, coalesce(changed_at, 0)) <= ?)",
            [(person, lang, one.at) for lang in one.languages],
        )
        if not db.execute("SELECT 1 FROM reading WHERE person = ?", (person,)).fetchone():
            suspend(db, person, _left(host), now)

    def _enrol(self, db: sqlite3.Connection, new: Enrolment) -> Enrolled:
        person = self._store.signer.person(new.address)
        at, how = new.consent.at, new.consent.how
        if db.execute(
            "SELECT 1 FROM removed WHERE person = ? AND at >= ?", (person, at)
        ).fetchone():
            return Enrolled.REMOVED
        db.execute("DELETE FROM removed WHERE person = ?", (person,))
        row = db.execute(
            "SELECT changed_at FROM subscribers WHERE person = ?", (person,)
        ).fetchone()
        if row is None:
            db.execute(
                "INSERT INTO subscribers VALUES (?, ?, '', NULL, ?, ?, NULL, NULL, NULL)",
                (person, new.address, at, how),
            )
        _merge(db, person, new)
        if row is None or row[0] is None or row[0] < at:
            _read(db, person, new.languages)
        return Enrolled.NEW if row is None else Enrolled.MERGED


_SETTLED = (
    "SELECT 1 FROM removed WHERE person = :person AND at >= :at"
    " UNION ALL SELECT 1 FROM subscribers WHERE person = :person AND consent_at > :at"
)
"""Whether a database knows that somebody left, or that they came back since."""


def _erase(db: sqlite3.Connection, person: bytes, at: int) -> bool:
    found = db.execute("DELETE FROM subscribers WHERE person = ?", (person,)).rowcount
    db.execute("DELETE FROM pending WHERE person = ? AND at <= ?", (person, at))
    db.execute("INSERT OR REPLACE INTO removed VALUES (?, ?)", (person, at))
    # What a server said of a mailbox often names it.
    db.execute("UPDATE ledger SET said = '' WHERE person = ?", (person,))
    return bool(found)


def _forget_late(db: sqlite3.Connection, now: int) -> None:
    db.execute("DELETE FROM pending WHERE at <= ?", (now - CONFIRM_S,))


def _left(host: str) -> str:
    return f"left {host}"


def suspend(db: sqlite3.Connection, person: bytes, why: str, now: int) -> None:
    """Send somebody nothing until they consent anew, as a part of a transaction."""
    db.execute(
        "UPDATE subscribers SET suspended = ?, suspended_at = ? WHERE person = ?",
        (why, now, person),
    )


def subscriber_of(row: Sequence[Any]) -> Subscriber:  # Any: a row, as the columns say
    """Return the subscriber in a row."""
    person, address, name, at, how, suspended, languages = row
    return Subscriber(
        person, address, name, tuple(sorted((languages or "").split())), Consent(at, how), suspended
    )


def _merge(db: sqlite3.Connection, person: bytes, new: Enrolment) -> None:
    """Let what is newer replace what is older, each for itself."""
    at, how = new.consent.at, new.consent.how
    if new.name:
        db.execute(
            "UPDATE subscribers SET name = ?, named_at = ?"
            " WHERE person = ? AND coalesce(named_at < ?, TRUE)",
            (new.name, at, person, at),
        )
    db.execute(
        "UPDATE subscribers SET consent_at = ?, consent_how = ?"
        " WHERE person = ? AND consent_at < ?",
        (at, how, person, at),
    )
    db.execute(
        "UPDATE subscribers SET suspended = NULL, suspended_at = NULL"
        " WHERE person = ? AND suspended_at < ?",
        (person, at),
    )


def _read(db: sqlite3.Connection, person: bytes, languages: Iterable[str]) -> None:
    db.executemany(
        "INSERT OR IGNORE INTO reading VALUES (?, ?)", [(lang, person) for lang in languages]
    )
