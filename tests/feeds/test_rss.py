"""RSS 2.0 as its profile and the W3C's feed validator want it, rule by rule."""

import re
from email.utils import parsedate_to_datetime

import feedparser
import pytest
from lxml import etree

from feeds import rss
from feeds.documents import documents_of
from tests.builders import japan
from tests.feeds.builders import HUB, SITE, entry, feed, sample, subscription
from tests.feeds.reading import ATOM, CONTENT, DC, links_of

RFC_822 = re.compile(r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}")


@pytest.fixture
def document():
    return etree.fromstring(rss.write(subscription(sample()), HUB))


@pytest.fixture
def items(document):
    return document.findall("channel/item")


def test_feedparser_finds_nothing_to_complain_about():
    parsed = feedparser.parse(rss.write(subscription(sample()), HUB))
    assert ("rss20", 20, False) == (parsed.version, len(parsed.entries), parsed.bozo)


def test_it_is_version_2_with_one_channel(document):
    assert ("rss", "2.0", 1) == (document.tag, document.get("version"), len(document))


@pytest.mark.parametrize("name", ["title", "link", "description", "language", "lastBuildDate"])
def test_the_channel_has_just_one_of_each(document, name):
    assert 1 == len(document.findall(f"channel/{name}"))


@pytest.mark.parametrize("name", ["title", "link", "description", "guid", "pubDate"])
def test_an_item_has_just_one_of_each(items, name):
    assert {1} == {len(item.findall(name)) for item in items}


def test_the_channel_leads_to_the_page_that_it_follows(document):
    """Not to itself, nor to the hub."""
    assert f"{SITE}/ja/columns/" == document.findtext("channel/link")


def test_guids_are_no_addresses_and_say_so(items):
    assert {"false"} == {item.find("guid").get("isPermaLink") for item in items}
    assert "tag:columns.example,2014:cable-fault:ja" == items[0].findtext("guid")


def test_guids_are_unique(items):
    assert 20 == len({item.findtext("guid") for item in items})


def test_the_channel_has_one_self_link_and_it_is_its_own_address():
    for held in documents_of(sample()):
        assert [held.url("rss")] == links_of("rss", rss.write(held))["self"]


def test_the_hub_is_named_and_only_where_people_subscribe():
    newest, archive, *_ = documents_of(sample())
    assert [HUB] == links_of("rss", rss.write(newest, HUB))["hub"]
    assert "hub" not in links_of("rss", rss.write(newest))
    assert "hub" not in links_of("rss", rss.write(archive, HUB))


def test_times_are_those_of_rfc_822_with_whole_years(document):
    times = [element.text for element in document.iter("pubDate", "lastBuildDate")]
    assert len(times) == 21
    assert all(RFC_822.fullmatch(time) for time in times)
    assert japan(2024, 3, 24, 18, 30) == parsedate_to_datetime(
        document.findtext("channel/item/pubDate")
    )


def test_the_channel_changed_when_its_last_item_did(document):
    assert "Mon, 01 Apr 2024 09:00:00 +0900" == document.findtext("channel/lastBuildDate")


def test_a_correction_is_told(items):
    """RSS has no word of its own for it; Atom's is understood."""
    assert "2024-04-01T09:00:00+09:00" == items[0].findtext(f"{ATOM}updated")


def test_channel_and_items_name_their_language(document, items):
    assert "ja" == document.findtext("channel/language")
    assert ["ja", "en"] == [item.findtext(f"{DC}language") for item in items[:2]]


def test_the_author_is_a_name_and_no_mail_address(items):
    """An RSS author is an address; a name alone is Dublin Core's to say."""
    assert "team ja" == items[0].findtext(f"{DC}creator")
    assert all(item.find("author") is None for item in items)


def test_an_item_carries_its_whole_text_beside_its_summary(items):
    assert "<h2>あとがき</h2>" in items[0].findtext(f"{CONTENT}encoded")
    assert "遅延が 30 ms &lt; 300 ms になった。" == items[0].findtext("description")


def test_without_a_summary_the_text_is_the_description():
    (item,) = etree.fromstring(rss.write(subscription(feed(entry(summary=""))))).iter("item")
    assert entry().content == item.findtext("description")


def test_an_item_leads_to_its_page_in_every_language(items):
    assert f"{SITE}/ja/columns/cable-fault/" == items[0].findtext("link")
    found = {link.get("hreflang"): link.get("href") for link in items[0].findall(f"{ATOM}link")}
    assert {
        "ja": f"{SITE}/ja/columns/cable-fault/",
        "en": f"{SITE}/en/columns/cable-fault/",
    } == found


def test_readers_open_the_page_in_the_items_own_language():
    parsed = feedparser.parse(rss.write(subscription(sample())))
    assert f"{SITE}/ja/columns/cable-fault/" == parsed.entries[0].link
    assert f"{SITE}/ja/columns/" == parsed.feed.link


def test_topics_are_categories_by_name(items):
    assert ["海底ケーブル", "経路"] == [element.text for element in items[0].findall("category")]


def test_nothing_in_it_depends_on_the_hash_seed(document):
    """Feedgen writes skipDays in the order of a set."""
    assert document.find("channel/skipDays") is None
