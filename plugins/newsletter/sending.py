"""`invoke newsletter.send` and `newsletter.resolve`: an edition on its way, and what is unclear."""

import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from types import FrameType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from newsletter import listmonk
from newsletter.addresses import normalised
from newsletter.delivery import VIA, Clock, Delivery, Letter, Pace, check_past, only_sender
from newsletter.desk import Desk
from newsletter.errors import SendRefused
from newsletter.ledger import Ledger, State
from newsletter.model import Consent, Edition, Subscriber
from newsletter.relay import Connection, Fate, relay_from
from newsletter.release import at_address, in_folder
from newsletter.signature import signature_from
from newsletter.store import Store
from newsletter.tokens import Signer

_WORDS = {
    State.ACCEPTED: "accepted",
    State.REJECTED: "refused for good",
    State.DEFERRED: "put off",
    State.OPEN: "still to be sent",
    State.RESERVED: "on their way",
    State.UNKNOWN: "unknown",
}

Begun = Sequence[tuple[Edition, Ledger]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for; `lang` and `to` are empty for all."""

    slug: str
    lang: str = ""
    to: str = ""
    via: str = VIA
    per_minute: float = 600
    dry_run: bool = False
    yes: bool = False


def send(desk: Desk, wish: Wish) -> int:
    """Send a column's editions, or say what would be sent, and return the exit status.

    That is 1 where something is left: to be sent again, or to be decided by a person.
    Raises NewsletterError.
    """
    if wish.via not in (VIA, listmonk.VIA):
        raise SendRefused(f"--via {wish.via}: write {VIA} or {listmonk.VIA}")
    if wish.per_minute < 0:
        raise SendRefused(f"--rate {wish.per_minute}: write messages a minute, or 0 for no limit")
    if wish.to and (wish.dry_run or wish.via != VIA):
        raise SendRefused("--to sends a test by SMTP; leave out --dry-run and --via")
    editions = _editions(desk, wish)
    if wish.to:
        return _test(desk, wish, editions)
    with only_sender(desk.sending), desk.open_store(_now()) as store:
        ledgers = [(edition, Ledger(store, edition.id)) for edition in editions]
        for _, ledger in ledgers:
            check_past(ledger, desk.journal, wish.via)
            ledger.bury()
        if wish.via == listmonk.VIA:
            return _hand_over(desk, wish, ledgers)
        return _deliver(desk, wish, store, ledgers)


def _editions(desk: Desk, wish: Wish) -> list[Edition]:
    """Return what is live; for a test, what was built here last will do."""
    languages = (wish.lang,) if wish.lang else desk.languages
    if wish.lang and wish.lang not in desk.languages:
        raise SendRefused(f"--lang {wish.lang}: write {' or '.join(desk.languages)}")
    folder = desk.live or (desk.output if wish.to else None)
    if folder:
        return in_folder(folder, wish.slug, languages)
    return at_address(desk.site_url, wish.slug, languages)


def _letter(desk: Desk, edition: Edition, signer: Signer) -> Letter:
    sender = desk.sender(edition.lang)
    domain = sender.address.rpartition("@")[2]
    return Letter(edition, sender, signer, signature_from(desk.environ, domain))


# --- By SMTP ----------------------------------------------------------------------------------


def _deliver(desk: Desk, wish: Wish, store: Store, ledgers: Begun) -> int:
    due = {edition.id: sum(1 for _ in ledger.due(edition.lang)) for edition, ledger in ledgers}
    for edition, ledger in ledgers:
        print(f"{edition.id}: “{edition.subject}” to {due[edition.id]:,}{_before(ledger)}")
    if wish.dry_run:
        for edition, ledger in ledgers:
            _rehearse(_letter(desk, edition, store.signer), ledger)
        return 0
    relay = relay_from(desk.environ)
    begun = [(edition, ledger) for edition, ledger in ledgers if due[edition.id]]
    if begun:
        _confirm(f"Send {sum(due.values()):,} messages through {relay}?", yes=wish.yes)
    with _stoppable() as clock:
        for edition, ledger in begun:
            delivery = Delivery(
                _letter(desk, edition, store.signer),
                ledger,
                desk.journal,
                Connection(relay),
                clock,
                Pace(wish.per_minute),
            )
            try:
                _run(delivery, edition.id, due[edition.id])
            finally:
                print(f"{edition.id}: {_tally(ledger.tally())}")
    for edition, ledger in ledgers:
        if not due[edition.id]:
            _close(desk, ledger)
    return _left_over(ledgers)


def _close(desk: Desk, ledger: Ledger) -> None:
    """Finish what a sender that died at the last copy left unfinished."""
    record = ledger.record()
    if record and record.finished_at is None:
        ledger.finish(_now())
        desk.journal.finish(ledger.edition, _now())


def _run(delivery: Delivery, title: str, due: int) -> None:
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    ) as progress:
        task = progress.add_task(title, total=due)
        delivery.run(lambda _: progress.advance(task))


def _before(ledger: Ledger) -> str:
    tally = ledger.tally()
    return f"; before: {_tally(tally)}" if tally else ""


def _rehearse(letter: Letter, ledger: Ledger) -> None:
    """Compose every message, and send none."""
    sizes = (len(letter.to(one, _now())) for one in ledger.due(letter.edition.lang))
    if largest := max(sizes, default=0):
        print(f"{letter.edition.id}: {largest:,} bytes each at most; nothing was sent")


def _left_over(ledgers: Begun) -> int:
    """Say what is to be done about what is left, and return the exit status."""
    left = 0
    for edition, ledger in ledgers:
        if any(ledger.due(edition.lang)):
            left = 1
            print(f"{edition.id}: not everybody has it; the same command goes on", file=sys.stderr)
        if ledger.tally()[State.UNKNOWN]:
            left = 1
            print(f"{edition.id}: newsletter.resolve lists what is unknown", file=sys.stderr)
    return left


def _test(desk: Desk, wish: Wish, editions: Sequence[Edition]) -> int:
    """Send what a subscriber would get to one address, and note it nowhere."""
    address = normalised(wish.to)
    connection = Connection(relay_from(desk.environ))
    with desk.open_store(_now()) as store:
        signer = store.signer
    left = 0
    for edition in editions:
        consent = Consent(_now(), "a test")
        reader = Subscriber(signer.person(address), address, "", (edition.lang,), consent)
        # Of another id, or a mailbox that knows a test would hide the next one as a double.
        letter = _letter(desk, replace(edition, id=f"{edition.id} test {time.time()}"), signer)
        connection.open()
        outcome = connection.send(letter.sender.address, address, letter.to(reader, _now()))
        print(f"{edition.id}: {outcome.fate.value}: {outcome.said}")
        left |= outcome.fate is not Fate.ACCEPTED
    connection.close()
    return left


# --- By listmonk ------------------------------------------------------------------------------


def _hand_over(desk: Desk, wish: Wish, ledgers: Begun) -> int:
    with listmonk.listmonk_from(desk.environ) as server:
        lists = server.lists(desk.languages)
        ours = {one.lang: [each for each in lists if each.lang == one.lang] for one, _ in ledgers}
        for edition, _ in ledgers:
            names = ", ".join(f'"{one.name}" ({one.count:,})' for one in ours[edition.lang])
            print(f"{edition.id}: “{edition.subject}” to {names or 'no list'} of {server.host}")
        begun = [(edition, ledger) for edition, ledger in ledgers if ours[edition.lang]]
        if begun and not wish.dry_run:
            people = sum(one.count for edition, _ in begun for one in ours[edition.lang])
            _confirm(f"Hand them to {server.host}, for {people:,} on its lists?", yes=wish.yes)
            for edition, ledger in begun:
                done = _campaign(desk, server, edition, ledger, ours[edition.lang])
                print(f"{edition.id}: {done}")
        for edition, _ in ledgers:
            if not ours[edition.lang]:
                tag = f"{listmonk.TAG}{edition.lang}"
                print(
                    f"{edition.id}: goes to nobody, as no list there is tagged {tag}; tag one, "
                    "or leave the language out with --lang",
                    file=sys.stderr,
                )
    return int(len(begun) < len(ledgers))


def _campaign(
    desk: Desk,
    server: listmonk.Listmonk,
    edition: Edition,
    ledger: Ledger,
    lists: Sequence[listmonk.MailingList],
) -> str:
    """Make an edition a campaign and start it, once: its name is the edition's id."""
    record = ledger.record()
    if record and record.finished_at:
        return "was handed over before"
    ledger.begin(edition, listmonk.VIA, _now())
    desk.journal.begin(edition, listmonk.VIA, _now())
    campaign = server.campaign(edition.id) or server.create(
        edition, desk.sender(edition.lang), lists
    )
    if campaign.status == "draft":
        server.start(campaign)
        said = f"handed over as campaign {campaign.id}"
    else:
        said = f"is campaign {campaign.id} there, {campaign.status}"
    ledger.finish(_now())
    desk.journal.finish(edition.id, _now())
    return said


# --- What is unknown --------------------------------------------------------------------------


def resolve(desk: Desk, edition: str, address: str, *, sent: bool | None) -> int:
    """List the copies of an edition of which nobody knows whether they were sent, or settle them.

    `edition` is its id, or its slug for all languages; without an `address` all copies are
    settled as `sent` says. Raises SendRefused.
    """
    with only_sender(desk.sending), desk.open_store(_now()) as store:
        person = store.signer.person(normalised(address)) if address else None
        for ledger in _ledgers(desk, store, edition):
            if sent is None:
                _list_unknown(desk, ledger)
            else:
                _settle(desk, ledger, person, sent=sent)
    return 0


def _ledgers(desk: Desk, store: Store, edition: str) -> list[Ledger]:
    sql = "SELECT id FROM editions WHERE id = :edition OR slug = :edition ORDER BY id"
    known = [row[0] for row in store.db.execute(sql, {"edition": edition})]
    if not known and desk.journal.past(edition).begun:
        known = [edition]
    if not known:
        raise SendRefused(f"{edition}: was never begun; write an id like k7q2mzv4xh/ja, or a slug")
    return [Ledger(store, one) for one in known]


def _list_unknown(desk: Desk, ledger: Ledger) -> None:
    ledger.bury()
    print(f"{ledger.edition}: {_tally(ledger.tally()) or 'nothing was sent'}")
    if why := desk.journal.past(ledger.edition).contradicts(ledger.record()):
        print(f"  restored from a backup: {why}")
    for one in ledger.unknown():
        at = datetime.fromtimestamp(one.at, desk.zone).isoformat(" ", "seconds")
        print(f"  {one.address or '(has left)'}  {at}  {one.said}")


def _settle(desk: Desk, ledger: Ledger, person: bytes | None, *, sent: bool) -> None:
    ledger.bury()
    done = ledger.resolve(person, _now(), sent=sent)
    past = desk.journal.past(ledger.edition)
    if person is None and past.contradicts(ledger.record()):
        ledger.catch_up(past, _now(), sent=sent)
        if not sent:
            desk.journal.reopen(ledger.edition, _now())
        print(f"{ledger.edition}: the database agrees with the journal again")
    word = "taken for sent" if sent else "to be sent again with the next newsletter.send"
    print(f"{ledger.edition}: {done:,} {word}")


# --- The terminal -----------------------------------------------------------------------------


def _now() -> int:
    return int(time.time())


def _tally(tally: Mapping[State, int]) -> str:
    return ", ".join(f"{tally[state]:,} {word}" for state, word in _WORDS.items() if tally[state])


def _confirm(question: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise SendRefused(f"{question} Nobody is there to ask; --yes sends without asking")
    if input(f"{question} [y/N] ").strip().lower() not in ("y", "yes"):
        raise SendRefused("nothing was sent")


@contextmanager
def _stoppable() -> Iterator[Clock]:
    """Give a clock that Ctrl-C and SIGTERM stop after the message at hand; a second one kills."""
    stop = threading.Event()

    def wish_to_stop(number: int, _: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        print(f"{signal.Signals(number).name}: ending after this message", file=sys.stderr)
        stop.set()

    before = {one: signal.signal(one, wish_to_stop) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield Clock(time.time, stop.wait, stop.is_set)
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
