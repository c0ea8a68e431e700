"""Killed at any moment, a run leaves the published site whole, and the next one finishes."""

import os
import random
import signal
import subprocess
import sys
import threading
import time

import pytest

from tests.publishing import remotes
from tests.publishing.test_remote import OURS, known, write

ROUNDS = min(20, int(os.environ.get("ATOGAKI_SOAK", "2")))
PATIENCE_S = 120
CHILD = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from publishing.remote import Source, publish
site, var, to = sys.argv[1:]
publish(Source(Path(site), Path(site), Path(var)), to, datetime(2025, 1, 1, tzinfo=UTC), print)
"""

pytestmark = pytest.mark.soak


def page(word, *refs):
    """A page that says what it is, first and last, and what it refers to; half of it does not."""
    return "|".join([word, " ".join(refs), "本文。" * 2_000, word])


def site_of(turn):
    """What a turn publishes: changed pages, a new one with a new figure, and one that is gone."""
    columns = {f"ja/columns/c{n}/index.html": n for n in (turn - 1, turn)}
    figures = {n: f"assets/figure.{n:010x}.svg" for n in columns.values()}
    texts = {path: page(f"c{n} in {turn}", figures[n]) for path, n in columns.items()}
    home = page(f"home {turn}", *columns)
    return texts | {
        "index.html": home, "ja/index.html": home, "404.html": page("lost"),
        "robots.txt": "Allow: /\n", "ja/feed.atom": page(f"feed {turn}", *columns),
        **{figure: f"<svg>{n}" for n, figure in figures.items()},
    }  # fmt: skip


class Reader(threading.Thread):
    """Reads pages and what they refer to until it is told to stop; keeps what was wrong."""

    def __init__(self, place):
        super().__init__()
        self.place, self.over, self.wrong, self.count = place, threading.Event(), [], 0

    def run(self):
        while not self.over.is_set():
            for path in ("ja/index.html", "ja/feed.atom", "404.html"):
                self.wrong += faults_of(self.place, path)
                self.count += 1
            time.sleep(0.05)  # the runs need the processor, too


def faults_of(place, path):
    """What is wrong with a page, and with those that it refers to, as a reader sees them."""
    answer = place.ask(path)
    text = answer.body.decode(errors="replace")
    parts = text.split("|")
    if answer.status != 200 or len(parts) != 4 or parts[0] != parts[3]:
        return [(path, answer.status, text[:40])]
    missing = [ref for ref in parts[1].split() if place.ask(ref).status != 200]
    if missing and place.ask(path).body == answer.body:  # else it was replaced meanwhile
        return [(path, "refers to", missing)]
    below = [ref for ref in parts[1].split() if ref.endswith(".html") and ref not in missing]
    return [fault for ref in below for fault in faults_of(place, ref) if fault[1] != 404]


def start(source, place, var):
    """Begin a run in a process group of its own."""
    return subprocess.Popen(  # noqa: S603  our own command
        [sys.executable, "-c", CHILD, str(source), str(var), place.to],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip


def finish(source, place, var):
    process = start(source, place, var)
    said, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, said.decode()


@pytest.mark.parametrize("kind", ["s3", "folder"])
def test_a_run_killed_at_any_moment_leaves_the_site_whole(tmp_path, monkeypatch, kind):
    """At times only our process dies, and a rclone of its goes on: the next run waits for that."""
    if kind == "folder":
        rounds(known(monkeypatch, remotes.local(tmp_path / "www")), tmp_path)
        return
    with remotes.s3(tmp_path) as place:
        rounds(known(monkeypatch, place), tmp_path)


def rounds(place, tmp_path):
    """Publish a turn after the other, most of them killed, while somebody reads."""
    chance = random.Random(ROUNDS)  # noqa: S311  when is no secret
    source, var = tmp_path / "site", tmp_path / "var"
    rewrite(source, 0)
    began = time.monotonic()
    finish(source, place, var)
    lasts_s = time.monotonic() - began
    reader = Reader(place)
    reader.start()
    try:
        for turn in range(1, ROUNDS + 1):
            rewrite(source, turn)
            process = start(source, place, var)
            time.sleep(chance.uniform(0.2, lasts_s))
            (os.killpg if turn % 2 else os.kill)(process.pid, signal.SIGKILL)
            process.wait()
            process.stdout.close()
            if turn % 3 == 0:  # else the next turn is another one, and maybe killed as well
                finish(source, place, var)
        finish(source, place, var)
    finally:
        reader.over.set()
        reader.join()
    assert [] == reader.wrong
    assert reader.count > 0
    expected = site_of(ROUNDS)
    there = place.paths() - OURS
    retired = {path for path in there if path.startswith("assets/")}
    assert expected.keys() | retired == there
    assert expected == {path: place.ask(path).body.decode() for path in expected}


def rewrite(source, turn):
    """Make a folder that turn's site, and no other's."""
    for file in [file for file in source.rglob("*") if file.is_file()]:
        file.unlink()
    write(source, site_of(turn))
