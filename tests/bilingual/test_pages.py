"""Lists and pages of each language, and the other languages that they lead to."""

import pytest

from bilingual.pages import StaticPage, sheets_of
from bilingual.pairs import pair
from columns.model import Library
from tests.builders import binder, column

TOPICS = {slug: {"ja": slug, "en": slug} for slug in ("dns", "mail")}


def sheets(*columns):
    library = Library(pair(columns, ("ja", "en"), "ja"))
    return {sheet.path: sheet.values for sheet in sheets_of(library, [], TOPICS, binder())}


def alternates(page):
    return {each.hreflang: each.url for each in page["head"].alternates}


def test_a_topic_leads_only_to_languages_that_have_a_page_of_it():
    """Where the versions of a column disagree, hreflang and switch know."""
    found = sheets(column(topics=("dns",)), column(lang="en", topics=("mail",)))
    ours = "https://columns.example/en/topics/mail/"
    assert {"en": ours, "x-default": ours} == alternates(found["en/topics/mail/index.html"])
    assert "ja/topics/mail/index.html" not in found
    (switch,) = found["en/topics/mail/index.html"]["switch"]
    assert switch.url == "/ja/columns/"


@pytest.mark.parametrize(
    ("languages", "default"),
    [(("ja", "en"), "ja"), (("en",), "en")],
    ids=["in all languages", "in one"],
)
def test_a_page_names_the_version_for_readers_of_any_other_language(languages, default):
    """x-default is the site's first language, or one that the page is written in."""
    page = StaticPage("about", "en", "About", "", "<p>x</p>", languages)
    (*_, sheet) = sheets_of(Library(()), [page], TOPICS, binder())
    assert alternates(sheet.values) == {
        lang: f"https://columns.example/{at}/about/"
        for lang, at in [*zip(languages, languages, strict=True), ("x-default", default)]
    }


def test_a_topic_of_all_languages_leads_to_each():
    found = sheets(column(topics=("dns",)), column(lang="en", topics=("dns",)))
    assert alternates(found["en/topics/dns/index.html"]) == {
        "ja": "https://columns.example/ja/topics/dns/",
        "en": "https://columns.example/en/topics/dns/",
        "x-default": "https://columns.example/ja/topics/dns/",
    }
