"""Sending an edition: everybody once, whatever the server and the line do."""

import shutil
import ssl
from collections import Counter
from contextlib import ExitStack, contextmanager, suppress

import pytest
import trustme

from newsletter.delivery import Clock, Delivery, Letter, Pace, only_sender
from newsletter.errors import RelayError, SendRefused
from newsletter.journal import Journal, Past
from newsletter.ledger import Ledger, State
from newsletter.relay import Connection, Relay, Tls
from newsletter.subscribers import Subscribers
from tests.newsletter.mailserver import FakeClock, Post, serving
from tests.newsletter.people import (
    SIGNER,
    T0,
    edition,
    enrolled,
    enrolment,
    sender,
    store_in,
)

PATIENT = Pace(per_minute=0)
JA = edition().id


def readers(count):
    return [f"reader{number}@customer.example" for number in range(count)]


def person(address):
    return SIGNER.person(address)


@contextmanager
def desk(folder, count=0, **relay):
    """A sender below a folder with so many readers."""
    enrolled(folder, *map(enrolment, readers(count)))
    with store_in(folder) as store:
        yield Desk(folder, store, relay)


class Desk:
    def __init__(self, folder, store, relay):
        self.store = store
        self.people = Subscribers(store)
        self.journal = Journal(folder / "newsletter.journal")
        self.ledger = Ledger(store, JA)
        self.clock = FakeClock(T0)
        self.relay = relay
        self.fates = Counter()

    def send(self, post, pace=PATIENT, **values):
        """Send the edition once, as one command does; where the copies stand then."""
        relay = Relay("127.0.0.1", post.port, **{"tls": Tls.NONE, "timeout_s": 5} | self.relay)
        delivery = Delivery(
            Letter(edition(**values), sender(), SIGNER),
            Ledger(self.store, JA),
            self.journal,
            Connection(relay),
            Clock(self.clock.now, self.clock.sleep, self.clock.stopped),
            pace,
        )
        return dict(delivery.run(lambda fate: self.fates.update([fate])))


@pytest.fixture
def post():
    with serving(Post()) as post:
        yield post


# --- Everybody once ---------------------------------------------------------------------------


def test_everybody_gets_their_own_copy_once(tmp_path, post):
    with desk(tmp_path, 12) as here:
        assert {State.ACCEPTED: 12} == here.send(post)
    assert set(readers(12)) == set(post.messages)
    for reader, (message,) in post.messages.items():
        assert f"<{reader}>".encode() in message or f"To: {reader}".encode() in message
        token = SIGNER.link(sender().endpoint, "unsubscribe", person(reader), T0).encode()
        assert b"List-Unsubscribe: <" + token + b">" in message


def test_one_connection_carries_all_messages(tmp_path, post):
    with desk(tmp_path, 12) as here:
        here.send(post)
    assert 1 == post.connections


def test_an_edition_that_was_sent_is_not_sent_again(tmp_path, post):
    with desk(tmp_path, 3) as here:
        here.send(post)
        assert {State.ACCEPTED: 3} == here.send(post, subject="corrected")
    assert 3 == post.accepted


def test_whoever_comes_after_an_edition_was_sent_gets_the_next(tmp_path, post):
    with desk(tmp_path, 3) as here:
        here.send(post)
        here.people.enrol([enrolment("late@customer.example")])
        here.send(post)
    assert "late@customer.example" not in post.messages


def test_only_readers_of_the_language_get_it(tmp_path, post):
    enrolled(
        tmp_path,
        enrolment("ja@customer.example", ("ja",)),
        enrolment("both@customer.example", ("ja", "en")),
        enrolment("en@customer.example", ("en",)),
    )
    with desk(tmp_path) as here:
        here.send(post)
    assert {"ja@customer.example", "both@customer.example"} == set(post.messages)


@pytest.mark.parametrize("how", ["remove", "suspend", "other language"])
def test_whoever_leaves_while_it_is_sent_gets_nothing(tmp_path, how):
    def leave(recipient, number):
        """Whoever is left when the first message is in goes."""
        if number > 1:
            return
        with store_in(tmp_path) as store:
            people = Subscribers(store)
            for reader in set(readers(5)) - {recipient}:
                if how == "remove":
                    people.remove(person(reader), T0)
                elif how == "suspend":
                    people.suspend(person(reader), "asked by telephone", T0)
                else:
                    people.change_languages(person(reader), ["en"], T0)

    with serving(Post(seen=leave)) as post, desk(tmp_path, 5) as here:
        assert {State.ACCEPTED: 1} == here.send(post)
    assert 1 == post.accepted


def test_whoever_leaves_and_comes_back_is_known(tmp_path, post):
    with desk(tmp_path, 2) as here:
        here.send(post, Pace(per_minute=0))
        here.people.remove(person(readers(1)[0]), T0)
        here.people.enrol([enrolment(readers(1)[0], at=T0 + 1)])
        here.send(post)
    assert 2 == post.accepted


def test_a_wish_to_stop_stops_between_two_messages(tmp_path):
    with desk(tmp_path, 5) as here:

        def stop(_, number):
            here.clock.stop = number == 2

        with serving(Post(seen=stop)) as post:
            assert {State.ACCEPTED: 2} == here.send(post)
            here.clock.stop = False
            assert {State.ACCEPTED: 5} == here.send(post)
    assert 5 == post.accepted


def test_the_pace_is_kept(tmp_path, post):
    with desk(tmp_path, 4) as here:
        here.send(post, Pace(per_minute=30))
        assert [2.0] * 4 == here.clock.slept


def test_there_is_one_sender_at_a_time(tmp_path):
    lock = tmp_path / "lock"
    with only_sender(lock), pytest.raises(SendRefused, match="another sender is at work"):
        only_sender(lock).__enter__()
    with only_sender(lock):
        pass


# --- What servers do --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("things", "state", "copies", "suspended"),
    [
        pytest.param(["rcpt 451 4.7.1 greylisted"], "accepted", 1, None, id="greylisting"),
        pytest.param(["data 452 4.3.1 disk full"], "accepted", 1, None, id="put off at the end"),
        pytest.param(["rcpt 421 4.3.2 closing"], "accepted", 1, None, id="closing"),
        pytest.param(["data 421 4.3.2 closing"], "accepted", 1, None, id="closing at the end"),
        pytest.param(["break rcpt"], "accepted", 1, None, id="breaks before the content"),
        pytest.param(["hang up"], "accepted", 1, None, id="breaks after the yes"),
        pytest.param(["lose"], "unknown", 0, None, id="breaks, and lost it"),
        pytest.param(["data nonsense"], "unknown", 0, None, id="an answer that is none"),
        pytest.param(["data 354 go on"], "unknown", 0, None, id="an answer to something else"),
        pytest.param(["swallow"], "unknown", 1, None, id="breaks, and has it"),
        pytest.param(
            ["rcpt 550 5.1.1 no such user"], "rejected", 0, "550 5.1.1 no such user", id="gone"
        ),
        pytest.param(
            ["data 550 5.1.1 no such user"],
            "rejected",
            0,
            "550 5.1.1 no such user",
            id="gone, late",
        ),
        pytest.param(["rcpt 552 5.2.2 mailbox full"], "rejected", 0, None, id="full"),
        pytest.param(["data 554 5.7.1 spam"], "rejected", 0, None, id="refused content"),
        pytest.param(["rcpt 550 no"], "rejected", 0, None, id="refused without a reason"),
        pytest.param(["rcpt 451 4.7.1 later"] * 9, "deferred", 0, None, id="put off for long"),
    ],
)
def test_what_becomes_of_a_copy(tmp_path, things, state, copies, suspended):
    """And nobody else is touched by it."""
    odd = readers(4)[2]
    with serving(Post({odd: things})) as post, desk(tmp_path, 4) as here:
        tally = here.send(post)
        assert suspended == here.people.find(person(odd)).suspended
        assert {State.ACCEPTED: 3, State(state): 1} == tally or {State.ACCEPTED: 4} == tally
        rows = here.store.db.execute(
            "SELECT state FROM ledger WHERE person = ?", (person(odd),)
        ).fetchall()
        assert [(state,)] == rows
    assert {reader: 1 for reader in readers(4) if reader != odd} | {odd: copies} == {
        reader: len(post.messages[reader]) for reader in readers(4)
    }


def test_what_is_put_off_is_tried_later_and_later(tmp_path):
    later = readers(1)[0]
    with serving(Post({later: ["rcpt 451 4.7.1 later"] * 3})) as post, desk(tmp_path, 1) as here:
        assert {State.ACCEPTED: 1} == here.send(post)
        assert [60, 300, 900] == here.clock.slept


def test_what_is_put_off_for_long_waits_for_another_command(tmp_path):
    later = readers(1)[0]
    with serving(Post({later: ["rcpt 451 4.7.1 later"] * 5})) as post, desk(tmp_path, 1) as here:
        assert {State.DEFERRED: 1} == here.send(post)
        here.clock.time += 3600
        assert {State.ACCEPTED: 1} == here.send(post)


def test_whoever_leaves_while_put_off_is_not_waited_for(tmp_path):
    later = readers(2)[1]
    with serving(Post({later: ["rcpt 451 4.7.1 later"]})) as post, desk(tmp_path, 2) as here:
        here.clock.while_asleep = lambda: here.people.remove(person(later), T0)
        for _ in range(2):
            here.send(post)
        assert [60] == here.clock.slept
        assert [] == list(here.ledger.due("ja"))
    assert 1 == post.accepted


def test_unknown_copies_are_neither_sent_again_nor_dropped(tmp_path):
    odd = readers(3)[1]
    with serving(Post({odd: ["swallow"]})) as post, desk(tmp_path, 3) as here:
        here.send(post)
        assert {State.ACCEPTED: 2, State.UNKNOWN: 1} == here.send(post)
        (unknown,) = here.ledger.unknown()
        assert odd == unknown.address
        assert unknown.said.startswith("no answer after the message: ")
        assert 1 == here.ledger.resolve(person(odd), T0, sent=False)
        assert {State.ACCEPTED: 3} == here.send(post)
    assert 2 == len(post.messages[odd])


def test_a_person_can_take_an_unknown_copy_for_sent(tmp_path):
    odd = readers(3)[1]
    with serving(Post({odd: ["swallow"]})) as post, desk(tmp_path, 3) as here:
        here.send(post)
        assert 1 == here.ledger.resolve(None, T0, sent=True)
        assert {State.ACCEPTED: 3} == here.send(post)
    assert 1 == len(post.messages[odd])


def test_a_server_that_goes_away_is_waited_for(tmp_path):
    """The line is opened again, with longer and longer pauses."""
    first, second = Post({"*": ["hang up"]}), Post()
    with ExitStack() as servers, desk(tmp_path, 3) as here:
        servers.enter_context(serving(first))
        first.seen = lambda _recipient, _number: first.stop_listening()

        def come_back():
            if len(here.clock.slept) == 3:
                servers.enter_context(serving(second, port=first.port))

        here.clock.while_asleep = come_back
        assert {State.ACCEPTED: 3} == here.send(first)
        assert [1, 5, 30] == here.clock.slept
    assert [1, 2] == [first.accepted, second.accepted]


def test_a_server_that_stays_away_is_given_up_and_nothing_is_lost(tmp_path):
    gone = Post({"*": ["hang up"]})
    with serving(gone), desk(tmp_path, 3) as here:
        gone.seen = lambda _recipient, _number: gone.stop_listening()
        with pytest.raises(RelayError, match="Connection refused"):
            here.send(gone)
        assert {State.ACCEPTED: 1, State.OPEN: 1} == dict(here.ledger.tally())
    with serving(Post()) as post, desk(tmp_path) as here:
        assert {State.ACCEPTED: 3} == here.send(post)


# --- When the fault is the server's -----------------------------------------------------------


def test_a_server_that_refuses_everybody_is_not_believed(tmp_path):
    """As one set up wrongly does; nobody is suspended, and nothing is lost."""
    wrong = Post({"*": ["rcpt 550 5.1.1 relay not set up"] * 6})
    with serving(wrong) as post, desk(tmp_path, 30) as here:
        with pytest.raises(RelayError, match="refused the last 5 in a row; it said 550"):
            here.send(post, Pace(per_minute=0, streak=5))
        assert {"ja": 30} == here.people.counts()
        assert {State.OPEN: 5} == dict(here.ledger.tally())
        assert {State.ACCEPTED: 29, State.REJECTED: 1} == here.send(post)


def dead(count):
    """A server where everybody but the last reader is gone, and says so whenever asked."""
    gone = [f"rcpt 550 5.1.1 no such user {number}" for number in range(9)]
    return Post(dict.fromkeys(readers(count)[:-1], gone))


def test_a_list_full_of_dead_mailboxes_comes_to_its_end(tmp_path):
    """Who had no turn yet comes before who was taken back; gone twice is gone."""
    streak = Pace(per_minute=0, streak=5)
    with serving(dead(13)) as post, desk(tmp_path, 13) as here:
        for _ in range(3):
            with suppress(RelayError):
                here.send(post, streak)
        assert {State.ACCEPTED: 1, State.REJECTED: 12} == here.send(post, streak)
        assert {"ja": 1} == here.people.counts()
        assert here.ledger.record().finished_at
        assert [] == list(here.ledger.due("ja"))


def test_mailboxes_taken_back_make_nobody_wait(tmp_path):
    wrong = Post({"*": ["rcpt 550 5.1.1 relay not set up"] * 5})
    with serving(wrong) as post, desk(tmp_path, 30) as here:
        with pytest.raises(RelayError, match="refused the last 5 in a row"):
            here.send(post, Pace(per_minute=0, streak=5))
        taken_back = [command.split()[1] for command in post.commands if "RCPT" in command]
        here.send(post)
    assert set(taken_back) == set(list(post.messages)[-5:])


def test_a_server_that_never_took_the_edition_is_not_believed_twice(tmp_path):
    wrong = Post({"*": ["rcpt 550 5.1.1 relay not set up"] * 20})
    with serving(wrong) as post, desk(tmp_path, 5) as here:
        for _ in range(4):
            with pytest.raises(RelayError, match="refused the last 5 in a row"):
                here.send(post, Pace(per_minute=0, streak=5))
        assert {"ja": 5} == here.people.counts()
        assert {State.ACCEPTED: 5} == here.send(post)


@pytest.mark.parametrize("codes", [("5.1.1", "5.7.1"), ("5.7.1", "5.7.1")])
def test_another_refusal_than_of_a_mailbox_that_is_gone_twice_is_not_believed(tmp_path, codes):
    """A quota is over tomorrow."""
    _, *refused = sorted(readers(6), key=person)  # in the order of sending
    said = [f"rcpt 550 {code} no" for code in codes]
    with serving(Post(dict.fromkeys(refused, said))) as post, desk(tmp_path, 6) as here:
        for _ in codes:
            with pytest.raises(RelayError, match="refused the last 5 in a row"):
                here.send(post, Pace(per_minute=0, streak=5))
        assert {"ja": 6} == here.people.counts()
        assert {State.ACCEPTED: 6} == here.send(post)


def test_nor_is_one_that_refuses_a_small_list(tmp_path):
    wrong = Post({"*": ["rcpt 550 5.1.1 relay not set up"] * 3})
    with serving(wrong) as post, desk(tmp_path, 3) as here:
        with pytest.raises(RelayError, match="refused everybody"):
            here.send(post)
        assert {State.ACCEPTED: 3} == here.send(post)


def test_a_server_that_puts_everybody_off_is_given_pauses(tmp_path):
    busy = Post({"*": ["rcpt 450 4.7.1 too fast"] * 10})
    with serving(busy) as post, desk(tmp_path, 12) as here:
        assert {State.ACCEPTED: 12} == here.send(post, Pace(per_minute=0, streak=5))
        assert [60, 300] == here.clock.slept[:2]


def test_a_server_that_puts_everybody_off_for_ever_is_given_up(tmp_path):
    with serving(Post({"*": ["rcpt 450 4.7.1 too fast"] * 99})) as post, desk(tmp_path, 30) as here:
        with pytest.raises(RelayError, match="puts everything off; it said 450"):
            here.send(post, Pace(per_minute=0, streak=5))
        assert {State.DEFERRED: 5} == dict(here.ledger.tally())


def test_a_line_that_breaks_after_every_message_makes_few_unknown(tmp_path):
    with serving(Post({"*": ["swallow"] * 99})) as post, desk(tmp_path, 30) as here:
        with pytest.raises(RelayError, match="no answer to the last 3 messages"):
            here.send(post)
        assert {State.UNKNOWN: 3} == dict(here.ledger.tally())


def test_a_server_that_refuses_the_sender_stops_everything(tmp_path):
    wrong = Post({"*": ["from 553 5.1.8 not your domain"]})
    with serving(wrong) as post, desk(tmp_path, 3) as here:
        with pytest.raises(RelayError, match=r"refuses mail from columns@atogaki\.example"):
            here.send(post)
        assert {State.OPEN: 1} == dict(here.ledger.tally())
        assert {State.ACCEPTED: 3} == here.send(post)


def test_a_server_that_is_not_there_begins_nothing(tmp_path, post):
    with desk(tmp_path, 3) as here:
        port, post.port = post.port, 1
        with pytest.raises(RelayError, match=r"127\.0\.0\.1:1: .*Connection refused"):
            here.send(post)
        assert None is here.ledger.record()
        post.port = port
        assert {State.ACCEPTED: 3} == here.send(post)


# --- TLS and passwords ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def certificate(authority, tmp_path, monkeypatch):
    """A server's certificate of an authority that we trust."""
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


LOGIN = {"user": "me", "password": "secret"}


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
def test_mail_and_password_go_through_tls(tmp_path, certificate, tls):
    serving_ = serving(Post(), certificate, implicit=tls is Tls.IMPLICIT)
    with serving_ as post, desk(tmp_path, 2, tls=tls, **LOGIN) as here:
        assert {State.ACCEPTED: 2} == here.send(post)
    assert [(b"me", b"secret")] == post.logins


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
def test_a_certificate_that_nobody_vouches_for_ends_it(tmp_path, certificate, monkeypatch, tls):
    monkeypatch.delenv("SSL_CERT_FILE")
    serving_ = serving(Post(), certificate, implicit=tls is Tls.IMPLICIT)
    with serving_ as post, desk(tmp_path, 2, tls=tls, **LOGIN) as here:
        with pytest.raises(RelayError, match="certificate verify failed") as caught:
            here.send(post)
        assert not caught.value.passing
    assert [] == post.logins


def test_a_server_without_tls_gets_no_password(tmp_path, post):
    clear = desk(tmp_path, 2, tls=Tls.STARTTLS, **LOGIN)
    with clear as here, pytest.raises(RelayError, match="STARTTLS extension not supported"):
        here.send(post)
    assert [] == post.logins


def test_a_wrong_password_ends_it(tmp_path, certificate):
    wrong = desk(tmp_path, 2, tls=Tls.STARTTLS, **LOGIN | {"password": "wrong"})
    refused = pytest.raises(RelayError, match=r"535 5\.7\.8")
    with serving(Post(), certificate) as post, wrong as here, refused as caught:
        here.send(post)
    assert "wrong" not in str(caught.value)
    assert not caught.value.passing


# --- A database from a backup -----------------------------------------------------------------


def backup(folder):
    shutil.copy(folder / "newsletter.sqlite", folder / "backup")


def restore(folder):
    for ending in ("-wal", "-shm"):
        (folder / f"newsletter.sqlite{ending}").unlink(missing_ok=True)
    shutil.copy(folder / "backup", folder / "newsletter.sqlite")


@pytest.mark.parametrize(
    ("sent_before", "then", "why"),
    [
        pytest.param(0, 5, "its sending began on 2026-11-26T09:00:00Z", id="before it was begun"),
        pytest.param(2, 3, "5 messages were begun, and not 2", id="in the middle, then finished"),
        pytest.param(2, 1, "3 messages were begun, and not 2", id="in the middle, then killed"),
    ],
)
def test_a_database_from_before_a_sending_refuses_to_send_again(
    tmp_path, post, sent_before, then, why
):
    for step in (sent_before, then):
        with desk(tmp_path, 5) as here:
            goal = post.accepted + step
            post.seen = lambda _, number, here=here, goal=goal: setattr(
                here.clock, "stop", number == goal
            )
            if step:
                here.send(post)
        if step == sent_before:
            backup(tmp_path)
    restore(tmp_path)
    before = post.accepted
    with desk(tmp_path) as here, pytest.raises(SendRefused) as caught:
        here.send(post)
    assert why in str(caught.value)
    assert "restored from before that" in str(caught.value)
    assert before == post.accepted


def test_a_person_decides_about_a_restored_database(tmp_path, post):
    with desk(tmp_path, 3):
        pass
    backup(tmp_path)
    with desk(tmp_path) as here:
        here.send(post)
    restore(tmp_path)
    with desk(tmp_path) as here:
        here.ledger.catch_up(here.journal.past(JA), T0, sent=True)
        assert {} == here.send(post)
    assert 3 == post.accepted


def test_a_person_may_send_on_from_a_restored_database(tmp_path, post):
    """To everybody it has not noted, who may have had it."""
    with desk(tmp_path, 3):
        pass
    backup(tmp_path)
    with desk(tmp_path) as here:
        here.send(post)
    restore(tmp_path)
    with desk(tmp_path) as here:
        here.ledger.catch_up(here.journal.past(JA), T0, sent=False)
        here.journal.reopen(JA, T0)
        assert {State.ACCEPTED: 3} == here.send(post)
        assert {State.ACCEPTED: 3} == here.send(post)
    assert 6 == post.accepted


def test_a_journal_that_was_lost_stops_nothing(tmp_path, post):
    with desk(tmp_path, 3) as here:
        here.send(post)
        here.journal.path.unlink()
        assert {State.ACCEPTED: 3} == here.send(post)


def test_a_journal_cut_off_in_a_line_goes_on_with_the_next(tmp_path):
    journal = Journal(tmp_path / "journal")
    journal.begin(edition(), "smtp", T0)
    journal.mark()
    journal.mark()
    journal.begin(edition(), "smtp", T0 + 60)
    journal.mark()
    journal.finish(JA, T0 + 120)
    assert (
        "begun 2026-11-26T09:00:00Z k7q2mzv4xh/ja smtp cable-fault\n"
        "..\n"
        "begun 2026-11-26T09:01:00Z k7q2mzv4xh/ja smtp cable-fault\n"
        ".\n"
        "finished 2026-11-26T09:02:00Z k7q2mzv4xh/ja\n"
    ) == journal.path.read_text()
    past = journal.past(JA)
    assert ("2026-11-26T09:00:00Z", 3, "2026-11-26T09:02:00Z") == (
        past.begun,
        past.reserved,
        past.finished,
    )
    assert 0 == journal.past("other00000/ja").reserved


def test_a_journal_of_before_says_nothing_of_the_way(tmp_path):
    journal = Journal(tmp_path / "journal")
    journal.path.write_text("begun 2026-11-26T09:00:00Z k7q2mzv4xh/ja\n...\n")
    assert Past("2026-11-26T09:00:00Z", 3, "", "smtp", "") == journal.past(JA)
