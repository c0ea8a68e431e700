"""The HTML part of a mail as a mailbox on a phone shows it, by day and by night."""

import json

import pytest

from tests.browser.kinds import Reader
from tests.browser.test_axe import violations

NARROW_MAILBOX = Reader(width=400)
NIGHT = Reader(width=400, scheme="dark")
SLUGS = ("one-percent", "two-resolvers", "cable-fault")

every_mail = pytest.mark.parametrize(
    ("slug", "lang"), [(slug, lang) for slug in SLUGS for lang in ("ja", "en")]
)


@pytest.fixture
def mail(built, tab):
    """Open the HTML part of a column's mail as it is sent, and return its page."""

    def mail(slug, lang, reader):
        edition = json.loads((built / lang / "columns" / slug / "edition.json").read_text("utf-8"))
        page = tab(reader)
        page.goto("about:blank")
        page.set_content(edition["html"])
        return page

    return mail


def lightness(page, what):
    """Return the sum of a colour's parts, 0 for black and 765 for white."""
    colour = page.evaluate(f"getComputedStyle(document.body).{what}")
    return sum(int(part) for part in colour.removeprefix("rgb(").rstrip(")").split(","))


@every_mail
def test_it_fits_a_phone_and_can_be_read_by_day_and_by_night(mail, slug, lang):
    for reader, is_light in ((NARROW_MAILBOX, True), (NIGHT, False)):
        page = mail(slug, lang, reader)
        assert 400 == page.evaluate("document.documentElement.scrollWidth")
        assert is_light == (lightness(page, "backgroundColor") > lightness(page, "color"))
        assert [] == violations(page)


@every_mail
def test_nothing_is_asked_of_anybody(mail, hearing, tab, slug, lang):
    with hearing(tab(NARROW_MAILBOX), "request") as asked:
        mail(slug, lang, NARROW_MAILBOX)
    assert [] == [request.url for request in asked if request.url != "about:blank"]


def test_the_preheader_is_there_and_not_seen(mail):
    page = mail("one-percent", "ja", NARROW_MAILBOX)
    preheader = page.locator(".preheader")
    assert preheader.text_content() != ""
    assert not preheader.is_visible()


def test_a_style_in_the_head_that_a_client_drops_costs_the_night_only(mail):
    """Without any style element the mail still has its face, its measure and its colours."""
    page = mail("one-percent", "ja", NARROW_MAILBOX)
    page.evaluate("document.querySelectorAll('style').forEach((style) => style.remove())")
    assert lightness(page, "backgroundColor") > 700
    assert "16px" == page.evaluate("getComputedStyle(document.body).fontSize")
    assert [] == violations(page)
