"""`invoke newsletter.send` and `newsletter.resolve`, with a real server at the end."""

import builtins
import functools
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from newsletter.errors import (
    AddressError,
    NewsletterSettingsError,
    RelayError,
    SendRefused,
    StoreError,
)
from newsletter.ledger import Ledger, State
from newsletter.relay import Tls, relay_from
from newsletter.sending import Wish, resolve, send
from newsletter.subscribers import Subscribers
from tests.newsletter.mailserver import Post, serving
from tests.newsletter.people import SIGNER, T0, enrolled, enrolment, store_in
from tests.newsletter.site import KEY, desk, publish

ROOT = Path(__file__).parents[2]
JA, EN = "k7q2mzv4xh/ja", "k7q2mzv4xh/en"


@pytest.fixture
def post():
    with serving(Post()) as post:
        yield post


def smtp(post):
    return {"ATOGAKI_SMTP_URL": f"smtp+plain://127.0.0.1:{post.port}"}


@pytest.fixture
def here(tmp_path, post):
    """A site with three readers, one of English, and a column live in both languages."""
    publish(tmp_path / "live", "ja", "en")
    enrolled(
        tmp_path,
        enrolment("a@customer.example", ("ja",)),
        enrolment("b@customer.example", ("ja", "en")),
        enrolment("c@customer.example", ("ja",)),
    )
    return desk(tmp_path, smtp(post))


def wish(**values):
    return Wish("cable-fault", **{"per_minute": 0, "yes": True} | values)


def tally(folder, id_=JA):
    with store_in(folder) as store:
        return dict(Ledger(store, id_).tally())


# --- Sending ----------------------------------------------------------------------------------


def test_everybody_gets_the_column_in_their_languages(here, post, capsys):
    assert 0 == send(here, wish())
    assert {"a@customer.example": 1, "b@customer.example": 2, "c@customer.example": 1} == {
        reader: len(messages) for reader, messages in post.messages.items()
    }
    assert capsys.readouterr().out.splitlines() == [
        f"{JA}: “海底ケーブルが切れた朝” to 3",
        f"{EN}: “The morning a cable broke” to 1",
        f"{JA}: 3 accepted",
        f"{EN}: 1 accepted",
    ]


def test_one_language_goes_alone(here, post):
    assert 0 == send(here, wish(lang="en"))
    assert ["b@customer.example"] == list(post.messages)


def test_a_second_command_sends_nothing_and_says_so(here, post, capsys):
    send(here, wish())
    capsys.readouterr()
    assert 0 == send(here, wish())
    assert 4 == post.accepted
    assert capsys.readouterr().out.splitlines() == [
        f"{JA}: “海底ケーブルが切れた朝” to 0; before: 3 accepted",
        f"{EN}: “The morning a cable broke” to 0; before: 1 accepted",
    ]


def test_what_is_left_is_said_by_the_exit_status(tmp_path, here, post, capsys):
    post._todo["a@customer.example"] = ["swallow"]
    assert 1 == send(here, wish(lang="ja"))
    said = capsys.readouterr()
    assert f"{JA}: 2 accepted, 1 unknown" in said.out
    assert f"{JA}: newsletter.resolve lists what is unknown\n" == said.err
    assert {State.ACCEPTED: 2, State.UNKNOWN: 1} == tally(tmp_path)


def test_a_rehearsal_composes_everything_and_sends_nothing(tmp_path, here, post, capsys):
    assert 0 == send(here, wish(dry_run=True, yes=False))
    assert 0 == post.connections
    assert {} == tally(tmp_path)
    lines = capsys.readouterr().out.splitlines()
    assert f"{JA}: “海底ケーブルが切れた朝” to 3" == lines[0]
    assert lines[2].startswith(f"{JA}: ")
    assert lines[2].endswith(" bytes each at most; nothing was sent")


def test_a_rehearsal_needs_no_mail_server(tmp_path):
    publish(tmp_path / "live")
    enrolled(tmp_path, enrolment())
    assert 0 == send(desk(tmp_path), wish(dry_run=True))


# --- A test -----------------------------------------------------------------------------------


def test_a_test_goes_to_one_address_and_is_noted_nowhere(tmp_path, here, post, capsys):
    assert 0 == send(here, wish(to="Me@Desk.example", lang="ja"))
    assert ["Me@desk.example"] == list(post.messages)
    assert {} == tally(tmp_path)
    assert f"{JA}: accepted: 250 2.0.0 queued\n" == capsys.readouterr().out
    message = message_from_bytes(post.messages["Me@desk.example"][0], policy=default)
    assert "海底ケーブルが切れた朝" == message["Subject"]


def test_no_mailbox_takes_a_second_test_for_a_double(here, post):
    for _ in range(2):
        send(here, wish(to="me@desk.example", lang="ja"))
    ids = [message_from_bytes(one)["Message-ID"] for one in post.messages["me@desk.example"]]
    assert 2 == len(set(ids))


def test_a_test_shows_what_was_built_before_it_is_live(tmp_path, post):
    publish(tmp_path / "output", subject="まだ公開していない")
    assert 0 == send(desk(tmp_path, smtp(post), live=None), wish(to="me@desk.example", lang="ja"))
    assert 1 == post.accepted


@pytest.mark.parametrize("to", ["me", "me@desk.example\r\nBcc: all@customer.example"])
def test_a_test_to_no_address_is_refused(here, to):
    with pytest.raises(AddressError, match="is no address"):
        send(here, wish(to=to))


# --- Only what is live ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"slug": "another"}, "another: is not live, as there is no .*/ja/columns/another/edition"),
        ({"slug": "../../secret"}, '"../../secret" is no slug'),
        ({"lang": "zh"}, "--lang zh: write ja or en"),
        ({"per_minute": -1}, "--rate -1: write messages a minute, or 0 for no limit"),
        ({"to": "me@desk.example", "dry_run": True}, "--to sends a test by SMTP; leave out"),
        ({"to": "me@desk.example", "via": "listmonk"}, "--to sends a test by SMTP; leave out"),
        ({"via": "post"}, "--via post: write smtp or listmonk"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_what_to_write(here, post, values, message):
    with pytest.raises(SendRefused, match=message):
        send(here, Wish(**{"slug": "cable-fault", "yes": True} | values))
    assert 0 == post.connections


def test_a_server_without_a_release_sends_nothing(tmp_path, post):
    with pytest.raises(SendRefused, match="live: is not there; nothing has been built"):
        send(desk(tmp_path, smtp(post)), wish())


@contextmanager
def web(folder):
    """The public site, on loopback; its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    ) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_the_public_site_says_what_is_live(tmp_path, post):
    """What lies in output/ does not count."""
    publish(tmp_path / "output", subject="not this one")
    publish(tmp_path / "public", subject="公開された題")
    enrolled(tmp_path, enrolment())
    with web(tmp_path / "public") as address:
        assert 0 == send(desk(tmp_path, smtp(post), address, live=None), wish())
    (message,) = post.messages["reader@customer.example"]
    assert "公開された題" == message_from_bytes(message, policy=default)["Subject"]


def test_a_public_site_without_the_column_sends_nothing(tmp_path, post):
    publish(tmp_path / "output")
    (tmp_path / "public").mkdir()
    with web(tmp_path / "public") as address, pytest.raises(SendRefused, match="is not live"):
        send(desk(tmp_path, smtp(post), address, live=None), wish())


def test_a_public_site_that_cannot_be_asked_sends_nothing(tmp_path, post):
    nowhere = desk(tmp_path, smtp(post), "http://127.0.0.1:1", live=None)
    with pytest.raises(SendRefused, match="cannot be asked whether it is live"):
        send(nowhere, wish())


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"slug": "another"}, "is the edition ja of another"),
        ({"subject": 7}, r"is no edition of ours \(subject: "),
    ],
)
def test_a_file_that_is_no_edition_of_the_column_is_refused(tmp_path, post, values, message):
    publish(tmp_path / "live")
    publish(tmp_path / "other", **values)
    (other,) = (tmp_path / "other").rglob("edition.json")
    (tmp_path / "live/ja/columns/cable-fault/edition.json").write_bytes(other.read_bytes())
    with pytest.raises(SendRefused, match=message):
        send(desk(tmp_path, smtp(post)), wish())


# --- Asking first -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "sent"), [("y", 4), ("Yes ", 4), ("", 0), ("n", 0), ("sure", 0)]
)
def test_a_person_is_asked_with_the_numbers(here, post, monkeypatch, answer, sent):
    asked = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(builtins, "input", lambda question: asked.append(question) or answer)
    if sent:
        assert 0 == send(here, wish(yes=False))
    else:
        with pytest.raises(SendRefused, match="nothing was sent"):
            send(here, wish(yes=False))
    assert [f"Send 4 messages through smtp+plain://127.0.0.1:{post.port}? [y/N] "] == asked
    assert sent == post.accepted


def test_where_nobody_can_be_asked_nothing_is_sent(here, post, monkeypatch):
    monkeypatch.setattr(sys, "stdin", open(os.devnull))  # noqa: PTH123,SIM115  what cron gives
    with pytest.raises(SendRefused, match="Nobody is there to ask; --yes sends without asking"):
        send(here, wish(yes=False))
    assert 0 == post.accepted
    sys.stdin.close()


# --- What is unknown --------------------------------------------------------------------------


def test_unknown_copies_are_listed_with_what_is_known(here, post, capsys):
    post._todo["a@customer.example"] = ["swallow"]
    send(here, wish(lang="ja"))
    capsys.readouterr()
    assert 0 == resolve(here, "cable-fault", "", sent=None)
    lines = capsys.readouterr().out.splitlines()
    assert f"{JA}: 2 accepted, 1 unknown" == lines[0]
    assert lines[1].startswith("  a@customer.example  ")
    assert "no answer after the message: " in lines[1]


@pytest.mark.parametrize(("sent", "copies"), [(True, 1), (False, 2)])
def test_a_person_decides(here, post, capsys, sent, copies):
    post._todo["a@customer.example"] = ["swallow"]
    send(here, wish(lang="ja"))
    assert 0 == resolve(here, JA, "A@customer.example", sent=sent)
    word = "taken for sent" if sent else "to be sent again with the next newsletter.send"
    assert f"{JA}: 1 {word}\n" in capsys.readouterr().out
    assert 0 == send(here, wish(lang="ja"))
    assert copies == len(post.messages["a@customer.example"])


def test_a_decision_touches_nobody_else(tmp_path, here, post):
    for reader in ("a@customer.example", "c@customer.example"):
        post._todo[reader] = ["swallow"]
    send(here, wish(lang="ja"))
    resolve(here, JA, "c@customer.example", sent=True)
    resolve(here, JA, "b@customer.example", sent=False)
    assert {State.ACCEPTED: 2, State.UNKNOWN: 1} == tally(tmp_path)


def test_an_edition_that_was_never_begun_has_nothing_to_decide(here):
    with pytest.raises(SendRefused, match="another: was never begun; write an id like"):
        resolve(here, "another", "", sent=None)


def test_a_restored_database_is_decided_about_whole(tmp_path, here, post, capsys):
    backup = (tmp_path / "newsletter.sqlite").read_bytes()
    send(here, wish(lang="ja"))
    (tmp_path / "newsletter.sqlite").write_bytes(backup)
    with pytest.raises(SendRefused, match=f"newsletter.resolve {JA} --sent takes it for sent"):
        send(here, wish(lang="ja"))
    resolve(here, JA, "", sent=None)
    assert "restored from a backup: its sending began on " in capsys.readouterr().out
    resolve(here, JA, "", sent=True)
    assert 0 == send(here, wish(lang="ja"))
    assert 3 == post.accepted


# --- The environment --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environ", "relay"),
    [
        (
            {"ATOGAKI_SMTP_URL": "smtp://me%40a:p%3Aw@mail.example"},
            ("mail.example", 587, Tls.STARTTLS, "me@a", "p:w"),
        ),
        (
            {
                "ATOGAKI_SMTP_URL": "smtps://mail.example/",
                "ATOGAKI_SMTP_USER": "me",
                "ATOGAKI_SMTP_PASSWORD": "p%3A/@w",
            },
            ("mail.example", 465, Tls.IMPLICIT, "me", "p%3A/@w"),
        ),
        (
            {"ATOGAKI_SMTP_URL": "smtp+plain://localhost:2525"},
            ("localhost", 2525, Tls.NONE, "", ""),
        ),
        ({"ATOGAKI_SMTP_URL": "smtp+plain://[::1]"}, ("::1", 25, Tls.NONE, "", "")),
    ],
)
def test_a_mail_server_is_named_by_the_environment(environ, relay):
    found = relay_from(environ)
    assert relay == (found.host, found.port, found.tls, found.user, found.password)
    assert "p:w" not in f"{found} {found!r}"


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "ATOGAKI_SMTP_URL: is not set; write smtp://user@mail.example:587"),
        ({"ATOGAKI_SMTP_URL": "mail.example"}, "ATOGAKI_SMTP_URL: is no mail server; write"),
        ({"ATOGAKI_SMTP_URL": "https://mail.example"}, "is no mail server"),
        ({"ATOGAKI_SMTP_URL": "smtp://mail.example:x"}, "is no mail server"),
        ({"ATOGAKI_SMTP_URL": "smtp://mail.example/?tls=no"}, "is no mail server"),
        (
            {"ATOGAKI_SMTP_URL": "smtp+plain://mail.example"},
            r"would send to mail.example in clear; smtp\+plain: is for this machine alone",
        ),
        ({"ATOGAKI_SMTP_URL": "smtp://me@mail.example"}, "ATOGAKI_SMTP_PASSWORD: is not set"),
        (
            {"ATOGAKI_SMTP_URL": "smtp://mail.example", "ATOGAKI_SMTP_PASSWORD": "x"},
            "ATOGAKI_SMTP_USER: is not set",
        ),
    ],
)
def test_an_environment_that_names_none_is_said(environ, message):
    with pytest.raises(NewsletterSettingsError, match=message) as caught:
        relay_from(environ)
    assert "secret" not in str(caught.value)


def test_a_key_that_changed_sends_nothing(tmp_path, post):
    publish(tmp_path / "live")
    enrolled(tmp_path, enrolment())
    other = desk(tmp_path, smtp(post) | {"ATOGAKI_NEWSLETTER_KEY": "k" * 40})
    with pytest.raises(StoreError, match="was begun with another"):
        send(other, wish())
    assert 0 == post.accepted


def test_whoever_is_removed_leaves_no_address_in_what_servers_said(tmp_path, here, post):
    post._todo["a@customer.example"] = ["rcpt 550 5.1.1 <a@customer.example> is no user here"]
    send(here, wish(lang="ja"))
    with store_in(tmp_path) as store:
        people = Subscribers(store)
        assert "<a@customer.example>" in people.find(SIGNER.person("a@customer.example")).suspended
        people.remove(SIGNER.person("a@customer.example"), T0)
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("newsletter.*"))
    assert b"b@customer.example" in kept
    assert b"a@customer.example" not in kept


def test_of_whoever_left_a_code_a_time_and_a_state_stay_and_nothing_else(tmp_path, here):
    """As the page about privacy says; so nobody gets an edition twice who comes back."""
    send(here, wish(lang="ja"))
    person = SIGNER.person("a@customer.example")
    with store_in(tmp_path) as store:
        Subscribers(store).remove(person, T0)
        tables = [row[0] for row in store.db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%person%'"
        )]  # fmt: skip
        rows = {
            table: store.db.execute(f"SELECT * FROM {table} WHERE person = ?", (person,)).fetchall()  # noqa: S608  our own
            for table in tables
        }
    assert {"removed", "ledger"} == {table for table, found in rows.items() if found}
    assert [(person, T0)] == rows["removed"]
    ((edition, _, state, at, tries, said),) = rows["ledger"]
    assert (JA, "accepted", int, 1, "") == (edition, state, type(at), tries, said)


def test_a_server_that_takes_nothing_is_said_and_the_state_too(here, post, capsys):
    post._todo["*"] = ["from 550 5.7.1 not yours"]
    with pytest.raises(RelayError, match="refuses mail from"):
        send(here, wish())
    assert f"{JA}: 1 still to be sent\n" in capsys.readouterr().out


# --- The command itself -----------------------------------------------------------------------

COMMAND = """
import os, sys
from pathlib import Path
from newsletter.desk import desk_of, told
from newsletter.sending import Wish, send

folder = Path(sys.argv[1])
def run():
    desk = desk_of(folder / "publishconf.py", os.environ, folder / "newsletter.sqlite",
                   folder / "live")
    return send(desk, Wish("cable-fault", lang="ja", per_minute=0, yes=True))
sys.exit(told(run))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_between_two_messages(tmp_path, here, post, number):
    """And the next command goes on where it ended."""
    assert here.live
    environment = os.environ | smtp(post) | {"ATOGAKI_NEWSLETTER_KEY": KEY}
    environment["PYTHONPATH"] = f"{ROOT / 'plugins'}:{ROOT}"
    child = subprocess.Popen(  # noqa: S603  our own
        [sys.executable, "-c", COMMAND, str(tmp_path)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

    def tell(_recipient, accepted):
        if accepted == 1:
            child.send_signal(number)

    post.seen = tell
    out, err = child.communicate(timeout=60)
    assert 1 == child.returncode
    assert err == (
        f"{number.name}: ending after this message\n"
        f"{JA}: not everybody has it; the same command goes on\n"
    )
    assert out.endswith(f"{JA}: 1 accepted\n")
    assert 0 == send(here, wish(lang="ja"))
    assert {State.ACCEPTED: 3} == tally(tmp_path)
    assert 3 == post.accepted
