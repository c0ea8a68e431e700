"""Atom as RFC 4287 and the W3C's feed validator want it, rule by rule."""

import re
from collections import Counter

import feedparser
import pytest
from lxml import etree

from feeds import atom
from feeds.documents import documents_of
from feeds.model import Alternate
from tests.feeds.builders import HUB, SITE, entry, feed, language_tag, sample, subscription
from tests.feeds.reading import ATOM, XML_LANG, links_of

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@pytest.fixture
def document():
    return etree.fromstring(atom.write(subscription(sample()), HUB))


@pytest.fixture
def entries(document):
    return document.findall(f"{ATOM}entry")


def test_feedparser_finds_nothing_to_complain_about():
    parsed = feedparser.parse(atom.write(subscription(sample()), HUB))
    assert ("atom10", 20, False) == (parsed.version, len(parsed.entries), parsed.bozo)


@pytest.mark.parametrize("name", ["id", "title", "updated"])
def test_feed_and_entries_have_just_one_id_title_and_updated(document, entries, name):
    """RFC 4287 §4.1.1 and §4.1.2."""
    assert {1} == {len(element.findall(f"{ATOM}{name}")) for element in [document, *entries]}


@pytest.mark.parametrize("name", ["subtitle", "summary", "content", "published", "generator"])
def test_what_may_occur_once_does_not_occur_twice(document, entries, name):
    assert all(len(element.findall(f"{ATOM}{name}")) <= 1 for element in [document, *entries])


def test_ids_are_absolute(document, entries):
    """RFC 4287 §4.2.6: an IRI, however far from the web."""
    ids = [element.findtext(f"{ATOM}id") for element in [document, *entries]]
    assert all(id_.startswith("tag:columns.example,2014:") for id_ in ids)


def test_ids_are_unique(document, entries):
    ids = [element.findtext(f"{ATOM}id") for element in [document, *entries]]
    assert len(ids) == len(set(ids))


def test_feed_and_entries_name_their_author(document, entries):
    """RFC 4287 §4.1.1: a feed has an author unless all entries have."""
    assert ["team ja"] == document.xpath("a:author/a:name/text()", namespaces={"a": ATOM[1:-1]})
    assert all(element.findtext(f"{ATOM}author/{ATOM}name") for element in entries)


def test_the_feed_has_one_self_link_and_it_is_its_own_address():
    for held in documents_of(sample()):
        assert [held.url("atom")] == links_of("atom", atom.write(held))["self"]


def test_no_two_alternates_share_type_and_language(document, entries):
    """RFC 4287 §4.1.1 and §4.1.2."""
    for element in [document, *entries]:
        found = Counter(
            (link.get("type"), link.get("hreflang"))
            for link in element.findall(f"{ATOM}link[@rel='alternate']")
        )
        assert {1} == set(found.values())


def test_an_entry_leads_to_its_page_in_every_language(entries):
    links = entries[0].findall(f"{ATOM}link")
    assert [
        ("alternate", "ja", f"{SITE}/ja/columns/cable-fault/"),
        ("alternate", "en", f"{SITE}/en/columns/cable-fault/"),
    ] == [(link.get("rel"), link.get("hreflang"), link.get("href")) for link in links]


def test_readers_open_the_page_in_the_entrys_own_language():
    """Whether they take the first text/html alternate or, as feedparser does, the last."""
    two = entry(alternates=(Alternate("en", f"{SITE}/en/x/"), Alternate("zh-Hans", f"{SITE}/zh/")))
    data = atom.write(subscription(feed(two)))
    first = etree.fromstring(data).find(f"{ATOM}entry/{ATOM}link[@rel='alternate']")
    assert two.url == first.get("href")
    assert two.url == feedparser.parse(data).entries[0].link


def test_the_feed_leads_to_the_same_feed_in_other_languages(document):
    links = document.findall(f"{ATOM}link[@hreflang='en']")
    expected = ("alternate", "application/atom+xml", f"{SITE}/en/feed.atom")
    assert [expected] == [(link.get("rel"), link.get("type"), link.get("href")) for link in links]


def test_times_are_those_of_rfc_3339(document):
    times = [*document.iter(f"{ATOM}updated"), *document.iter(f"{ATOM}published")]
    assert len(times) == 41
    assert all(RFC_3339.fullmatch(time.text) for time in times)


def test_the_feed_changed_when_its_last_entry_did(document):
    assert "2024-04-01T09:00:00+09:00" == document.findtext(f"{ATOM}updated")


def test_a_feed_without_entries_knows_no_build_time():
    empty = etree.fromstring(atom.write(subscription(feed())))
    assert "1970-01-01T00:00:00+00:00" == empty.findtext(f"{ATOM}updated")


def test_feed_and_entries_name_their_language(document, entries):
    tags = [element.get(XML_LANG) for element in [document, *entries]]
    assert ["ja", "ja", "en"] == tags[:3]
    assert all(language_tag(tag) for tag in tags)


def test_content_is_escaped_html(entries):
    """RFC 4287 §4.1.3.3: no child elements in content of type html."""
    contents = [element.find(f"{ATOM}content") for element in entries]
    assert all(content.get("type") == "html" and len(content) == 0 for content in contents)
    assert "<pre><code>&lt;script&gt;" in contents[0].text


def test_topics_are_categories_with_their_names(entries):
    found = [(c.get("term"), c.get("label")) for c in entries[0].findall(f"{ATOM}category")]
    assert [("submarine-cables", "海底ケーブル"), ("routing", "経路")] == found


def test_the_hub_is_named_with_the_address_it_is_asked_for():
    """WebSub §4: at least one hub, just one self."""
    assert [HUB] == links_of("atom", atom.write(subscription(sample()), HUB))["hub"]
    assert "hub" not in links_of("atom", atom.write(subscription(sample())))


def test_an_archive_names_no_hub():
    """Its address is not the one that people subscribe to."""
    archive = documents_of(sample())[1]
    assert "hub" not in links_of("atom", atom.write(archive, HUB))


def test_a_summary_that_is_missing_leaves_no_empty_element():
    assert b"<summary" not in atom.write(subscription(feed(entry(summary=""))))
