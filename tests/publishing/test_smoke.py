"""After the switch the web server is asked, and what it does not show is not left live."""

import threading

import pytest

from publishing import releases, state
from publishing.builder import Builder
from publishing.commits import Commits
from publishing.errors import ReleaseError
from publishing.layout import Layout
from publishing.model import Settled
from publishing.rollback import roll_back
from publishing.worker import Worker
from tests.publishing.builders import MINUTE, NOON, PAGE, live, names, pushed, run
from tests.publishing.webserver import WebServer, serving


@pytest.fixture
def web(layout):
    with serving(WebServer(layout)) as server:
        yield server


@pytest.fixture
def seen(layout, web):
    """A worker that looks whether readers get what it switched to, and is soon out of patience."""
    return Worker(Builder(Commits(layout)), web.smoke)


def test_the_release_and_the_first_pages_are_asked_for(layout, web, seen):
    files = {"en/index.html": PAGE, "old/index.html": PAGE, "redirects.map": '"~^/old/$" /en/;\n'}
    pushed(layout, "first", files=files)
    run(seen)
    paths = ["/release.json", "/en/", "/ja/"]
    assert [("columns.example", path) for path in paths] == list(web.asked)


def test_a_release_that_is_not_shown_is_taken_back(layout, web, seen):
    tip = pushed(layout, "first")
    run(seen)
    pushed(layout, "second")
    web.broken = 403
    with pytest.raises(ReleaseError) as told:
        run(seen, NOON + MINUTE)
    first = releases.live(layout)
    assert tip == first.commit
    assert (
        f"{web.smoke.url}release.json: the web server answers 403 for columns.example; "
        f"{first.name} is live again"
    ) == str(told.value)


def test_it_goes_live_when_the_server_is_mended(layout, web, seen):
    """The same release: it was whole, and is not made again."""
    pushed(layout, "first")
    run(seen)
    tip = pushed(layout, "second")
    web.broken = 503
    with pytest.raises(ReleaseError):
        run(seen, NOON + MINUTE)
    web.broken = 0
    run(seen, NOON + MINUTE)
    assert 2 == len(names(layout))
    assert tip != live(layout)
    run(seen, NOON + 3 * MINUTE)
    assert tip == live(layout)
    assert 2 == len(names(layout))


def test_a_server_that_shows_another_release_is_found_out(layout, web, seen, tmp_path):
    pushed(layout, "first")
    run(seen)
    web.layout = Layout(tmp_path / "elsewhere")
    web.layout.root.mkdir()
    web.layout.current.symlink_to(layout.current.resolve())
    pushed(layout, "second")
    with pytest.raises(ReleaseError, match="shows something else than"):
        run(seen, NOON + MINUTE)


def test_the_first_release_stays_live_while_no_server_answers(layout, web, seen):
    """It is waiting for the web server to be set up."""
    tip = pushed(layout, "first")
    web.broken = 503
    with pytest.raises(ReleaseError):
        run(seen)
    assert tip == live(layout)
    web.broken = 0
    run(seen, NOON + MINUTE)
    assert releases.live(layout).name == state.read(layout.settled, Settled).release


def test_a_release_whose_check_was_killed_is_checked_by_the_next_run(layout, web, seen):
    pushed(layout, "first")
    run(seen)
    first = releases.live(layout)
    pushed(layout, "second")
    run(seen, NOON + MINUTE)
    state.write(layout.settled, Settled(release=first.name))  # as if killed after the switch
    web.broken = 404
    with pytest.raises(ReleaseError):
        run(seen, NOON + 2 * MINUTE)
    assert first == releases.live(layout)


def test_a_rollback_that_is_not_shown_is_told_and_stays(layout, web, seen):
    """A person decided; the machine does not decide back."""
    tip = pushed(layout, "first")
    run(seen)
    pushed(layout, "second")
    run(seen, NOON + MINUTE)
    web.broken = 500
    with pytest.raises(
        ReleaseError, match=r"answers 500 for columns\.example; .* is live all the same"
    ):
        roll_back(layout, web.smoke)
    assert tip == live(layout)


def test_a_server_that_is_reloading_is_asked_again(layout, web, seen):
    pushed(layout, "first")
    web.broken = 502
    mend = threading.Timer(0.1, setattr, [web, "broken", 0])
    mend.start()
    run(seen)
    mend.join()
    assert layout.settled.exists()
