"""The weekly digest tells what the status' own feed tells of the last whole week."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from feeds.model import Entry, Feed
from newsletter.digest import digests_of, next_due, past_weeks
from newsletter.edition import text_of
from tests.builders import JAPAN, binder, japan
from tests.newsletter.manuscripts import imprint

TOKYO = ZoneInfo("Asia/Tokyo")
SITE = "https://columns.example"


def entry(at, title="東京→上海：正常→品質低下", lang="ja", content="<p>変わりました。</p>"):
    return Entry(
        id=f"tag:columns.example,2009:event/{at:%Y%m%dT%H%M}/{lang}",
        title=title,
        url=f"{SITE}/{lang}/status/tokyo-shanghai/",
        lang=lang,
        published=at,
        updated=at,
        summary="",
        content=content,
        author="team",
    )


def feed(*entries, lang="ja", home="status"):
    return Feed(
        id=f"tag:columns.example,2009:feed/{lang}/{home}",
        file=f"{lang}/{home}/feed",
        url=f"{SITE}/{lang}/{home}/feed",
        home=f"{SITE}/{lang}/{home}/",
        title="",
        subtitle="",
        lang=lang,
        author="team",
        entries=entries,
    )


WEEK, BEFORE = past_weeks(japan(2026, 11, 18, 9), TOKYO)


@pytest.mark.parametrize(
    ("now", "name", "days"),
    [
        (japan(2026, 11, 16), "2026-W46", "2026-11-09 – 2026-11-15"),
        (japan(2026, 11, 22, 23, 59), "2026-W46", "2026-11-09 – 2026-11-15"),
        (datetime(2026, 11, 22, 15, 0, tzinfo=UTC), "2026-W47", "2026-11-16 – 2026-11-22"),
        (japan(2027, 1, 5), "2026-W53", "2026-12-28 – 2027-01-03"),
        (japan(2025, 1, 6), "2025-W01", "2024-12-30 – 2025-01-05"),
    ],
    ids=["monday", "sunday", "monday in Japan", "week 53", "a week of two years"],
)
def test_the_last_week_that_is_over(now, name, days):
    week, before = past_weeks(now, TOKYO)
    assert (name, days) == (week.name, week.days)
    assert before.end == week.begin


def test_the_digest_before_the_last_stays_to_be_sent_on():
    assert ("2026-W46", "2026-W45") == (WEEK.name, BEFORE.name)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (japan(2026, 11, 18, 9), japan(2026, 11, 23, 1)),
        (japan(2026, 11, 22, 23, 59), japan(2026, 11, 23, 1)),
        (japan(2026, 11, 23, 0, 30), japan(2026, 11, 23, 1)),
        (japan(2026, 11, 23, 1), japan(2026, 11, 30, 1)),
    ],
    ids=["wednesday", "sunday", "monday, too early", "monday"],
)
def test_a_site_is_built_again_when_all_is_known_of_a_week(now, due):
    assert due == next_due(now, TOKYO)


def test_a_week_in_which_clocks_change_begins_and_ends_at_midnight():
    week, _ = past_weeks(datetime(2026, 3, 31, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
    assert (timedelta(hours=1), timedelta(hours=2)) == (
        week.begin.utcoffset(), week.end.utcoffset()
    )  # fmt: skip
    assert 7 * 24 - 1 == (week.end - week.begin.astimezone(UTC)).total_seconds() / 3600


def test_what_changed_within_the_week_in_order():
    changes = [
        entry(japan(2026, 11, 15, 23, 59), "終わり際"),
        entry(japan(2026, 11, 9), "始まり"),
        entry(japan(2026, 11, 16), "次の週"),
        entry(japan(2026, 11, 8, 23, 59), "前の週"),
    ]
    (digest,) = digests_of(WEEK, [feed(*changes), feed(home="columns")], binder())
    text = text_of(digest, imprint())
    assert "この週の変化は2件です。" == digest.summary
    assert ["■ 始まり[1]", "■ 終わり際[1]"] == [
        line for line in text.splitlines() if line.startswith("■")
    ]
    assert "2026年11月15日 23:59（日本時間）" in text


def test_a_time_that_the_text_says_is_not_said_twice():
    said = entry(japan(2026, 11, 10, 22, 45), content="<p>22:45に変わりました。</p>")
    (digest,) = digests_of(WEEK, [feed(said)], binder())
    assert 1 == digest.body.count("22:45")


def test_a_quiet_week_says_so_and_claims_no_more():
    """That nothing changed is not that all is well."""
    (digest,) = digests_of(WEEK, [feed()], binder())
    text = text_of(digest, imprint())
    assert "状態の変化もお知らせもありませんでした" in digest.summary
    assert "異常がないことと同じではありません" in text
    assert f"{SITE}/ja/status/" in text


def test_each_language_has_its_own_and_leads_to_the_other():
    japanese, english = digests_of(WEEK, [feed(), feed(lang="en")], binder())
    assert ("2026-W46", "2026-W46", "ja") == (japanese.id, japanese.slug, japanese.lang)
    assert ("回線の状態：2026年第46週", "Network status: week 46 of 2026") == (
        japanese.title, english.title
    )  # fmt: skip
    assert [("en", f"{SITE}/en/status/")] == [(v.lang, v.url) for v in japanese.alternates]


def test_hostile_titles_are_text():
    given = entry(datetime(2026, 11, 10, tzinfo=JAPAN), title='<b>"&')
    (digest,) = digests_of(WEEK, [feed(given)], binder())
    assert "&lt;b&gt;&quot;&amp;" in digest.body
