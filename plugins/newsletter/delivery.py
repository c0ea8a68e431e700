"""An edition to everybody who is due, over one connection, each copy through the ledger.

reserve → compose → send → settle, one copy at a time: killed anywhere, at most one copy is
unknown, and no other is lost or sent twice. Memory does not grow with the recipients.
"""

import fcntl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from newsletter.errors import RelayError, SendRefused
from newsletter.journal import Journal
from newsletter.ledger import Ledger, State
from newsletter.message import compose
from newsletter.model import Edition, Sender, Subscriber
from newsletter.relay import Connection, Fate, Outcome, code_of
from newsletter.signature import Signature
from newsletter.tokens import Signer

VIA = "smtp"

_UNKNOWN_STREAK = 3
_EVERYBODY = 3
"""So many refusals are no chance where there was no other answer."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The time in Unix seconds, and a sleep that a person's wish to stop cuts short."""

    now: Callable[[], float]
    sleep: Callable[[float], object]
    stopped: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast, and how patiently.

    `per_minute` 0 sets no limit. What the server puts off is tried again after `waits_s`, one
    after another. After `streak` refusals in a row the fault is taken to be the server's.
    """

    per_minute: float = 600
    waits_s: tuple[int, ...] = (60, 300, 900)
    streak: int = 20
    reconnect_s: tuple[int, ...] = (1, 5, 30)


@dataclass(frozen=True, slots=True)
class Letter:
    """An edition ready to be addressed."""

    edition: Edition
    sender: Sender
    signer: Signer
    signature: Signature | None = None

    def to(self, subscriber: Subscriber, now: int) -> bytes:
        """Return the message to one subscriber, signed where we sign."""
        at = datetime.fromtimestamp(now, UTC)
        data = compose(self.edition, self.sender, subscriber, self.signer, at).as_bytes()
        return self.signature.signed(data) if self.signature else data


class Delivery:
    """The sending of one edition."""

    def __init__(
        self,
        letter: Letter,
        ledger: Ledger,
        journal: Journal,
        connection: Connection,
        clock: Clock,
        pace: Pace,
    ) -> None:
        self._letter = letter
        self._ledger = ledger
        self._journal = journal
        self._connection = connection
        self._clock = clock
        self._pace = pace
        self._next_at = 0.0
        self._since_accepted: Counter[Fate] = Counter()
        self._refused: list[bytes] = []  # likewise
        self._pauses = iter(pace.waits_s)

    def run(self, told: Callable[[Fate], object]) -> Counter[State]:
        """Send to everybody who is due, tell each outcome, and return where all copies stand.

        Raises SendRefused for an edition that must not be sent this way or again, and RelayError
        where the server takes nothing; what was sent stays noted.
        """
        edition = self._letter.edition
        check_past(self._ledger, self._journal, VIA)
        self._connection.open()
        self._ledger.begin(edition, VIA, self._now())
        self._journal.begin(edition, VIA, self._now())
        try:
            self._send_all(told)
        finally:
            self._connection.close()
        return self._ledger.tally()

    def _send_all(self, told: Callable[[Fate], object]) -> None:
        """Send until nobody is due, wait for those the server put off, and again."""
        for wait in (*(True for _ in self._pace.waits_s), False):
            self._send_due(told)
            if self._clock.stopped():
                return
            self._ledger.finish(self._now())
            self._journal.finish(self._letter.edition.id, self._now())
            again_at = self._ledger.next_try(self._letter.edition.lang)
            if again_at is None or not wait:
                break
            self._connection.close()
            self._clock.sleep(max(again_at - self._clock.now(), 0))
        if len(self._refused) >= _EVERYBODY and not self._ledger.tally()[State.ACCEPTED]:
            self._blame_server("refused everybody")

    def _send_due(self, told: Callable[[Fate], object]) -> None:
        while not self._clock.stopped():
            self._keep_pace()
            self._connect()
            subscriber = self._ledger.reserve(self._letter.edition.lang, self._now())
            if subscriber is None:
                return
            self._journal.mark()
            outcome = self._send(subscriber)
            beyond_doubt = self._settle(subscriber.person, outcome)
            told(outcome.fate)
            if not beyond_doubt:
                self._watch(subscriber.person, outcome)

    def _keep_pace(self) -> None:
        """Wait until the next message may go."""
        if self._pace.per_minute:
            self._clock.sleep(max(self._next_at - self._clock.now(), 0))
            self._next_at = max(self._next_at, self._clock.now()) + 60 / self._pace.per_minute

    def _connect(self) -> None:
        for wait_s in self._pace.reconnect_s:
            try:
                return self._connection.open()
            except RelayError as error:
                if not error.passing:
                    raise
            self._clock.sleep(wait_s)
        return self._connection.open()

    def _send(self, subscriber: Subscriber) -> Outcome:
        try:
            message = self._letter.to(subscriber, self._now())
            envelope = self._letter.sender.address, subscriber.address
            outcome = self._connection.send(*envelope, message)
            if outcome.fate is Fate.PUT_OFF and not self._connection.is_open:
                # Servers close lines that have carried enough: that is not about this mailbox.
                self._connect()
                outcome = self._connection.send(*envelope, message)
        except ValueError as error:
            return Outcome(Fate.REFUSED, f"cannot be composed: {error}")
        except RelayError as error:
            self._ledger.settle(subscriber.person, State.OPEN, str(error), self._now())
            raise
        return outcome

    def _settle(self, person: bytes, outcome: Outcome) -> bool:
        """Note an outcome; tell whether it is certainly the mailbox's own fault."""
        now = self._now()
        match outcome.fate:
            case Fate.PUT_OFF:
                self._ledger.put_off(person, outcome.said, self._pace.waits_s, now)
            case Fate.REFUSED | Fate.GONE:
                gone = outcome.fate is Fate.GONE
                before = self._ledger.reject(person, outcome.said, now, gone=gone)
                return gone and code_of(before) == outcome.code
            case Fate.ACCEPTED:
                self._ledger.settle(person, State.ACCEPTED, outcome.said, now)
            case Fate.UNKNOWN:
                self._ledger.settle(person, State.UNKNOWN, outcome.said, now)
        return False

    def _watch(self, person: bytes, outcome: Outcome) -> None:
        """Stop, or pause, where one thing happens again and again."""
        if outcome.fate is Fate.ACCEPTED:
            self._since_accepted.clear()
            self._refused.clear()
            return
        self._since_accepted[outcome.fate] += 1
        if outcome.fate in (Fate.REFUSED, Fate.GONE):
            self._refused.append(person)
            if len(self._refused) >= self._pace.streak:
                last = len(self._refused)
                self._blame_server(f"refused the last {last} in a row; it said {outcome.said}")
        elif outcome.fate is Fate.UNKNOWN and self._since_accepted[Fate.UNKNOWN] >= _UNKNOWN_STREAK:
            raise RelayError(f"no answer to the last {_UNKNOWN_STREAK} messages; {outcome.said}")
        elif outcome.fate is Fate.PUT_OFF and not (
            self._since_accepted[Fate.PUT_OFF] % self._pace.streak
        ):
            self._pause(outcome.said)

    def _pause(self, said: str) -> None:
        wait_s = next(self._pauses, None)
        if wait_s is None:
            raise RelayError(f"the mail server puts everything off; it said {said}")
        self._connection.close()
        self._clock.sleep(wait_s)

    def _blame_server(self, what: str) -> NoReturn:
        """Take back what was refused in a row, and stop."""
        self._ledger.take_back(self._refused, self._now())
        raise RelayError(
            f"the mail server {what}. None of them counts as refused, all stay to be sent; "
            "mend the cause and send again. A mailbox that is then said once more not to exist is "
            "taken to be gone if others get this edition"
        )

    def _now(self) -> int:
        return int(self._clock.now())


def check_past(ledger: Ledger, journal: Journal, via: str) -> None:
    """Refuse an edition that a restored database has forgotten, or that went another way."""
    record = ledger.record()
    why = journal.past(ledger.edition).contradicts(record)
    if why:
        raise SendRefused(
            f"{ledger.edition}: {journal.path} says {why}, and the database does not know: it was "
            "restored from before that. Who has this edition cannot be told any more. "
            f"invoke newsletter.resolve {ledger.edition} --sent takes it for sent to all, "
            "--not-sent sends it to everybody the database has not noted"
        )
    if record and record.via != via:
        raise SendRefused(f"{ledger.edition}: went out by {record.via}, and goes no other way")


@contextmanager
def only_sender(path: Path) -> Iterator[None]:
    """Be the one who sends. Raises SendRefused where another does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SendRefused("another sender is at work; wait for it to end") from None
        yield
