"""The table of kinds is complete, and its rows are what they say."""

import pytest

from tests.browser.conftest import ROOT
from tests.browser.kinds import ADDRESSES, DESK, KINDS

SHARED_TEMPLATES = {"base", "list"}
ELSEWHERE = {"moved", "newsletter"}  # looked at by test_links and test_subscribing


def test_every_template_has_a_row():
    """A new kind of page is looked at by the browser like any other."""
    folder = ROOT / "theme" / "templates"
    files = (path.relative_to(folder) for path in folder.rglob("*.html"))
    templates = {str(path.with_suffix("")) for path in files if path.parts[0] != "parts"}
    assert templates - SHARED_TEMPLATES - ELSEWHERE == {kind.template for kind in KINDS}


@pytest.mark.parametrize(
    ("page", "what"),
    [
        ("column-ja", "//figure//svg"),
        ("column-ja", "//*[@class='table-scroll']//table"),
        ("column-ja", "//pre/code"),
        ("column-ja", "//a[@class='footnote-ref']"),
        ("column-ja", "//ruby/rt"),
        ("column-ja", "//aside[@id='postscript']"),
        ("column-en", "//figure//svg"),
        ("column-en", "//*[@class='table-scroll']//table"),
        ("column-en", "//pre/code"),
        ("column-en", "//a[@class='footnote-ref']"),
        ("outdated translation-en", "//p[@class='notice']/a[@lang='ja'][@hreflang='ja']"),
        ("home-en", "//main//li//a[@lang='ja']"),
        ("year-en", "//main//li//a[@lang='ja']"),
        ("topic-en", "//main//li//a[@lang='ja']"),
        ("postscripts-ja", "//main//li//a[@lang='en']"),
        ("year of postscripts-en", "//main//li//a[@lang='ja']"),
    ],
)
def test_a_page_of_the_table_holds_what_its_row_stands_for(documents, page, what):
    assert documents[ADDRESSES[page]].xpath(what)


@pytest.mark.parametrize(
    ("address", "status"), [("/ja/about/", 200), ("/ja/no-such-page/", 404), ("/nowhere", 404)]
)
def test_an_address_that_leads_nowhere_answers_404(tab, address, status):
    page = tab(DESK)
    assert status == page.goto(address).status
    assert page.locator("h1").is_visible()
