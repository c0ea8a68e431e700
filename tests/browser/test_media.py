"""What a reader's machine asks for: less motion, paper."""

import pytest

from tests.browser.kinds import ADDRESSES, DESK, PAPER, STILL, every_page

MOVING = """() => [document.documentElement, ...document.body.querySelectorAll("*")].filter((e) => {
  const {scrollBehavior, animationName, transitionDuration} = getComputedStyle(e);
  return scrollBehavior === "smooth" || animationName !== "none"
    || !/^0s(, 0s)*$/.test(transitionDuration);
}).map((element) => element.localName)"""

# Of a printed page: what is pressed and yet shows, how light the paper is, how light the words.
PRINTED = """() => {
  const lightness = (element, property) => {
    const [r, g, b] = getComputedStyle(element)[property].match(/[\\d.]+/g).map(Number);
    return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
  };
  const all = (selector) => [...document.querySelectorAll(selector)];
  return {
    pressed: all("nav, .skip").filter((e) => e.checkVisibility()).map((e) => e.className),
    paper: lightness(document.body, "backgroundColor"),
    words: Math.max(...all("h1, main :is(p, li, td, a)").map((e) => lightness(e, "color"))),
  };
}"""


@every_page
def test_nothing_moves_for_those_who_ask_for_it(tab, address):
    """Reduced motion leaves no smooth scrolling, animation or transition."""
    page = tab(STILL)
    page.goto(address)
    assert [] == page.evaluate(MOVING)


def test_the_page_sees_motion_where_it_is_welcome(tab):
    page = tab(DESK)
    page.goto("/en/")
    assert ["html"] == page.evaluate(MOVING)


@every_page
def test_print_leaves_the_navigation_out(tab, address):
    """On paper there is nothing to press: the text stands alone, black on white."""
    page = tab(PAPER)
    page.goto(address)
    assert page.locator("h1").is_visible()
    printed = page.evaluate(PRINTED)
    assert [] == printed["pressed"]
    assert printed["words"] < 0.5 < 0.95 < printed["paper"]


@pytest.mark.parametrize("name", ["column-ja", "column-en"])
def test_print_keeps_the_whole_column(tab, name):
    """Title, byline, text, figure, table, footnotes and postscript are printed."""
    page = tab(PAPER)
    page.goto(ADDRESSES[name])
    parts = "h1, .byline, .prose > *, .postscript, .prose svg, .prose td, .footnote li"
    hidden = [part for part in page.locator(parts).all() if not part.is_visible()]
    assert [] == [part.evaluate("(e) => e.outerHTML.slice(0, 80)") for part in hidden]
