"""What no valid feed can be made of: an entry is left out, a feed stops the build."""

import pytest

from feeds.checks import sift
from feeds.errors import FeedError
from tests.builders import japan
from tests.feeds.builders import SITE, entry, feed, sample

HERE = f"{SITE}/ja/columns/cable-fault/"


def faults(*feeds):
    """What is wrong with entries."""
    return sift(feeds)[1]


def refused(*feeds):
    """What is wrong with the feeds themselves."""
    with pytest.raises(FeedError) as caught:
        sift(feeds)
    return str(caught.value).splitlines()


def test_a_good_feed_passes_unchanged():
    assert ([sample()], []) == sift([sample()])


def test_an_entry_at_fault_takes_no_other_down():
    """One bad column must leave every other in its feeds."""
    good, bad = entry("good"), entry("bad", title="", source="content/columns/bad/en.md")
    dns = {"id": "tag:x,2014:dns", "file": "ja/topics/dns/feed"}
    kept, told = sift([feed(bad, good), feed(bad, **dns)])
    assert [(good,), ()] == [each.entries for each in kept]
    assert ["content/columns/bad/en.md: has no title"] == told


def test_of_two_entries_with_one_id_the_first_stays_and_both_are_named():
    """Readers would show only one of them, and not always the same."""
    first, second = (
        entry(name, id="tag:x,2014:a", source=f"content/columns/{name}/ja.md") for name in "ab"
    )
    (kept,), told = sift([feed(first, second)])
    assert (first,) == kept.entries
    assert [
        "content/columns/b/ja.md: has the id tag:x,2014:a of content/columns/a/ja.md;"
        " an entry's id is its own"
    ] == told


def test_two_feeds_may_hold_the_same_entry():
    two = [feed(entry()), feed(entry(), id="tag:x,2014:dns", file="ja/topics/dns/feed")]
    assert (two, []) == sift(two)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"published": japan(2014, 3, 24).replace(tzinfo=None), "updated": japan(2014, 3, 24)},
            "published: 2014-03-24 00:00:00 lacks its UTC offset, as in 2014-03-24 09:00:00+09:00",
        ),
        (
            {"updated": japan(2014, 3, 25).replace(tzinfo=None)},
            "updated: 2014-03-25 00:00:00 lacks its UTC offset, as in 2014-03-24 09:00:00+09:00",
        ),
        ({"title": " "}, "has no title"),
        (
            {"id": "k7q2mzv4xh"},
            'id: "k7q2mzv4xh" is not absolute; begin with https:// (or tag: for an id)',
        ),
        (
            {"content": '<a href="/ja/">x</a>'},
            'content: "/ja/" is not absolute; begin with https://',
        ),
        (
            {"content": '<img src="map.png" alt="">'},
            'content: "map.png" is not absolute; begin with https://',
        ),
        (
            {"content": '<a href="#fn-1">1</a>'},
            'content: "#fn-1" is not absolute; begin with https://',
        ),
        (
            {"content": "<p>x</p><script>alert(1)</script>"},
            "content: <script> is active; feeds hold text, links and images",
        ),
        (
            {"content": '<iframe src="https://x.example/"></iframe>'},
            "content: <iframe> is active; feeds hold text, links and images",
        ),
        (
            {"content": '<p onclick="x()">x</p>'},
            "content: onclick= is a script; feeds hold text, links and images",
        ),
        (
            {"content": '<a href="JavaScript:x()">x</a>'},
            'content: "JavaScript:x()" is active; write an address that leads somewhere',
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_entry_that_readers_would_break_is_named_with_the_cure(values, expected):
    assert [f"{HERE}: {expected}"] == faults(feed(entry(**values)))


def test_an_address_of_an_entry_must_be_whole():
    assert [
        '/ja/x/: url: "/ja/x/" is not absolute; begin with https:// (or tag: for an id)'
    ] == faults(feed(entry(url="/ja/x/")))


@pytest.mark.parametrize("name", ["title", "subtitle", "author"])
def test_a_feed_has_a_title_a_subtitle_and_an_author(name):
    assert [f"ja/feed: has no {name}"] == refused(feed(**{name: ""}))


def test_two_feeds_in_one_place_are_named():
    two = feed(title="one"), feed(title="two", id="tag:x,2014:two")
    assert ['ja/feed: two feeds, "one" and "two", lie here'] == refused(*two)


def test_two_feeds_with_one_id_are_named():
    two = feed(), feed(file="ja/other")
    expected = f"ja/other: has the id {feed().id} of ja/feed; a feed's id is its own"
    assert [expected] == refused(*two)


def test_a_fault_of_an_entry_is_told_once_however_many_feeds_hold_it():
    bad = entry(title="")
    assert [f"{HERE}: has no title"] == faults(
        feed(bad), feed(bad, id="tag:x,2014:dns", file="ja/dns")
    )


def test_everything_wrong_is_said_at_once():
    bad = entry(title="", id="x", content='<a href="x">x</a>')
    assert 3 == len(faults(feed(bad)))
    assert 2 == len(refused(feed(bad, home="columns/", title="")))


def test_a_link_within_the_entry_is_no_relative_link():
    assert [] == faults(feed(entry(content='<a href="#fn-1">1</a><p id="fn-1">x</p>')))


@pytest.mark.parametrize("address", ["mailto:a@columns.example", "tel:+81", "http://x.example/"])
def test_links_of_other_kinds_pass(address):
    assert [] == faults(feed(entry(content=f'<a href="{address}">x</a>')))
