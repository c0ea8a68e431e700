"""What staff see of the releases, and how they go back."""

import os
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from publishing import releases
from publishing.assembly import assemble
from publishing.builder import Builder
from publishing.commits import Commits
from publishing.errors import ReleaseError
from publishing.rollback import roll_back, short, table
from publishing.status import places_on
from publishing.worker import Worker
from tests.publishing.builders import MINUTE, NOON, build, commit, on_main
from tests.publishing.conftest import CHECKOUT

SUBJECTS = ("first", "海底ケーブルの話を直す", "third")


@pytest.fixture
def three(layout):
    """Three releases, the last one live, oldest first."""
    worker = Worker(Builder(Commits(layout)), None)
    for turn, subject in enumerate(SUBJECTS):
        name = commit(layout, subject)
        files = {"ja/index.html": subject, "redirects.map": f"/{turn}/ /ja/;\n"}
        build(layout, "", files, commit=name)
        worker.run(lambda turn=turn: NOON + turn * MINUTE)
    return releases.kept(layout)[::-1]


def test_the_table_says_what_is_live_when_and_what_it_was(layout, three):
    assert [
        f"live         {short(three[2])}  2025-01-01 12:02 UTC  third",
        f"             {short(three[1])}  2025-01-01 12:01 UTC  海底ケーブルの話を直す",
        f"             {short(three[0])}  2025-01-01 12:00 UTC  first",
    ] == table(layout).splitlines()


@pytest.mark.usefixtures("three")
def test_the_table_says_what_is_pinned(layout):
    roll_back(layout, None)
    assert ["           ", "live pinned", "           "] == [
        line[:11] for line in table(layout).splitlines()
    ]


def test_before_the_first_release_the_table_says_how_to_make_one(layout):
    assert "no release yet; the first push to main makes one" == table(layout)


@pytest.mark.usefixtures("three")
def test_a_commit_that_is_not_in_the_repository_is_still_listed(layout):
    """The repository was restored, or is another one."""
    assert "(its commit is not in the repository)" not in table(layout)
    assemble(layout, build(layout, "gone", {"a.html": "x"}), NOON)
    assert "(its commit is not in the repository)" in table(layout)


@pytest.mark.usefixtures("three")
def test_a_subject_cannot_steer_the_terminal(layout):
    name = commit(layout, "\x1b[31mred\x07 \u202eback")
    build(layout, "", {"ja/index.html": "x"}, commit=name)
    Worker(Builder(Commits(layout)), None).run(lambda: NOON + 9 * MINUTE)
    shown = table(layout)
    assert [] == [char for char in shown if unicodedata.category(char) in ("Cc", "Cf")][3:]
    assert "[31mred" in shown


def test_without_a_name_it_goes_back_by_one(layout, three):
    told = roll_back(layout, None)
    assert three[1] == releases.live(layout)
    assert [
        f"{short(three[1])} is live: 海底ケーブルの話を直す",
        "It stays live until the next push to main.",
        f"What was live before comes back with: invoke rollback --to {short(three[2])}",
    ] == told.splitlines()


def test_a_rollback_of_a_rollback_goes_back_further(layout, three):
    roll_back(layout, None)
    roll_back(layout, None)
    assert three[0] == releases.live(layout)
    with pytest.raises(ReleaseError, match=f"there is no release before {three[0].name}"):
        roll_back(layout, None)
    assert three[0] == releases.live(layout)


@pytest.mark.parametrize("beginning", ["name", "short", "commit"])
def test_a_release_is_named_by_what_is_enough_of_it(layout, three, beginning):
    wanted = three[0]
    given = {"name": wanted.name, "short": short(wanted), "commit": wanted.commit[:7]}[beginning]
    roll_back(layout, None, given)
    assert wanted == releases.live(layout)


@pytest.mark.parametrize(
    ("given", "fault"),
    [("nonesuch", "is no release that is kept"), ("2025", "begins more than one release"),
     ("../etc", "is no release that is kept")],
)  # fmt: skip
def test_what_names_no_release_is_answered_with_those_there_are(layout, three, given, fault):
    with pytest.raises(ReleaseError) as told:
        roll_back(layout, None, given)
    known = [f"  {release.name}" for release in reversed(three)]
    assert [f"{given}: {fault}; there are:", *known] == str(told.value).splitlines()
    assert three[2] == releases.live(layout)
    assert not layout.pin.exists()


def test_going_forward_to_what_main_stands_at_unpins(layout, three):
    """Else the next scheduled column would wait for a push that nobody plans."""
    roll_back(layout, None)
    told = roll_back(layout, None, short(three[2]))
    assert three[2] == releases.live(layout)
    assert not layout.pin.exists()
    assert "Nothing is pinned any more." in told


@pytest.mark.usefixtures("three")
def test_old_addresses_are_those_of_the_release(layout):
    assert "/2/ /ja/;\n" == layout.redirects.read_text()
    roll_back(layout, None)
    assert "/1/ /ja/;\n" == layout.redirects.read_text()


def test_a_release_whose_build_is_gone_has_its_content_again(layout, desk):
    """The status of what is live now is drawn from it."""
    worker = Worker(Builder(Commits(layout)), None)
    for turn, folder in enumerate(("2014-05-01-first", "2014-06-01-second")):
        desk.column(folder)
        on_main(desk)
        worker.run(lambda turn=turn: NOON + turn * MINUTE)
    shutil.rmtree(layout.builds)
    roll_back(layout, None)
    content = Path(places_on(layout).content)
    assert ["2014-05-01-first"] == [folder.name for folder in (content / "columns").iterdir()]


def invoke(*arguments, **environment):
    return subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-m", "invoke", *arguments], cwd=CHECKOUT, env=os.environ | environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_commands_do_what_a_person_asks(layout, three):
    root = str(layout.root)
    done = invoke("rollback", "--root", root)
    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout.startswith(f"{short(three[1])} is live: ")
    listed = invoke("releases", ATOGAKI_ROOT=root)
    assert re.search(rf"^live pinned  {short(three[1])}  ", listed.stdout, re.MULTILINE)
    back = invoke("rollback", "--to", short(three[2]), ATOGAKI_ROOT=root)
    assert 0 == back.returncode, back.stderr
    assert three[2] == releases.live(layout)
    unknown = invoke("rollback", "--to", "x", "--root", root)
    assert 1 == unknown.returncode
    assert unknown.stderr.startswith("x: is no release that is kept; there are:\n")


@pytest.mark.parametrize("command", ["releases", "rollback"])
def test_a_command_that_knows_no_server_says_how_to_name_one(command, tmp_path):
    done = invoke(command, ATOGAKI_ROOT="")
    assert (1, "which server? Name its root: --root /srv/atogaki, or ATOGAKI_ROOT\n") == (
        done.returncode, done.stderr,
    )  # fmt: skip
    done = invoke(command, "--root", str(tmp_path))
    assert (1, f"{tmp_path}: holds no server; as in --root /srv/atogaki\n") == (
        done.returncode, done.stderr,
    )  # fmt: skip
