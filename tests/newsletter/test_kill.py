"""Killed at any moment, a sender sends nothing twice and loses nobody."""

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from newsletter.ledger import Ledger, State
from tests.newsletter.mailserver import Post, serving
from tests.newsletter.people import edition, enrolled, enrolment, store_in

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("ATOGAKI_SOAK", "10"))
READERS = [f"reader{number}@customer.example" for number in range(500)]

CHILD = """
import sys, time
from pathlib import Path
from newsletter.delivery import Clock, Delivery, Letter, Pace
from newsletter.journal import Journal
from newsletter.ledger import Ledger
from newsletter.relay import Connection, Relay, Tls
from tests.newsletter.people import SIGNER, edition, sender, store_in

folder, port = Path(sys.argv[1]), int(sys.argv[2])
with store_in(folder) as store:
    Delivery(
        Letter(edition(), sender(), SIGNER),
        Ledger(store, edition().id),
        Journal(folder / "newsletter.journal"),
        Connection(Relay("127.0.0.1", port, Tls.NONE)),
        Clock(time.time, time.sleep),
        Pace(per_minute=0),
    ).run(lambda fate: None)
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
        return subprocess.Popen(command, env=environment)  # noqa: S603  our own

    def finish(self):
        """Let a sender come to its end; its exit status."""
        self.post.seen = lambda _recipient, _number: None
        with self.start() as child:
            return child.wait()

    def die(self, point):
        """Let a sender die after so many messages, or as it starts if there are as many already."""
        reached = threading.Event()
        self.post.seen = lambda _, number: number == point and reached.set()
        with self.start() as child:
            if point <= self.post.accepted:
                time.sleep(self.chance.uniform(0, 0.5))
            elif not reached.wait(30):
                raise TimeoutError(f"message {point} never came")
            time.sleep(self.chance.uniform(0, 0.015))
            child.kill()
        return child.returncode

    def die_unanswered(self):
        """Let a sender die while its server holds the answer to the first message back."""
        child = self.start()

        def kill(_recipient, _number):
            child.kill()
            child.wait()

        self.post.seen = kill
        with child:
            return child.wait()


@pytest.mark.soak
def test_everybody_gets_it_once_or_is_listed(tmp_path):
    """However often it is killed; whoever is listed got it once or not at all."""
    chance = random.Random(KILLS)  # noqa: S311  when, not a secret
    enrolled(tmp_path, *map(enrolment, READERS))
    with serving(Post()) as post:
        sender = Sender(tmp_path, post, chance)
        points = sorted(chance.sample(range(len(READERS) - 20), KILLS))
        assert [-9] * KILLS == [sender.die(point) for point in points]
        assert 0 == sender.finish()
    counts = {reader: len(post.messages[reader]) for reader in READERS}
    with store_in(tmp_path) as store:
        ledger = Ledger(store, edition().id)
        unknown = {one.address for one in ledger.unknown()}
        tally = ledger.tally()
    assert {} == {reader: count for reader, count in counts.items() if count > 1}
    assert set() == {reader for reader, count in counts.items() if not count} - unknown
    assert {State.ACCEPTED: 500 - len(unknown), State.UNKNOWN: len(unknown)} == dict(tally) or (
        {State.ACCEPTED: 500} == dict(tally)
    )
    assert len(unknown) <= KILLS


def test_killed_between_a_message_and_its_answer_the_copy_is_unknown(tmp_path):
    """The server has it, and the sender never heard."""
    enrolled(tmp_path, *map(enrolment, READERS[:3]))
    with serving(Post()) as post:
        sender = Sender(tmp_path, post, random.Random(1))  # noqa: S311  when, not a secret
        assert -9 == sender.die_unanswered()
        (reader,) = post.messages
        assert 0 == sender.finish()
        assert [1, 1, 1] == [len(post.messages[reader]) for reader in READERS[:3]]
    with store_in(tmp_path) as store:
        (unknown,) = Ledger(store, edition().id).unknown()
    assert (reader, "the sender ended before an answer") == (unknown.address, unknown.said)
