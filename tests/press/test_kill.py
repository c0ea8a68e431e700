"""Killed at any moment, a build leaves each file old or new."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from press.files import MARKER, Output

PLUGINS = Path(__file__).parents[2] / "plugins"
ROUNDS = int(os.environ.get("ATOGAKI_SOAK", "10"))
SIZE = 2_000_000

# Big files: most of the child's time then goes into the writing itself.
CHILD = f"""
import itertools, sys
from pathlib import Path
from press.files import Output

for turn in itertools.count():
    output = Output(Path(sys.argv[1]))
    for name in ("a.html", "ja/b.html", f"ja/{{turn % 3}}/c.html"):
        output.write(name, bytes([65 + turn % 26]) * ({SIZE} + turn % 26))
    output.sweep()
    output.close()
    if turn == 0:
        print("going", flush=True)
"""


pytestmark = pytest.mark.soak


def run_and_kill(root, delay_s):
    environment = {**os.environ, "PYTHONPATH": str(PLUGINS)}
    command = [sys.executable, "-c", CHILD, str(root)]
    with subprocess.Popen(  # noqa: S603 - the command is ours
        command, stdout=subprocess.PIPE, env=environment
    ) as child:
        assert child.stdout.readline() == b"going\n"
        time.sleep(delay_s)
        child.kill()
    assert child.returncode == -9


def is_whole(data):
    """Tell a version, one letter over and over, by the length that belongs to the letter."""
    letter = data[:1]
    return data == letter * (SIZE + letter[0] - 65)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_build_killed_at_any_point_leaves_each_file_whole(tmp_path, seed):
    run_and_kill(tmp_path, random.Random(seed).uniform(0, 0.06))  # noqa: S311 - when, not a secret
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) >= 2
    assert [] == [str(page) for page in pages if not is_whole(page.read_bytes())]


def test_the_build_after_a_killed_one_leaves_nothing_over(tmp_path):
    for seed in range(3):
        run_and_kill(tmp_path, 0.01 * seed)
    (tmp_path / "ja" / f"{MARKER}-1").write_bytes(b"half a pa")
    output = Output(tmp_path)
    output.write("a.html", b"page")
    output.sweep()
    assert [MARKER, "a.html"] == sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*"))
