"""What every page says of itself and where it leads: head, switch, navigation, rows."""

from bilingual.model import Link, Place
from bilingual.pairs import pair
from columns.model import Standing
from feeds.model import Alternate
from tests.builders import binder, column, japan

SITE = "https://columns.example"


def sheet(place, **values):
    return binder().sheet(place, "page", title="t", description="d", **values)


def test_a_page_names_itself_every_alternate_and_x_default():
    head = sheet(binder().everywhere("en", "columns")).values["head"]
    assert head.canonical == f"{SITE}/en/columns/"
    assert head.alternates == (
        Alternate("ja", f"{SITE}/ja/columns/"),
        Alternate("en", f"{SITE}/en/columns/"),
        Alternate("x-default", f"{SITE}/ja/columns/"),
    )


def test_a_page_of_one_language_has_itself_for_an_alternate():
    head = sheet(Place("en", "/en/x/", {"en": "/en/x/"}, "/en/x/")).values["head"]
    assert [a.hreflang for a in head.alternates] == ["en", "x-default"]


def test_the_switch_leads_to_the_same_page():
    switch = sheet(binder().everywhere("ja", "columns", "2014")).values["switch"]
    assert switch == [Link("/en/columns/2014/", "English", "en")]


def test_the_switch_says_where_there_is_no_such_page_and_leads_to_the_list():
    switch = sheet(Place("ja", "/ja/x/", {"ja": "/ja/x/"})).values["switch"]
    assert switch == [Link("/en/columns/", "Not available in English: see all columns", "en")]


def test_a_page_that_a_language_lacks_is_in_no_menu_of_it():
    """A new language begins without pages of its own; no link may lead to nothing."""
    bound = binder(written={("ja", "about"), ("ja", "privacy"), ("en", "privacy")})

    def leads(lang):
        page = bound.sheet(bound.everywhere(lang), "home", title="t", description="d")
        shown = page.values["navigation"] + page.values["footing"]
        return [link.url.removeprefix(f"/{lang}/") for link in shown]

    assert leads("ja") == ["columns/", "topics/", "postscripts/", "about/", "feeds/", "privacy/"]
    assert leads("en") == ["columns/", "topics/", "postscripts/", "feeds/", "privacy/"]


def test_what_another_plugin_offers_a_language_is_at_the_foot_of_its_pages():
    bound = binder(offers=[("ja", "subscribe")])
    shown = {
        lang: bound.sheet(bound.everywhere(lang), "home", title="t", description="d").values
        for lang in ("ja", "en")
    }
    urls = {lang: [link.url for link in values["footing"]] for lang, values in shown.items()}
    assert ["/ja/feeds/", "/ja/subscribe/", "/ja/privacy/"] == urls["ja"]
    assert ["/en/feeds/", "/en/privacy/"] == urls["en"]


def test_the_navigation_marks_where_the_reader_is():
    inside = sheet(binder().everywhere("en", "columns", "2014")).values["navigation"]
    there = sheet(binder().everywhere("en", "columns")).values["navigation"]
    assert ["true", "", "", ""] == [link.current for link in inside]
    assert ["page", "", "", ""] == [link.current for link in there]


def test_a_page_is_written_where_its_address_leads():
    assert sheet(binder().everywhere("ja", "columns")).path == "ja/columns/index.html"
    assert sheet(Place("ja", "/404.html", {})).path == "404.html"


def test_a_site_below_a_path_keeps_it_in_addresses_and_not_in_files():
    below = binder(siteurl="https://columns.example/preview/x7")
    page = below.sheet(below.everywhere("ja"), "home", title="t", description="d")
    assert page.path == "ja/index.html"
    assert page.values["head"].canonical == "https://columns.example/preview/x7/ja/"
    assert page.values["switch"][0].url == "/preview/x7/en/"


def test_a_row_in_its_own_language_is_unmarked():
    row = binder().row(column(), "ja")
    assert (None, "", "") == (row.lang, row.only, row.standing)
    assert row.date.text == "2014年3月24日"


def test_a_row_in_another_language_is_marked_in_the_words_of_the_list():
    row = binder().row(column(lang="ja"), "en")
    assert ("ja", "Japanese only") == (row.lang, row.only)


def test_a_draft_is_marked():
    assert binder().row(column(standing=Standing.DRAFT), "ja").standing == "下書き"


def test_an_outdated_translation_names_both_dates_and_the_original():
    (work,) = pair([column(modified=japan(2014, 4, 2)), column(lang="en")], ("ja", "en"), "ja")
    outdated = binder().outdated(work, work.versions["en"])
    assert outdated["original"].text == "2 April 2014"
    assert outdated["translation"].text == "24 March 2014"
    assert outdated["link"] == Link("/ja/columns/cable-fault/", "日本語", "ja")


def test_a_translation_that_is_older_by_hours_names_both_times():
    """Two equal days would not tell a reader which is older."""
    original = column(date=japan(2014, 3, 24, 9), timed=True)
    ours = column(lang="en", date=japan(2014, 3, 24, 7, 30), timed=True)
    (work,) = pair([original, ours], ("ja", "en"), "ja")
    outdated = binder().outdated(work, ours)
    assert outdated["original"].text == "24 March 2014, 09:00 (Japan time)"
    assert outdated["translation"].text == "24 March 2014, 07:30 (Japan time)"
