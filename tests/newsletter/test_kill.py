"""Killed at any moment, a sender sends nothing twice and loses nobody."""

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from newsletter.journal import Journal
from newsletter.ledger import Ledger, State
from tests.newsletter.mailserver import Post, serving
from tests.newsletter.people import edition, enrolled, enrolment, store_in
from tests.newsletter.site import publish

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("ATOGAKI_SOAK", "6")) * 5 // 3
"""Ten, and a hundred where `invoke soak` runs sixty rounds of everything."""
READERS = [f"reader{number}@customer.example" for number in range(500)]

CHILD = """
import sys
from pathlib import Path
from newsletter.desk import told
from newsletter.sending import Wish, send
from tests.newsletter.site import desk

here = desk(Path(sys.argv[1]), {"ATOGAKI_SMTP_URL": f"smtp+plain://127.0.0.1:{sys.argv[2]}"})
wish = Wish("cable-fault", lang="ja", per_minute=0, yes=True)
sys.exit(told(lambda: send(here, wish)))
"""


class Sender:
    """Senders one after another; each is killed a moment after its server took so many messages."""

    def __init__(self, folder, post, chance):
        self.folder = folder
        self.post = post
        self.chance = chance

    def start(self):
        environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'plugins'}:{ROOT}"}
        command = [sys.executable, "-c", CHILD, str(self.folder), str(self.post.port)]
        with (self.folder / "said").open("ab") as said:
            return subprocess.Popen(command, env=environment, stdout=said, stderr=said)  # noqa: S603  our own

    def finish(self):
        """Let a sender come to its end; its exit status, 1 where a copy is unknown."""
        self.post.seen = lambda _recipient, _number: None
        with self.start() as child:
            return child.wait()

    def die(self, point):
        """Let a sender die after so many messages, or as it starts if there are as many already.

        Among the last copies it may come to its end before that.
        """
        reached = threading.Event()
        self.post.seen = lambda _, number: number == point and reached.set()
        with self.start() as child:
            if point <= self.post.accepted:
                time.sleep(self.chance.uniform(0, 0.5))
            else:
                deadline = time.monotonic() + 30
                while not reached.wait(0.05) and child.poll() is None:
                    assert time.monotonic() < deadline, f"message {point} never came"
            time.sleep(self.chance.uniform(0, 0.015))
            child.kill()
        return child.returncode

    def die_unanswered(self, at):
        """Let a sender die while its server holds the answer to the message of a number back."""
        child = self.start()

        def kill(_recipient, number):
            if number == at:
                child.kill()
                child.wait()

        self.post.seen = kill
        with child:
            return child.wait()


@pytest.fixture
def readers(tmp_path):
    """An edition that is live, and a function that enrols so many of its readers."""
    publish(tmp_path / "live")

    def enrol(count):
        enrolled(tmp_path, *map(enrolment, READERS[:count]))

    return enrol


@pytest.mark.soak
def test_everybody_gets_it_once_or_is_listed(tmp_path, readers):
    """However often it is killed, at the last copy, too; whoever is listed got it once or never."""
    chance = random.Random(KILLS)  # noqa: S311  when, not a secret
    readers(len(READERS))
    with serving(Post()) as post:
        sender = Sender(tmp_path, post, chance)
        points = sorted([*chance.sample(range(len(READERS)), KILLS - 1), len(READERS)])
        ended = {point: sender.die(point) for point in points}
        status = sender.finish()
    # Each kill takes one copy from those that the server gets, and comes a few copies late.
    early = {ended[point] for point in points if point < len(READERS) - 2 * KILLS}
    assert {-9} == early, (tmp_path / "said").read_text()
    counts = {reader: len(post.messages[reader]) for reader in READERS}
    with store_in(tmp_path) as store:
        ledger = Ledger(store, edition().id)
        unknown = {one.address for one in ledger.unknown()}
        tally = ledger.tally()
        assert ledger.record().finished_at
    assert bool(unknown) == bool(status)
    assert {} == {reader: count for reader, count in counts.items() if count > 1}
    assert set() == {reader for reader, count in counts.items() if not count} - unknown
    assert {State.ACCEPTED: 500 - len(unknown), State.UNKNOWN: len(unknown)} == dict(tally) or (
        {State.ACCEPTED: 500} == dict(tally)
    )
    assert len(unknown) <= KILLS


@pytest.mark.parametrize("at", [1, 2, 3])
def test_killed_between_a_message_and_its_answer_the_copy_is_unknown(tmp_path, readers, at):
    """The server has it, and the sender never heard; at the last copy, too, that is said."""
    readers(3)
    with serving(Post()) as post:
        sender = Sender(tmp_path, post, random.Random(1))  # noqa: S311  when, not a secret
        assert -9 == sender.die_unanswered(at)
        *_, reader = post.messages
        assert [1, 1] == [sender.finish(), sender.finish()]
        assert [1, 1, 1] == [len(post.messages[reader]) for reader in READERS[:3]]
    with store_in(tmp_path) as store:
        ledger = Ledger(store, edition().id)
        (unknown,) = ledger.unknown()
        assert {State.ACCEPTED: 2, State.UNKNOWN: 1} == dict(ledger.tally())
        assert ledger.record().finished_at
    assert (reader, "the sender ended before an answer") == (unknown.address, unknown.said)
    past = Journal(tmp_path / "newsletter.journal").past(edition().id)
    assert past.finished
