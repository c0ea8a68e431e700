"""Every kind of page, on a phone and a desktop, light and dark, passes axe."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.kinds import DESK, PHONE, every_page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"resultTypes": ["violations"], "runOnly": TAGS}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""The rules about what differs between day and night."""


def violations(page, **options):
    """Return what axe finds: rule, place and cure, one line for each element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("(options) => axe.run(options)", OPTIONS | options)["violations"]
    return [
        f"{violation['id']} at {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]


def violations_by_night_and_day(page):
    """Return what axe finds in the dark, where only colours differ, and then by day."""
    page.emulate_media(color_scheme="dark")
    by_night = violations(page, runOnly=COLOURS)
    page.emulate_media(color_scheme="light")
    return by_night, violations(page)


@every_page
@pytest.mark.parametrize("reader", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_no_violation(tab, address, reader):
    """WCAG 2.2 AA and axe's best practices hold on every page, by day and by night."""
    page = tab(reader)
    page.goto(address)
    assert ([], []) == violations_by_night_and_day(page)


def test_axe_finds_what_is_broken(tab):
    """The check sees a page without a language, and text too pale to read."""
    page = tab(DESK)
    page.goto("/en/about/")
    page.evaluate("""() => {
        document.documentElement.removeAttribute("lang");
        document.querySelector("h1").style.color = "#eee";
    }""")
    found = " ".join(violations(page))
    assert "html-has-lang at html" in found
    assert "color-contrast at h1" in found
