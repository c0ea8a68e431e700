"""A rollback outlives the timer, and ends with the next push."""

import shutil
import subprocess
from datetime import timedelta

import pytest

from publishing import releases
from publishing.assembly import assemble
from publishing.builder import Builder
from publishing.commits import Commits
from publishing.errors import PublishingError
from publishing.rollback import roll_back
from publishing.worker import Worker
from tests.publishing.builders import MINUTE, NOON, PAGE, build, live, names, pushed, run
from tests.publishing.conftest import install


@pytest.fixture
def worker(layout):
    return Worker(Builder(Commits(layout)), None)


@pytest.fixture(autouse=True)
def three(layout, worker):
    """Three releases; the commit of each."""
    tips = []
    for turn, subject in enumerate(("first", "second", "third")):
        tips.append(pushed(layout, subject))
        run(worker, NOON + turn * MINUTE)
    return tips


def test_a_rollback_outlives_the_timer(layout, worker, three):
    roll_back(layout, None)
    for minute in range(3, 6):
        run(worker, NOON + minute * MINUTE)
    assert three[1] == live(layout)


def test_a_rollback_outlives_what_comes_due_and_new_software(layout, worker, three):
    build(layout, "", {"a.html": PAGE}, commit=three[2], next_due=NOON)
    roll_back(layout, None)
    install(layout, "second")
    run(worker, NOON + timedelta(days=9))
    assert three[1] == live(layout)
    assert 3 == len(names(layout))


def test_the_next_push_ends_it(layout, worker):
    roll_back(layout, None)
    tip = pushed(layout, "fourth")
    run(worker, NOON + 4 * MINUTE)
    assert tip == live(layout)
    assert not layout.pin.exists()


def test_a_repository_that_cannot_be_read_does_not(layout, worker):
    roll_back(layout, None)
    layout.repository.rename(layout.root / "elsewhere")
    with pytest.raises(PublishingError, match="not a git repository"):
        run(worker, NOON + 4 * MINUTE)
    assert layout.pin.exists()


def test_a_push_that_was_refused_does_not(layout, worker, three):
    """Its commit is in no branch."""
    roll_back(layout, None)
    build(layout, "refused", {"a.html": PAGE})
    run(worker, NOON + 4 * MINUTE)
    assert three[1] == live(layout)


def test_a_rollback_killed_before_the_switch_is_completed(layout, worker, three):
    before = releases.live(layout)
    roll_back(layout, None)
    releases.switch(layout, before)
    run(worker, NOON + 4 * MINUTE)
    assert three[1] == live(layout)


def test_a_pinned_release_outlives_many_others(layout, worker, three):
    """It is the first of eight, and no longer live when the pin is read again."""
    roll_back(layout, None, names(layout)[-1])
    assert three[0] == live(layout)
    for turn in range(5):
        extra = pushed(layout, f"extra {turn}")
        assemble(layout, build(layout, "", {"a.html": PAGE}, commit=extra), NOON + MINUTE)
    commit_back(layout, three[2])
    run(worker, NOON + 9 * MINUTE)
    assert three[0] == live(layout)
    assert 6 == len(names(layout))


def test_a_pinned_release_that_is_gone_is_made_again(layout, worker, three):
    """A server that was restored from a backup has none, and still must not roll forward."""
    roll_back(layout, None)
    shutil.rmtree(layout.releases)
    layout.releases.mkdir()
    layout.current.unlink()
    for minute in (4, 5):
        run(worker, NOON + minute * MINUTE)
        assert three[1] == live(layout)
        assert [releases.live(layout).name] == names(layout)


def commit_back(layout, name):
    """Have main stand at an older commit."""
    subprocess.run(  # noqa: S603  our own command
        ["git", "--git-dir", str(layout.repository), "update-ref", "refs/heads/main", name],  # noqa: S607
        check=True,
    )
