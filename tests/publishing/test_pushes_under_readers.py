"""Fifty pushes through git's hooks, the worker and nginx, with readers who fetch all the while."""

import gzip
import hashlib
import os
import random
import re
import threading
import time

import brotli
import pytest

from publishing import releases, state
from publishing.configuration import files
from publishing.model import Settled
from publishing.settings import read_settings
from tests.publishing.nginx import free_port, running

PUSHES = min(50, int(os.environ.get("ATOGAKI_SOAK", "2")))
READERS = 2
FIXED = ("/ja/", "/en/", "/ja/columns/", "/ja/feed.atom", "/ja/feed.json", "/sitemap.xml",
         "/ja/columns/cable-fault/")  # fmt: skip
UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress, "-": bytes}
LED_TO = re.compile(r"(?<=[\"e])/(?:ja/columns/[a-z0-9-]+/|assets/[a-z0-9.]+)")
"""Columns and figures, by their path or behind the name of the site."""
FIGURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 {}h9"/></svg>'

pytestmark = pytest.mark.soak


class Reader(threading.Thread):
    """Reads pages, feeds and what they lead to, packed or not, and asks again whether they changed.

    `seen` is which contents were read at an address; `tags` which content an ETag stood for.
    """

    def __init__(self, nginx, seed):
        super().__init__()
        self.nginx, self.chance = nginx, random.Random(seed)  # noqa: S311  no secret
        self.over, self.wrong, self.count = threading.Event(), [], 0
        self.seen, self.tags, self.last = set(), set(), {}

    def run(self):
        while not self.over.is_set():
            for address in FIXED:
                text = self.read(address).decode()
                found = sorted(set(LED_TO.findall(text)))
                for target in self.chance.sample(found, min(2, len(found))):
                    self.read(target)

    def read(self, address):
        time.sleep(0.01)  # the builds need the processor, too
        coding = self.chance.choice(["br", "gzip", "identity"])
        key = (address, coding)
        before, tag = self.last.get(key, (b"", "-"))
        answer = self.nginx.ask(address, Accept_Encoding=coding, If_None_Match=tag)
        self.count += 1
        if answer.status == 304:
            return before
        if answer.status != 200:
            self.wrong.append((address, answer.status))
            return b""
        data = UNPACK[answer["Content-Encoding"]](answer.body)
        self.last[key] = data, answer["ETag"]
        digest = hashlib.sha256(data).hexdigest()
        self.seen.add((address, digest))
        self.tags.add((address, answer["Content-Encoding"], answer["ETag"], digest))
        return data


@pytest.fixture
def nginx(layout, tmp_path):
    """The real web server, as server-install would set it up, with the worker's own entrance."""
    port, loopback = free_port(), free_port()
    layout.settings.write_text(
        'name = "site"\n[web]\nnames = ["columns.example"]\n'
        f'listen = ["127.0.0.1:{port}"]\nloopback = "127.0.0.1:{loopback}"\n'
    )
    texts = files(layout, read_settings(layout.settings), ("ja", "en"), "nobody")
    with running(tmp_path / "nginx", texts, port) as nginx:
        yield nginx


def edit(desk, turn):
    """What a push changes: one text and its figure, and now and then a new column."""
    desk.write("content/columns/2014-03-24-cable-fault/figure.svg", FIGURE.format(turn % 9))
    desk.column(body=f"本文の{turn}版。\n\n![図](figure.svg)")
    if turn % 5 == 0:
        desk.column(f"2024-01-01-c{turn}")
    return desk.commit(f"turn {turn}")


def wait_until_live(layout, tip):
    end = time.monotonic() + 120
    while not (
        (shown := releases.live(layout))
        and shown.commit == tip
        and (known := state.read(layout.settled, Settled))
        and known.release == shown.name
    ):
        assert time.monotonic() < end, layout.worker_log.read_text()
        time.sleep(0.05)


def test_readers_notice_pushes_only_by_what_they_say(layout, desk, nginx):
    """No page is missing or truncated, each is wholly that of one push, and an ETag means one."""
    tip = edit(desk, 0)
    assert desk.push().accepted
    wait_until_live(layout, tip)
    readers = [Reader(nginx, seed) for seed in range(READERS)]
    tips = [tip]
    for reader in readers:
        reader.start()
    try:
        for turn in range(1, PUSHES + 1):
            tips.append(edit(desk, turn))
            pushed = desk.push()
            assert pushed.accepted, pushed.stderr
            if turn % 3:  # else the next push comes while this one is being released
                wait_until_live(layout, tips[-1])
        wait_until_live(layout, tips[-1])
    finally:
        for reader in readers:
            reader.over.set()
        for reader in readers:
            reader.join()
    made = {}
    for commit in tips:
        for file in layout.site(commit).rglob("*.*"):
            address = f"/{file.relative_to(layout.site(commit))}".removesuffix("index.html")
            made.setdefault(address, set()).add(hashlib.sha256(file.read_bytes()).hexdigest())
    assert [] == [fault for reader in readers for fault in reader.wrong]
    mixed = {(at, what) for reader in readers for at, what in reader.seen if what not in made[at]}
    assert set() == mixed
    tags = {tag for reader in readers for tag in reader.tags}
    assert len(tags) == len({tag[:3] for tag in tags})
    read = {at for reader in readers for at, _ in reader.seen}
    assert {True} == {any(at.startswith(kind) for at in read) for kind in (*FIXED, "/assets/")}
    assert len({what for reader in readers for at, what in reader.seen if at == FIXED[-1]}) > 1
    assert 5 >= len(releases.kept(layout))
