"""OPML 2.0: everything a language has, for software that reads feeds."""

import pytest
from lxml import etree

from feeds import opml
from tests.feeds.builders import SITE, feed

TOPIC = feed(file="ja/topics/dns/feed", url=f"{SITE}/ja/topics/dns/feed", title="DNS & <co>")


@pytest.fixture
def document():
    return etree.fromstring(opml.write("all", [feed(), TOPIC]))


def test_it_has_a_version_a_head_with_a_title_and_a_body(document):
    assert ("opml", "2.0") == (document.tag, document.get("version"))
    assert ["head", "body"] == [element.tag for element in document]
    assert "all" == document.findtext("head/title")


def test_every_feed_is_one_subscription(document):
    """An outline of type rss with text and xmlUrl, whatever the format."""
    outlines = document.findall("body/outline")
    assert {"rss"} == {outline.get("type") for outline in outlines}
    assert ["columns ja", "DNS & <co>"] == [outline.get("text") for outline in outlines]
    assert [f"{SITE}/ja/feed.atom", f"{SITE}/ja/topics/dns/feed.atom"] == [
        outline.get("xmlUrl") for outline in outlines
    ]


def test_a_subscription_says_where_people_read_it_and_in_what_language(document):
    outline = document.find("body/outline")
    assert (f"{SITE}/ja/columns/", "ja") == (outline.get("htmlUrl"), outline.get("language"))
