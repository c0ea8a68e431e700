"""Which releases there are, which one is live, and which ones go."""

import random
import threading
from pathlib import Path

import pytest

from publishing import releases
from publishing.assembly import assemble
from publishing.errors import ReleaseError
from publishing.layout import Layout
from publishing.model import RELEASE_JSON
from tests.publishing.builders import MINUTE, NOON, build


@pytest.fixture
def layout(tmp_path):
    layout = Layout(tmp_path)
    layout.releases.mkdir()
    return layout


def release_of(layout, turn, **files):
    page = {"index.html": str(turn) * 99}
    return assemble(layout, build(layout, str(turn), page | files), NOON + turn * MINUTE)


def names(found):
    return [release.name for release in found]


def test_nothing_is_live_and_nothing_kept_before_the_first_release(tmp_path):
    assert releases.live(Layout(tmp_path)) is None
    assert [] == releases.kept(Layout(tmp_path))


def test_releases_are_kept_newest_first_and_made_without_being_live(layout):
    made = [release_of(layout, turn) for turn in range(3)]
    assert names(reversed(made)) == names(releases.kept(layout))
    assert releases.live(layout) is None


def test_the_live_release_is_what_the_link_leads_to(layout):
    made = [release_of(layout, turn) for turn in range(3)]
    releases.switch(layout, made[1])
    assert made[1] == releases.live(layout)
    assert "1" * 99 == (layout.current / "index.html").read_text()


def test_the_link_leads_there_when_the_root_moves(layout, tmp_path):
    releases.switch(layout, release_of(layout, 1))
    moved = layout.root.rename(tmp_path.with_name(f"{tmp_path.name}-moved"))
    assert "1" * 99 == (Layout(moved).current / "index.html").read_text()


@pytest.mark.parametrize("left", ["half", "other", "foreign"])
def test_what_is_no_whole_release_is_none(layout, left):
    """Killed while it was made, copied by hand, or put there by somebody."""
    release = release_of(layout, 1)
    folder = layout.releases / {"half": ".draft", "other": "copy", "foreign": "backup"}[left]
    folder.mkdir()
    if left != "foreign":
        stamp = releases.folder_of(layout, release) / RELEASE_JSON
        (folder / RELEASE_JSON).write_text(stamp.read_text())
    assert [release] == releases.kept(layout)


def test_an_unknown_release_is_answered_with_those_there_are(layout):
    made = [release_of(layout, turn) for turn in range(2)]
    with pytest.raises(ReleaseError) as told:
        releases.named(layout, "../etc")
    lines = [f"  {name}" for name in names(reversed(made))]
    assert ["../etc: is no release that is kept; there are:", *lines] == str(told.value).split("\n")


def test_the_newest_five_the_live_one_and_the_needed_stay(layout):
    made = [release_of(layout, turn) for turn in range(9)]
    releases.switch(layout, made[1])
    (layout.releases / ".20250101T000000Z-half").mkdir()
    releases.prune(layout, {made[2].name})
    expected = names([*reversed(made[4:]), made[2], made[1]])
    assert expected == names(releases.kept(layout))
    assert sorted(expected) == sorted(path.name for path in layout.releases.iterdir())


@pytest.mark.soak
def test_no_reader_misses_a_file_over_two_hundred_switches(layout):
    """Pages that both releases have are never missing, and never half."""
    made = [release_of(layout, turn) for turn in (1, 2)]
    wanted = {str(turn) * 99 for turn in (1, 2)}
    releases.switch(layout, made[0])
    over, seen, wrong = threading.Event(), set(), []

    def read():
        while not over.is_set():
            try:
                text = Path(layout.current, "index.html").read_text()
            except OSError as error:
                wrong.append(error)
            else:
                seen.add(text)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    chance = random.Random(1)  # noqa: S311  which one is no secret
    for turn in range(200):
        releases.switch(layout, made[turn % 2])
        over.wait(chance.uniform(0, 0.004))
    over.set()
    for reader in readers:
        reader.join()
    assert [] == wrong
    assert wanted == seen
