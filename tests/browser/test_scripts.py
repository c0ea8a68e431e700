"""A page reads without script, because it has none; the status pages refresh themselves."""

from tests.browser.kinds import DESK, IS_STATUS, SCRIPTLESS, every_page


@every_page
def test_a_page_reads_the_same_without_script(tab, address):
    with_scripts, without = tab(DESK), tab(SCRIPTLESS)
    without.goto(address)
    if not IS_STATUS.match(address):
        with_scripts.goto(address)
        assert with_scripts.locator("body").inner_text() == without.locator("body").inner_text()
    assert len(without.locator("main").inner_text()) > 20


def test_no_page_holds_a_script(documents):
    """JSON-LD, which no browser runs, is the only script element of the site."""
    active = "//script[not(@type='application/ld+json')] | //@*[starts-with(name(), 'on')]"
    links = "//@*[starts-with(normalize-space(.), 'javascript:')]"
    found = {
        address: page.xpath(f"{active} | {links}")
        for address, page in documents.items()
        if not IS_STATUS.match(address)
    }
    assert {} == {address: what for address, what in found.items() if what}
