"""A feed's newest entries, and archives by year that stay as they are (RFC 5005 §4)."""

from datetime import UTC, datetime

import pytest
from lxml import etree

from feeds.documents import documents_of
from feeds.writing import FORMATS, files_of
from tests.builders import japan
from tests.feeds.builders import ENDINGS, SITE, entry, feed, run_of
from tests.feeds.reading import HISTORY, links_of, previous_of

LONG = feed(*run_of(15, 2016), *run_of(10, 2014), *run_of(3, 2011))


def test_twenty_entries_need_no_archive():
    assert [(None, 20, None)] == [
        (document.year, len(document.entries), document.previous)
        for document in documents_of(feed(*run_of(20)))
    ]


def test_archives_begin_with_the_year_that_no_longer_fits():
    """Each holds its whole year, also what the newest document still shows."""
    assert [(None, 20, 2014), (2014, 10, 2011), (2011, 3, None)] == [
        (document.year, len(document.entries), document.previous) for document in documents_of(LONG)
    ]


def test_each_document_has_an_address_in_each_format():
    assert {
        f"ja/feed{year}.{ending}" for year in ("", "-2014", "-2011") for ending in ENDINGS
    } == files_of([LONG]).keys()


def test_entries_are_newest_first_however_they_are_handed_over():
    (document,) = documents_of(feed(*reversed(run_of(3))))
    assert run_of(3) == list(document.entries)


def test_a_year_is_that_of_the_entrys_own_clock():
    """Published at half past midnight in Japan, when it was still last year elsewhere."""
    early = entry("early", published=japan(2014, 1, 1, 0, 30))
    assert 2014 == documents_of(feed(*run_of(20, 2016), early))[1].year


def test_an_earlier_year_is_older_though_its_moment_be_later():
    """Else an archive would come to stand between two others when it no longer may."""
    japanese = entry("new-year", published=japan(2014, 1, 1, 0, 30))
    european = entry("year-end", published=datetime(2013, 12, 31, 20, tzinfo=UTC))
    (document,) = documents_of(feed(european, japanese))
    assert (japanese, european) == document.entries


@pytest.mark.parametrize("ending", ["atom", "rss"])
def test_an_archive_says_so_and_leads_to_the_current_and_the_one_before(ending):
    newest, middle, oldest = (FORMATS[ending](document) for document in documents_of(LONG))
    mark = f"{HISTORY}archive"
    assert [0, 1, 1] == [
        len(list(etree.fromstring(data).iter(mark))) for data in (newest, middle, oldest)
    ]
    assert "current" not in links_of(ending, newest)
    assert [f"{SITE}/ja/feed.{ending}"] == links_of(ending, middle)["current"]
    assert [f"{SITE}/ja/feed-2014.{ending}", f"{SITE}/ja/feed-2011.{ending}", None] == [
        previous_of(ending, data) for data in (newest, middle, oldest)
    ]


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_document_leads_to_a_later_archive(ending):
    """That link would change an old archive whenever a year begins."""
    archive = files_of([LONG])[f"ja/feed-2011.{ending}"]
    assert b"feed-2014" not in archive
    assert b"next-archive" not in archive


def test_a_correction_changes_the_archive_of_its_year_only():
    first, *rest = LONG.entries[::-1]
    corrected = entry("c2011-000", published=first.published, updated=japan(2020, 1, 1))
    before, after = files_of([LONG]), files_of([feed(*rest, corrected)])
    assert {path for path in before if before[path] != after[path]} == {
        f"ja/feed-2011.{ending}" for ending in ENDINGS
    }
