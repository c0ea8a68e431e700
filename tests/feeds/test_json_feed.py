"""JSON Feed 1.1, rule by rule of its specification."""

import json
import re
from datetime import datetime

import pytest

from feeds import json_feed
from feeds.documents import documents_of
from tests.feeds.builders import HUB, SITE, entry, feed, language_tag, sample, subscription

TOP = {"version", "title", "home_page_url", "feed_url", "description", "next_url", "authors"} | {
    "language", "hubs", "items"
}  # fmt: skip
ITEM = {"id", "url", "title", "content_html", "summary", "date_published", "date_modified"} | {
    "authors", "tags", "language"
}  # fmt: skip


@pytest.fixture
def document():
    return json.loads(json_feed.write(subscription(sample()), HUB))


def test_it_says_its_version(document):
    assert "https://jsonfeed.org/version/1.1" == document["version"]


def test_it_has_a_title_and_a_list_of_items(document):
    assert ("columns ja", 20) == (document["title"], len(document["items"]))


def test_a_feed_without_entries_still_has_a_list():
    assert [] == json.loads(json_feed.write(subscription(feed())))["items"]


def test_it_uses_no_names_but_those_of_the_specification(document):
    """Names of one's own begin with an underscore and a letter."""
    assert TOP == document.keys()
    assert {"_alternates"} == document["items"][0].keys() - ITEM
    assert ITEM <= document["items"][0].keys()


def test_ids_are_texts_and_unique(document):
    ids = [item["id"] for item in document["items"]]
    assert all(isinstance(id_, str) for id_ in ids)
    assert len(ids) == len(set(ids))


def test_every_item_has_content_even_when_it_is_empty():
    (item,) = json.loads(json_feed.write(subscription(feed(entry(content="")))))["items"]
    assert "" == item["content_html"]


def test_times_are_those_of_rfc_3339(document):
    times = [item[name] for item in document["items"] for name in item if name.startswith("date_")]
    assert len(times) == 40
    assert all(datetime.fromisoformat(time).tzinfo for time in times)
    assert all(re.fullmatch(r"[0-9T:-]{19}\+09:00", time) for time in times)


def test_feed_and_items_name_language_and_authors(document):
    parts = [document, *document["items"]]
    assert all(language_tag(part["language"]) for part in parts)
    assert [{"name": "team ja"}] == document["authors"]
    assert all(part["authors"][0]["name"] for part in parts)


def test_tags_are_the_names_of_topics(document):
    assert ["海底ケーブル", "経路"] == document["items"][0]["tags"]


def test_an_item_knows_itself_in_other_languages(document):
    assert {"en": f"{SITE}/en/columns/cable-fault/"} == document["items"][0]["_alternates"]


def test_the_hub_is_a_websub_hub_and_only_where_people_subscribe(document):
    assert [{"type": "WebSub", "url": HUB}] == document["hubs"]
    assert "hubs" not in json.loads(json_feed.write(subscription(sample())))
    assert "hubs" not in json.loads(json_feed.write(documents_of(sample())[1], HUB))


def test_no_page_of_it_leads_to_itself():
    """`next_url` must differ from `feed_url`, which names the feed on each of its pages."""
    pages = [json.loads(json_feed.write(document)) for document in documents_of(sample())]
    nexts = [page.get("next_url") for page in pages]
    assert [f"{SITE}/ja/feed-2010.json", None] == nexts
    assert {f"{SITE}/ja/feed.json"} == {page["feed_url"] for page in pages}


def test_what_is_not_known_is_left_out():
    plain = json.loads(json_feed.write(subscription(feed(entry(summary="")))))
    assert {"summary", "tags", "_alternates"}.isdisjoint(plain["items"][0])
    assert {"next_url", "hubs"}.isdisjoint(plain)
