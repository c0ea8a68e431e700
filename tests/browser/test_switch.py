"""The language switch leads to the same page, or says that there is none."""

from urllib.parse import urlsplit

import pytest

from tests.browser.kinds import DESK, PAIRED


def switch(page, lang):
    """Return the link of the language switch that leads to `lang`."""
    return page.locator(f"nav a[hreflang={lang}][lang={lang}]")


def here(page):
    return urlsplit(page.url).path, page.locator("html").get_attribute("lang")


@pytest.mark.parametrize("kind", PAIRED, ids=lambda kind: kind.name)
def test_the_switch_leads_there_and_back(tab, kind):
    """A reader changes the language of a page and changes it back, and stays on that page."""
    page = tab(DESK)
    page.goto(kind.addresses["ja"])
    assert "English" == switch(page, "en").inner_text()
    switch(page, "en").click()
    assert (kind.addresses["en"], "en") == here(page)
    assert "日本語" == switch(page, "ja").inner_text()
    switch(page, "ja").click()
    assert (kind.addresses["ja"], "ja") == here(page)


@pytest.mark.parametrize(
    ("address", "lang", "other"),
    [("/ja/columns/night-backup/", "ja", "en"), ("/en/columns/status-page-alone/", "en", "ja")],
)
def test_a_column_in_one_language_says_so_and_leads_to_the_list(tab, phrases, address, lang, other):
    """The switch says in the other language that there is no such page, and leads to its list."""
    page = tab(DESK)
    page.goto(address)
    assert phrases[other]["switch"]["missing"] == switch(page, other).inner_text()
    switch(page, other).click()
    assert (f"/{other}/columns/", other) == here(page)
    listed = page.locator("main").locator(f"a[href='{address}']")
    assert lang == listed.get_attribute("lang") == listed.get_attribute("hreflang")


@pytest.mark.parametrize(
    ("lang", "address", "mark"),
    [
        ("en", "/ja/columns/night-backup/", "Japanese only"),
        ("ja", "/en/columns/status-page-alone/", "英語のみ"),
    ],
)
def test_a_list_marks_what_exists_only_in_the_other_language(tab, lang, address, mark):
    page = tab(DESK)
    page.goto(f"/{lang}/columns/")
    row = page.locator("main li").filter(has=page.locator(f"a[href='{address}']"))
    assert mark == row.locator(".mark").inner_text()


def test_an_outdated_translation_leads_to_its_original(tab):
    page = tab(DESK)
    page.goto("/en/columns/cable-fault/")
    page.locator(".notice a[lang=ja][hreflang=ja]").click()
    assert ("/ja/columns/cable-fault/", "ja") == here(page)


@pytest.mark.parametrize("address", ["/", "/no-such-page/"])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_front_door_opens_in_each_language(tab, address, lang):
    """`/` asks which language, and so does an address that leads nowhere."""
    page = tab(DESK)
    page.goto(address)
    page.locator(f"main a[hreflang={lang}]").click()
    assert (f"/{lang}/", lang) == here(page)


@pytest.mark.parametrize(("lang", "other"), [("ja", "en"), ("en", "ja")])
def test_a_page_not_found_leads_home_in_each_language(tab, lang, other):
    page = tab(DESK)
    page.goto(f"/{lang}/no-such-page/")
    assert 1 == page.locator(f"main a[href='/{lang}/']").count()
    switch(page, other).click()
    assert (f"/{other}/", other) == here(page)
