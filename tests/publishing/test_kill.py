"""Killed at any step, a worker leaves the live site whole, and the next one completes its work."""

import os
import random
import signal
import subprocess
import threading
from http.client import HTTPConnection

import pytest

from publishing import releases, state
from publishing.model import RELEASE_JSON, Settled
from tests.publishing.builders import build, commit
from tests.publishing.webserver import WebServer, serving

ROUNDS = int(os.environ.get("ATOGAKI_SOAK", "4"))
PATHS = ("ja/index.html", "en/index.html", "ja/columns/a/index.html", "ja/feeds.opml", "404.html")

# Dies just before the step, counted from the first, by which it would change something below the
# root: every way in which Python changes a file raises an audit event.
CHILD = """
import os, signal, sys
from pathlib import Path

root, left = sys.argv[1], int(sys.argv[2])
STEPS = {"os.link", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.utime",
         "os.chmod"}

def strike(event, arguments):
    global left
    if event in STEPS or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)):
        if str(arguments[0]).startswith(root):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(strike)
from publishing.worker import main
status = main(Path(root))
print(int(sys.argv[2]) - left)
sys.exit(status)
"""

pytestmark = pytest.mark.soak


def text_of(word, path):
    """A page that says which release it is of, first and last; half of it does not."""
    return f"{word}:{path}:" + "本文。" * 2_000 + f":{word}"


def pushed(layout, word):
    """A commit whose build passed; one page in five is the same in all."""
    tip = commit(layout, word)
    files = {path: text_of("same" if path == "404.html" else word, path) for path in PATHS}
    build(layout, "", files, commit=tip)
    return tip


def run(layout, step=0):
    """Run a worker to its end, or to its death before a step."""
    path = f"{layout.app}:{layout.app / 'plugins'}"
    return subprocess.run(  # noqa: S603  our own command
        [layout.python, "-P", "-c", CHILD, str(layout.root), str(step)],
        env={"PYTHONPATH": path, "PATH": os.environ["PATH"]},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def is_whole(text, path):
    """Whether a page is one release's from its first to its last character."""
    word = text.partition(":")[0]
    return text == text_of(word, path)


class Reader(threading.Thread):
    """Reads pages through the web server until it is told to stop; keeps what was wrong."""

    def __init__(self, web):
        super().__init__()
        self.port = web.server_port
        self.wrong, self.count, self.over = [], 0, threading.Event()

    def run(self):
        while not self.over.is_set():
            for path in PATHS:
                connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
                connection.request("GET", f"/{path}")
                answer = connection.getresponse()
                text = answer.read().decode()
                connection.close()
                self.count += 1
                if answer.status != 200 or not is_whole(text, path):
                    self.wrong.append((path, answer.status, text[:60]))


@pytest.fixture
def served(layout):
    """A server that looks whether its releases are shown, by a web server in this process."""
    with serving(WebServer(layout)) as web:
        layout.settings.write_text(
            'name = "site"\n[web]\nnames = ["columns.example"]\n'
            f'loopback = "127.0.0.1:{web.server_port}"\n'
        )
        yield web


def faults_of(layout):
    """What is not whole: the live release, any other that is listed, or a mix of two."""
    for release in releases.kept(layout):
        folder = releases.folder_of(layout, release)
        texts = {path: (folder / path).read_text() for path in PATHS}
        words = {text.partition(":")[0] for path, text in texts.items() if path != "404.html"}
        if len(words) != 1 or not all(is_whole(text, path) for path, text in texts.items()):
            yield release.name
        if len(list(folder.rglob("*.br"))) != len(PATHS) or not (folder / RELEASE_JSON).exists():
            yield f"{release.name} lacks twins"
    if releases.live(layout) is None:
        yield "nothing is live"


def test_a_worker_killed_at_any_step_leaves_the_site_whole(layout, served):
    """Readers never miss a page or get half of one; the run after a killed one completes it."""
    pushed(layout, "first")
    assert 0 == run(layout).returncode
    pushed(layout, "second")
    done = run(layout)
    steps = int(done.stdout)
    assert 30 < steps, done.stderr
    chance = random.Random(ROUNDS)  # noqa: S311  which step is no secret
    reader = Reader(served)
    reader.start()
    try:
        for turn in range(ROUNDS):
            tip = pushed(layout, f"turn{turn}")
            # The last steps, around the switch, matter most, and are few among all.
            step = chance.choice([chance.randint(1, steps), chance.randint(steps - 15, steps)])
            killed = run(layout, step)
            assert -signal.SIGKILL == killed.returncode, (step, killed.stderr)
            assert [] == list(faults_of(layout)), step
            if turn % 2:
                assert 0 == run(layout).returncode
                assert tip == releases.live(layout).commit
                assert releases.live(layout).name == state.read(layout.settled, Settled).release
        assert 0 == run(layout).returncode
    finally:
        reader.over.set()
        reader.join()
    assert [] == reader.wrong
    assert reader.count > 0
    assert tip == releases.live(layout).commit
    assert [] == list(faults_of(layout))
    names = {release.name for release in releases.kept(layout)}
    assert names == {folder.name for folder in layout.releases.iterdir()}
    assert 5 >= len(names)
