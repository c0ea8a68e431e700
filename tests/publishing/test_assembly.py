"""A release is whole, shares what did not change, and never gives two contents one ETag."""

import gzip
import json
import os
import shutil
from datetime import timedelta

import brotli
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publishing import assembly, releases
from publishing.assembly import assemble
from publishing.errors import ReleaseError
from publishing.layout import Layout
from publishing.model import RELEASE_JSON
from tests.publishing.builders import MINUTE, NOON, PAGE, build, commit_of, small_disk
from tests.publishing.conftest import FIRST_VERSION

OTHER = "<p>別文。</p>" * 30  # of the same size


@pytest.fixture
def layout(tmp_path):
    layout = Layout(tmp_path)
    layout.releases.mkdir()
    return layout


def release_of(layout, word, files, now=NOON, **values):
    """The folder of a release made of these files, which is live."""
    release = assemble(layout, build(layout, word, files, **values), now)
    releases.switch(layout, release)
    return releases.folder_of(layout, release)


def tags(folder):
    """What nginx calls each file: its time in seconds and its size."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {
        str(file.relative_to(folder)): (int(file.stat().st_mtime), file.stat().st_size)
        for file in files
    }


def test_a_release_holds_the_site_and_says_what_it_is(layout):
    due = NOON + timedelta(days=1)
    folder = release_of(layout, "a", {"ja/index.html": "短い", ".atogaki": "ours"}, next_due=due)
    assert f"20250101T120000Z-{commit_of('a')}" == folder.name
    assert {"ja/index.html", RELEASE_JSON} == tags(folder).keys()
    assert {
        "commit": commit_of("a"),
        "version": FIRST_VERSION,
        "built_at": "2025-01-01T12:00:00Z",
        "next_due": "2025-01-02T12:00:00Z",
        "released_at": "2025-01-01T12:00:00Z",
        "retired": {},
    } == json.loads((folder / RELEASE_JSON).read_text())


def test_texts_have_twins_of_the_same_time(layout):
    folder = release_of(layout, "a", {"ja/index.html": PAGE, "assets/x.0123456789.png": PAGE})
    page = folder / "ja/index.html"
    assert PAGE == brotli.decompress((folder / "ja/index.html.br").read_bytes()).decode()
    assert PAGE == gzip.decompress((folder / "ja/index.html.gz").read_bytes()).decode()
    assert {page.stat().st_mtime} == {file.stat().st_mtime for file in page.parent.iterdir()}
    assert ["x.0123456789.png"] == [file.name for file in (folder / "assets").iterdir()]


def test_an_unchanged_file_is_shared_with_its_twins(layout):
    first = release_of(layout, "a", {"ja/index.html": PAGE, "en/index.html": PAGE})
    second = release_of(layout, "b", {"ja/index.html": PAGE, "en/index.html": OTHER}, NOON + MINUTE)
    same = {
        str(file.relative_to(first))
        for file in first.rglob("*")
        if file.is_file() and file.samefile(second / file.relative_to(first))
    }
    assert {"ja/index.html", "ja/index.html.br", "ja/index.html.gz"} == same


def test_other_bytes_of_the_same_size_have_another_time(layout):
    """Else a reader's cache would be told that its old page is still good."""
    first = tags(release_of(layout, "a", {"ja/index.html": PAGE}))
    second = tags(release_of(layout, "b", {"ja/index.html": OTHER}))
    assert first["ja/index.html"][1] == second["ja/index.html"][1]
    assert first["ja/index.html"] != second["ja/index.html"]


def test_a_content_that_returns_gets_the_tag_it_had(layout):
    """Whoever asked before the mistake has the right page in the cache."""
    first = release_of(layout, "a", {"ja/index.html": PAGE})
    release_of(layout, "b", {"ja/index.html": OTHER}, NOON + MINUTE)
    third = release_of(layout, "c", {"ja/index.html": PAGE}, NOON + 2 * MINUTE)
    assert tags(first)["ja/index.html"] == tags(third)["ja/index.html"]


def test_a_release_after_a_rollback_shares_what_is_live(layout):
    first = release_of(layout, "a", {"ja/index.html": PAGE})
    release_of(layout, "b", {"ja/index.html": OTHER}, NOON + MINUTE)
    releases.switch(layout, releases.named(layout, first.name))
    third = release_of(layout, "c", {"ja/index.html": PAGE}, NOON + 2 * MINUTE)
    assert (first / "ja/index.html").samefile(third / "ja/index.html")


def test_a_clock_that_goes_back_makes_no_earlier_release(layout):
    first = release_of(layout, "a", {"ja/index.html": PAGE})
    second = release_of(layout, "b", {"ja/index.html": OTHER}, NOON - timedelta(days=1))
    assert first.name < second.name
    assert tags(first)["ja/index.html"][0] < tags(second)["ja/index.html"][0]


CONTENTS = st.sampled_from([PAGE, OTHER, PAGE[::-1], "x", ""])
SITES = st.dictionaries(st.sampled_from(["a.html", "b/c.html", "b/d.json"]), CONTENTS, min_size=1)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(sites=st.lists(st.tuples(SITES, st.booleans(), st.integers(-2, 2)), min_size=2, max_size=9))
def test_one_address_time_and_size_is_one_content(tmp_path_factory, sites):
    """The law behind every 304, over pruned releases, rollbacks and clocks that jump, too."""
    layout = Layout(tmp_path_factory.mktemp("srv"))
    layout.releases.mkdir()
    seen, now = {}, NOON
    for turn, (files, goes_back, jump_s) in enumerate(sites):
        now += timedelta(seconds=jump_s)
        folder = release_of(layout, str(turn), files, now)
        for path, tag in tags(folder).items():
            data = (folder / path).read_bytes()
            assert data == seen.setdefault((path, tag), data), path
            if path.endswith((".br", ".gz")):
                assert tag[0] == tags(folder)[path[:-3]][0]
        assert set(files) == {p for p in tags(folder) if not p.endswith((".br", ".gz"))} - {
            RELEASE_JSON
        }
        if goes_back:
            releases.switch(layout, releases.kept(layout)[-1])
        releases.prune(layout, ())


def test_one_content_at_two_addresses_is_stored_compressed_once(layout):
    folder = release_of(layout, "a", {"a.html": PAGE, "b/c.html": PAGE})
    assert (folder / "a.html.br").samefile(folder / "b/c.html.br")


def test_a_content_that_moves_takes_its_compressed_form_along(layout, monkeypatch):
    """Its time is that of the new address, and the old one's stays as it was."""
    first = release_of(layout, "a", {"a.html": PAGE})
    before = tags(first)

    def refuse(*_, **__):
        raise AssertionError("compressed twice")

    monkeypatch.setattr("brotli.compress", refuse)
    second = release_of(layout, "b", {"b.html": PAGE}, NOON + MINUTE)
    assert before == tags(first)
    assert PAGE == brotli.decompress((second / "b.html.br").read_bytes()).decode()
    assert before["a.html"][0] + 60 == tags(second)["b.html.br"][0]


FIGURE = "assets/figure.0123456789.svg"


def test_a_figure_outlives_the_last_page_that_shows_it_by_a_month(layout):
    """Readers of feeds hold its address; a page out of a cache asks for it, too."""
    release_of(layout, "a", {"a.html": PAGE, FIGURE: PAGE})
    for days in (0, 29, 30, 31):
        folder = release_of(layout, str(days), {"a.html": PAGE}, NOON + timedelta(days=days))
        if days == 0:
            left = json.loads((folder / RELEASE_JSON).read_text())["retired"]
            assert {FIGURE: "2025-01-01T12:00:01Z"} == left
            assert {FIGURE, f"{FIGURE}.br", f"{FIGURE}.gz"} <= tags(folder).keys()
        assert (days < 31) == (folder / FIGURE).exists(), days


def test_a_figure_that_is_shown_again_is_no_longer_retired(layout):
    release_of(layout, "a", {FIGURE: PAGE})
    release_of(layout, "b", {"a.html": PAGE}, NOON + MINUTE)
    release_of(layout, "c", {FIGURE: PAGE}, NOON + timedelta(days=20))
    folder = release_of(layout, "d", {"a.html": PAGE}, NOON + timedelta(days=40))
    assert (folder / FIGURE).exists()


def test_pages_go_with_the_site_that_drops_them(layout):
    release_of(layout, "a", {"a.html": PAGE, "assets/plain.svg": PAGE, "b.html": PAGE})
    folder = release_of(layout, "b", {"b.html": PAGE})
    assert {"b.html", "b.html.br", "b.html.gz", RELEASE_JSON} == tags(folder).keys()


@pytest.mark.parametrize(
    "path",
    ["status.txt", "api/v2/status.json", "status/status.json", "ja/status/index.html",
     "zh-Hans/status/tokyo-dalian/feed.atom"],
)  # fmt: skip
def test_no_release_holds_a_status(layout, path):
    """So no rollback can bring an old one back."""
    assert not (release_of(layout, "a", {"a.html": PAGE, path: PAGE}) / path).exists()


@pytest.mark.parametrize(
    "path", ["ja/columns/status/index.html", "statuses/a.html", "ja/api/a.html"]
)
def test_what_only_sounds_like_a_status_is_released(layout, path):
    assert (release_of(layout, "a", {path: PAGE}) / path).exists()


def test_a_site_without_files_is_no_release(layout):
    layout.site(commit_of("a")).mkdir(parents=True)
    with pytest.raises(ReleaseError, match="holds no site"):
        release_of(layout, "a", {})
    assert [] == releases.kept(layout)


def test_a_link_in_a_site_publishes_nothing_from_elsewhere(layout):
    made = build(layout, "a", {"a.html": PAGE})
    (layout.site(made.commit) / "b.html").symlink_to("/etc/hostname")
    with pytest.raises(ReleaseError, match=r"b\.html: is a link"):
        assemble(layout, made, NOON)
    assert [] == releases.kept(layout)


def test_a_page_that_calls_itself_a_twin_changes_no_other_release(layout):
    first = release_of(layout, "a", {"a.html": PAGE})
    before = (first / "a.html.gz").read_bytes()
    with pytest.raises(ReleaseError, match="File exists"):
        release_of(layout, "b", {"a.html": PAGE, "a.html.gz": "something else"})
    assert before == (first / "a.html.gz").read_bytes()
    assert [first.name] == [path.name for path in layout.releases.iterdir()]


def test_a_store_on_another_file_system_is_told(layout, monkeypatch):
    def refuse(*_):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(assembly.os, "link", refuse)
    with pytest.raises(ReleaseError) as told:
        release_of(layout, "a", {"a.html": PAGE})
    assert (
        f"no release of {commit_of('a')}: releases/ and var/ share files by hard links;"
        " put both on one file system"
    ) == str(told.value)


def test_a_full_disk_leaves_the_live_release_and_no_draft(tmp_path):
    with small_disk(tmp_path / "disk", 2) as disk:
        layout = Layout(disk)
        layout.releases.mkdir()
        first = release_of(layout, "a", {"a.html": PAGE})
        before = tags(first)
        big = build(layout, "b", {"a.html": OTHER, "b.bin": os.urandom(1_100_000)})
        with pytest.raises(ReleaseError, match="the disk is full; the live release is untouched"):
            assemble(layout, big, NOON + MINUTE)
        assert first.name == releases.live(layout).name
        assert before == tags(first)
        assert [first.name] == [path.name for path in layout.releases.iterdir()]
        shutil.rmtree(layout.builds)
        release_of(layout, "c", {"c.html": PAGE})
