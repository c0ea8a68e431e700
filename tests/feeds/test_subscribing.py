"""Somebody subscribes, and sees each change once over many editions."""

import json
from dataclasses import replace

import feedparser
import pytest

from feeds.writing import files_of
from tests.builders import japan
from tests.feeds.builders import ENDINGS, SITE, entry, feed, run_of


class Subscriber:
    """Software that reads one feed: polls it, follows it to its archives, remembers.

    `seen` holds each (id, updated) that was shown, `links` where each entry now leads.
    """

    def __init__(self, ending):
        self.ending = ending
        self.seen = set()
        self.links = {}

    def poll(self, *entries) -> list[tuple[str, str]]:
        """What it tells its user about this edition of the feed."""
        files = files_of([feed(*entries)])
        found, news = {}, []
        for id_, updated, link in self._walk(files):
            if id_ in found:
                continue
            found[id_] = link
            if (id_, updated) not in self.seen:
                known = any(id_ == seen for seen, _ in self.seen)
                news.append(("corrected" if known else "new", id_))
            if self.links.get(id_, link) != link:
                news.append(("moved", id_))
            self.seen.add((id_, updated))
        news += [("withdrawn", id_) for id_ in self.links if id_ not in found]
        self.links = found
        return news

    def _walk(self, files):
        path = f"ja/feed.{self.ending}"
        while path:
            read = _by_specification if self.ending == "json" else _by_feedparser
            entries, following = read(files[path])
            yield from entries
            path = following.removeprefix(f"{SITE}/")


def _by_feedparser(data):
    parsed = feedparser.parse(data)
    assert not parsed.bozo
    following = [link.href for link in parsed.feed.links if link.rel == "prev-archive"]
    return [(e.id, e.updated, e.link) for e in parsed.entries], "".join(following)


def _by_specification(data):
    page = json.loads(data)
    items = [(item["id"], item["date_modified"], item["url"]) for item in page["items"]]
    return items, page.get("next_url", "")


FIRST = entry("first", published=japan(2014, 3, 24))
SECOND = entry("second", published=japan(2015, 6, 12))
OLD = run_of(30, 2012)


@pytest.fixture(params=ENDINGS)
def subscriber(request):
    return Subscriber(request.param)


def test_each_change_is_seen_exactly_once(subscriber):
    """New, corrected, moved and withdrawn; nothing new on each day between."""
    corrected = replace(FIRST, title="better", updated=japan(2015, 7, 1))
    moved = replace(SECOND, url=f"{SITE}/ja/columns/elsewhere/")
    editions = [
        ([FIRST], [("new", FIRST.id)]),
        ([SECOND, FIRST], [("new", SECOND.id)]),
        ([SECOND, corrected], [("corrected", FIRST.id)]),
        ([moved, corrected], [("moved", SECOND.id)]),
        ([moved], [("withdrawn", FIRST.id)]),
    ]
    for entries, expected in editions:
        assert expected == subscriber.poll(*entries)
        assert [] == subscriber.poll(*entries)


def test_a_change_deep_in_an_archive_is_seen_exactly_once(subscriber):
    oldest = OLD[-1]
    corrected = replace(oldest, updated=japan(2024, 1, 1))
    moved = replace(corrected, url=f"{SITE}/ja/columns/elsewhere/")
    editions = [
        ([FIRST, *OLD], None),
        ([FIRST, *OLD[:-1], corrected], [("corrected", oldest.id)]),
        ([FIRST, *OLD[:-1], moved], [("moved", oldest.id)]),
        ([SECOND, FIRST, *OLD[:-1], moved], [("new", SECOND.id)]),
        ([SECOND, FIRST, *OLD[:-1]], [("withdrawn", oldest.id)]),
    ]
    for entries, expected in editions:
        news = subscriber.poll(*entries)
        assert news == (expected if expected is not None else [("new", e.id) for e in entries])
        assert [] == subscriber.poll(*entries)


def test_a_changed_title_or_date_is_nothing_new(subscriber):
    subscriber.poll(FIRST)
    assert [] == subscriber.poll(replace(FIRST, title="other", published=japan(2014, 3, 20)))


def test_an_entry_that_falls_out_of_the_newest_is_not_withdrawn(subscriber):
    first, *rest = reversed(run_of(21))
    subscriber.poll(*rest[:19], first)
    assert [("new", rest[-1].id)] == subscriber.poll(*rest, first)
