"""One lock on a server."""

import os
import subprocess
import sys
import time

import pytest

from publishing import lock
from publishing.errors import Busy
from tests.publishing.conftest import CHECKOUT

HOLD = (
    "import sys, time; from pathlib import Path; from publishing.layout import Layout;"
    "from publishing import lock\n"
    "with lock.held(Layout(Path(sys.argv[1])), 'a push of 1a2b3c', 0):\n"
    "    print('held', flush=True); time.sleep(60)"
)


@pytest.fixture
def holder(layout):
    """Another process that holds the lock."""
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", HOLD, str(layout.root)], stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": f"{CHECKOUT}:{CHECKOUT / 'plugins'}"},
    ) as process:  # fmt: skip
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_who_holds_the_lock_is_told(layout, holder):
    who = rf"a push of 1a2b3c \(process {holder.pid}\)"
    start = time.monotonic()
    told = pytest.raises(Busy, match=rf"^the server is busy with {who} for more than 1 s; try")
    with told, lock.held(layout, "a release", patience_s=1):
        pass
    assert 1 <= time.monotonic() - start < 5


def test_the_lock_of_a_dead_process_is_free(layout, holder):
    holder.kill()
    with lock.held(layout, "a release", patience_s=5):
        assert layout.lock.read_text().startswith("a release (process ")


def test_a_lock_is_let_go(layout):
    for _ in range(2):
        with lock.held(layout, "a release", patience_s=0):
            pass
