"""Dates in words, always with a zone that cannot be misread."""

from datetime import datetime, timedelta, timezone

import pytest

from bilingual import dates
from bilingual.phrases import load_phrases
from tests.builders import ROOT, japan

PHRASES = load_phrases(ROOT / "theme" / "strings", ["ja", "en"], "ja")
CHINA = timezone(timedelta(hours=8))
INDIA = timezone(timedelta(hours=5, minutes=30))
NEW_YORK = timezone(timedelta(hours=-4))


@pytest.mark.parametrize(
    ("lang", "when", "timed", "iso", "text"),
    [
        ("ja", japan(2014, 3, 24), False, "2014-03-24T00:00+09:00", "2014年3月24日（日本時間）"),
        ("en", japan(2014, 3, 24), False, "2014-03-24T00:00+09:00", "24 March 2014 (Japan time)"),
        (
            "ja",
            japan(2014, 3, 24, 9, 5),
            True,
            "2014-03-24T09:05+09:00",
            "2014年3月24日 09:05（日本時間）",
        ),
        (
            "en",
            datetime(2014, 3, 24, 9, 5, tzinfo=CHINA),
            True,
            "2014-03-24T09:05+08:00",
            "24 March 2014, 09:05 (UTC+8)",
        ),
        (
            "en",
            datetime(2014, 3, 24, 9, 5, tzinfo=INDIA),
            True,
            "2014-03-24T09:05+05:30",
            "24 March 2014, 09:05 (UTC+5:30)",
        ),
        (
            "en",
            datetime(2014, 3, 24, 9, 5, tzinfo=NEW_YORK),
            True,
            "2014-03-24T09:05-04:00",
            "24 March 2014, 09:05 (UTC-4)",
        ),
    ],
)
def test_a_moment_names_its_zone(lang, when, timed, iso, text):
    moment = dates.moment(PHRASES[lang], when, timed=timed)
    assert (iso, text) == (moment.iso, moment.text)


def test_a_list_prints_the_day_alone():
    assert dates.day_only(PHRASES["en"], japan(2014, 3, 4)).text == "4 March 2014"
