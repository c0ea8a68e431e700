"""Values that no valid feed can be made of stop the build, all at once."""

import pytest

from feeds.checks import check
from feeds.errors import FeedError
from tests.builders import japan
from tests.feeds.builders import SITE, entry, feed, sample

HERE = f"{SITE}/ja/columns/cable-fault/"


def faults(*feeds):
    with pytest.raises(FeedError) as caught:
        check(feeds)
    return str(caught.value).splitlines()


def test_a_good_feed_passes():
    check([sample()])


def test_an_id_that_two_entries_share_names_both():
    """Readers would show only one of them, and not always the same."""
    assert faults(feed(entry("a", id="tag:x,2014:a"), entry("b", id="tag:x,2014:a"))) == [
        f"ja/feed: {SITE}/ja/columns/a/ and {SITE}/ja/columns/b/ share the id tag:x,2014:a; "
        "an entry's id is its own for ever"
    ]


def test_two_feeds_may_hold_the_same_entry():
    check([feed(entry()), feed(entry(), id="tag:x,2014:dns", file="ja/topics/dns/feed")])


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
    assert [f"ja/feed: has no {name}"] == faults(feed(**{name: ""}))


def test_two_feeds_in_one_place_are_named():
    two = feed(title="one"), feed(title="two", id="tag:x,2014:two")
    assert ['ja/feed: two feeds, "one" and "two", lie here'] == faults(*two)


def test_two_feeds_with_one_id_are_named():
    two = feed(), feed(file="ja/other")
    expected = f"ja/other: has the id {feed().id} of ja/feed; a feed's id is its own"
    assert [expected] == faults(*two)


def test_a_fault_of_an_entry_is_told_once_however_many_feeds_hold_it():
    bad = entry(title="")
    assert [f"{HERE}: has no title"] == faults(
        feed(bad), feed(bad, id="tag:x,2014:dns", file="ja/dns")
    )


def test_everything_wrong_is_said_at_once():
    bad = entry(title="", id="x", content='<a href="x">x</a>')
    assert 4 == len(faults(feed(bad, home="columns/")))


def test_a_link_within_the_entry_is_no_relative_link():
    check([feed(entry(content='<a href="#fn-1">1</a><p id="fn-1">x</p>'))])


@pytest.mark.parametrize("address", ["mailto:a@columns.example", "tel:+81", "http://x.example/"])
def test_links_of_other_kinds_pass(address):
    check([feed(entry(content=f'<a href="{address}">x</a>'))])
