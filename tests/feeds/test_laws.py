"""What holds for whatever entries there are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.characters import printable
from feeds.documents import NEWEST, documents_of
from feeds.model import Alternate, Category
from feeds.writing import files_of
from tests.feeds.builders import ENDINGS, SITE, entry, feed
from tests.feeds.reading import entries_of, previous_of

unhurried = settings(deadline=None)

zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(
    datetime(2009, 1, 1), datetime(2024, 12, 31), timezones=zones  # noqa: DTZ001  zones are drawn
).map(lambda moment: moment.replace(microsecond=0))  # fmt: skip
texts = st.text(max_size=30)
titles = texts.filter(lambda text: printable(text).strip())
topics = st.builds(lambda name: Category(name, name), titles)
others = st.sampled_from(["en", "zh-Hans"]).map(lambda lang: Alternate(lang, f"{SITE}/{lang}/x/"))


@st.composite
def entries(draw, size=5):
    """Entries of any text and time; their ids differ."""
    return [
        entry(
            f"c{number}",
            title=draw(titles),
            published=draw(moments),
            updated=draw(moments),
            summary=draw(texts),
            content=draw(texts),
            author=draw(titles),
            categories=tuple(draw(st.lists(topics, max_size=2))),
            alternates=tuple(draw(st.lists(others, max_size=1))),
        )
        for number in range(draw(st.integers(0, size)))
    ]


@st.composite
def dated(draw, size=60):
    """Many entries of a few years."""
    return [
        entry(f"c{number}", published=moment)
        for number, moment in enumerate(draw(st.lists(moments, max_size=size)))
    ]


@pytest.mark.parametrize("ending", ENDINGS)
@unhurried
@given(entries())
def test_every_document_reads_back_as_the_entries_it_was_made_from(ending, made):
    data = files_of([printable(feed(*made))])[f"ja/feed.{ending}"]
    assert {e.id: printable(e) for e in made} == {e.id: e for e in entries_of(ending, data)}


@pytest.mark.parametrize("ending", ["atom", "rss"])
@settings(max_examples=50, deadline=None)
@given(entries())
def test_no_text_makes_a_parser_complain(ending, made):
    parsed = feedparser.parse(files_of([printable(feed(*made))])[f"ja/feed.{ending}"])
    assert not parsed.bozo
    assert {e.id for e in made} == {e.id for e in parsed.entries}


@unhurried
@given(dated())
def test_the_documents_together_hold_every_entry(made):
    held = {held.id for document in documents_of(feed(*made)) for held in document.entries}
    assert {e.id for e in made} == held


@unhurried
@given(dated())
def test_a_reader_that_follows_the_links_comes_by_every_document_once(made):
    files = files_of([feed(*made)])
    for ending in ENDINGS:
        walked, path = [], f"ja/feed.{ending}"
        while path:
            walked.append(path)
            path = (previous_of(ending, files[path]) or "").removeprefix(f"{SITE}/")
        assert sorted(path for path in files if path.endswith(ending)) == sorted(walked)


@unhurried
@given(dated(), st.integers(1, 30))
def test_an_archive_stays_as_it_is_when_newer_years_grow(made, count):
    newest = max((e.published.year for e in made), default=2009)
    later = [
        entry(f"later{n}", published=datetime(newest + 1 + n % 2, 6, 1, tzinfo=UTC))
        for n in range(count)
    ]
    before, after = files_of([feed(*made)]), files_of([feed(*later, *made)])
    archives = {path: data for path, data in before.items() if "-" in path}
    assert archives == {path: after[path] for path in archives}


@unhurried
@given(dated())
def test_the_order_in_which_entries_are_handed_over_does_not_matter(made):
    alone = list({e.published: e for e in made}.values())
    assert files_of([feed(*alone)]) == files_of([feed(*reversed(alone))])


@unhurried
@given(dated())
def test_the_newest_document_holds_the_newest_entries_of_the_newest_years(made):
    held = documents_of(feed(*made))[0].entries
    assert len(held) == min(len(made), NEWEST)
    rest = set(made) - set(held)
    assert all(h.published.year >= r.published.year for h in held for r in rest)


@unhurried
@given(entries())
def test_cleaning_twice_is_cleaning_once(made):
    clean = printable(feed(*made))
    assert clean == printable(clean)
    assert replace(clean, entries=()) == replace(feed(*made), entries=())
