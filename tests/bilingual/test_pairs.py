"""Which language is the original, and when a translation is out of date."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilingual.pairs import newer_original, pair
from columns.model import Column
from tests.builders import column, japan

LANGUAGES = ("ja", "en", "zh-Hans")


def only_work(*columns: Column):
    (work,) = pair(columns, LANGUAGES, "ja")
    return work


def test_the_default_language_is_the_original():
    work = only_work(column(lang="en"), column(lang="ja"))
    assert work.original.lang == "ja"


def test_a_header_makes_the_default_language_a_translation():
    """`Translation: true` in ja.md lets the English text be the original."""
    work = only_work(column(lang="ja", translation=True), column(lang="en"))
    assert work.original.lang == "en"


def test_without_the_default_language_the_first_in_the_sites_order_is_the_original():
    work = only_work(column(lang="zh-Hans"), column(lang="en"))
    assert work.original.lang == "en"


def test_where_all_say_translation_there_is_still_an_original():
    work = only_work(column(lang="en", translation=True), column(lang="ja", translation=True))
    assert work.original.lang == "ja"


def test_a_missing_language_is_shown_by_the_original():
    work = only_work(column(lang="en"))
    assert work.in_language("ja").lang == "en"


@given(st.permutations([column(slug, lang) for slug in ("a", "b") for lang in LANGUAGES]))
def test_the_order_of_files_changes_nothing(columns):
    """Versions stand in the site's order of languages, whatever order the files came in."""
    works = pair(columns, LANGUAGES, "ja")
    assert [work.original.slug for work in works] == ["a", "b"]
    assert [tuple(work.versions) for work in works] == [LANGUAGES, LANGUAGES]


def test_works_stand_newest_first_then_by_slug():
    columns = [
        column("b", date=japan(2014, 1, 1)),
        column("a", date=japan(2014, 1, 1)),
        column("c", date=japan(2015, 1, 1)),
    ]
    assert [work.original.slug for work in pair(columns, LANGUAGES, "ja")] == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("original", "translation", "newer"),
    [
        pytest.param({}, {}, None, id="same date"),
        pytest.param({"modified": japan(2014, 4, 2)}, {}, japan(2014, 4, 2), id="corrected since"),
        pytest.param(
            {"modified": japan(2014, 4, 2)},
            {"modified": japan(2014, 4, 3)},
            None,
            id="translation followed",
        ),
        pytest.param({}, {"modified": japan(2014, 4, 3)}, None, id="only translation corrected"),
        pytest.param({"date": japan(2014, 5, 1)}, {}, japan(2014, 5, 1), id="written later"),
        pytest.param(
            {"date": japan(2014, 3, 24, 9), "timed": True}, {}, None, id="a day and its morning"
        ),
        pytest.param(
            {"modified": japan(2014, 4, 2, 9), "modified_timed": True},
            {"modified": japan(2014, 4, 2)},
            None,
            id="corrected on one day, once with a time",
        ),
        pytest.param(
            {"modified": japan(2014, 3, 24)},
            {"date": japan(2014, 3, 24, 9), "timed": True},
            None,
            id="corrected on the day of publication",
        ),
        pytest.param(
            {"date": japan(2014, 3, 24, 10), "timed": True},
            {"date": japan(2014, 3, 24, 9), "timed": True},
            japan(2014, 3, 24, 10),
            id="an hour later",
        ),
    ],
)
def test_a_translation_older_than_its_original_is_out_of_date(original, translation, newer):
    """`Modified`, else `Date`, of both decides; by the day, where either says no time."""
    ours = column(lang="en", **translation)
    work = only_work(column(lang="ja", **original), ours)
    assert newer_original(work, ours) == newer


def test_an_original_is_never_out_of_date():
    work = only_work(column(lang="ja"), column(lang="en", modified=japan(2020, 1, 1)))
    assert newer_original(work, work.original) is None
