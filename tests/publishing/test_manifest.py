"""What a run does, decided from what is to be there and what the last run noted."""

from datetime import timedelta

import pytest

from publishing.manifest import Manifest, Stage, plan
from tests.publishing.builders import NOON

OLD_FIGURE = "assets/figure.0123456789.svg"


def planned(files, before=None, now=NOON, **options):
    return plan(files, before or Manifest(run="before"), now, "now", **options)


def test_what_is_referred_to_comes_before_what_refers_to_it():
    files = dict.fromkeys(
        ["ja/feed.atom", "ja/index.html", "ja/new/index.html", OLD_FIGURE, "ja/feeds.opml",
         "sitemap.xml", "robots.txt", "status/status.json", "ja/feed-2014.json",
         "ja/a/edition.json"],
        "new",
    )  # fmt: skip
    before = Manifest(run="before", files={"ja/index.html": "old"})
    expected = {
        Stage.DATA: (OLD_FIGURE, "ja/a/edition.json", "status/status.json"),
        Stage.NEW_PAGES: ("ja/new/index.html",),
        Stage.CHANGED_PAGES: ("ja/index.html",),
        Stage.FEEDS: ("ja/feed-2014.json", "ja/feed.atom", "ja/feeds.opml", "robots.txt",
                      "sitemap.xml"),
    }  # fmt: skip
    assert expected == planned(files, before).stages


def test_what_is_there_already_is_not_sent():
    files = {"ja/index.html": "same", "en/index.html": "new"}
    before = Manifest(run="before", files={"ja/index.html": "same", "en/index.html": "old"})
    assert ("en/index.html",) == planned(files, before).sent
    assert () == planned(files, planned(files, before).after).touched


def test_what_the_site_holds_no_more_is_deleted():
    before = Manifest(run="before", files={"ja/index.html": "same", "ja/gone/index.html": "old"})
    made = planned({"ja/index.html": "same"}, before)
    assert ("ja/gone/index.html",) == made.deletions
    assert {"ja/index.html": "same"} == made.after.files


@pytest.mark.parametrize(("days", "deleted"), [(0, False), (29, False), (30, True)])
def test_a_hashed_file_outlives_the_last_page_that_shows_it(days, deleted):
    before = Manifest(run="before", files={"ja/index.html": "same", OLD_FIGURE: "old"})
    first = planned({"ja/index.html": "same"}, before)
    assert () == first.touched
    later = planned({"ja/index.html": "same"}, first.after, NOON + timedelta(days=days))
    assert ((OLD_FIGURE,) if deleted else ()) == later.deletions
    assert deleted == (OLD_FIGURE not in later.after.files)


def test_a_hashed_file_that_comes_back_is_retired_no_more():
    before = Manifest(run="before", files={OLD_FIGURE: "same"}, retired={OLD_FIGURE: NOON})
    assert {} == planned({OLD_FIGURE: "same"}, before).after.retired


def test_with_a_part_of_the_files_the_others_stay():
    before = Manifest(run="before", files={"a.txt": "old", "b.txt": "old"}, begun=("c.txt",))
    made = planned({"a.txt": "new"}, before, partial=True)
    assert (("a.txt",), ()) == (made.sent, made.deletions)
    assert {"a.txt": "new", "b.txt": "old"} == made.after.files
    assert ("c.txt",) == made.after.begun


def test_what_a_run_began_is_done_again_even_where_it_is_taken_back():
    """Killed midway, a run leaves nobody knows what; the old release then is new again."""
    old = {"ja/index.html": "old", "ja/gone/index.html": "old"}
    before = Manifest(run="before", files=old)
    wanted = {"ja/index.html": "new", "ja/new/index.html": "new"}
    killed = before.doubted("killed", planned(wanted, before).touched)
    back = planned(old, killed)
    assert ("ja/gone/index.html", "ja/index.html") == back.sent
    assert ("ja/new/index.html",) == back.deletions
    assert (old, ()) == (back.after.files, back.after.begun)


def test_a_page_that_may_not_be_there_comes_before_those_that_lead_to_it():
    """Whether a killed run brought it is not known: it counts as new."""
    before = Manifest(run="before", files={"ja/index.html": "old"})
    wanted = {"ja/index.html": "new", "ja/new/index.html": "new"}
    killed = before.doubted("killed", planned(wanted, before).touched)
    stages = planned(wanted, killed).stages
    assert {
        Stage.NEW_PAGES: ("ja/new/index.html",),
        Stage.CHANGED_PAGES: ("ja/index.html",),
    } == stages
