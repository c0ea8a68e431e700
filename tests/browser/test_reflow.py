"""Nothing scrolls sideways but code and tables, each in its own frame."""

import re

import pytest

from tests.browser.kinds import ADDRESSES, DESK, LANGUAGES, NARROW, PHONE, every_page

# Elements that reach past the screen or lose a part of themselves, frames that scroll left aside.
SPILLED = """() => {
  const edge = document.documentElement.clientWidth;
  const style = (element) => getComputedStyle(element);
  const framed = (element) => {
    for (let up = element.parentElement; up; up = up.parentElement)
      if (/auto|scroll/.test(style(up).overflowX)) return true;
    return false;
  };
  const heardOnly = (element) => element.clientWidth <= 1;
  const field = (element) => element.localName === "input";  // scrolls what is written in it
  const cut = (element) => !heardOnly(element) && !field(element)
    && element.scrollWidth > element.clientWidth + 1
    && /hidden|clip/.test(style(element).overflowX);
  const outside = ({left, right, width}) => width && (right > edge + 1 || left < -1);
  const spilled = [...document.body.querySelectorAll("*")].filter((element) =>
    (outside(element.getBoundingClientRect()) || cut(element))
    && !element.closest("svg *") && !framed(element));
  if (document.scrollingElement.scrollWidth > edge) spilled.unshift(document.documentElement);
  return spilled.map((element) =>
    `${element.localName}.${element.className} ${element.innerText?.slice(0, 30)}`);
}"""

# A sheet that a reader's own settings lay over the page's; a policy has no say in it.
RESTYLE = """(css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}"""

DOUBLE_TEXT = "html { font-size: 212.5% !important }"  # the page's own 106.25 %, twice
WIDE_SPACING = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important } p { margin-block-end: 2em !important }"""


SET = """() => {
  const {fontSize, letterSpacing} = getComputedStyle(document.querySelector("main"));
  return [fontSize, letterSpacing];
}"""


def test_no_page_scrolls_sideways_on_the_narrowest_screen(tab, documents):
    """At 320 px, or 1280 px at 400 %, pages are read by scrolling down (WCAG 1.4.10).

    Every column, whose text is a person's, and one of each other kind.
    """
    page = tab(NARROW)
    spilled = {}
    columns = {address for address in documents if re.fullmatch(r"/\w+/columns/[a-z].*/", address)}
    assert len(columns) > 2 * len(LANGUAGES)
    for address in sorted(columns | set(ADDRESSES.values())):
        page.goto(address, wait_until="domcontentloaded")
        spilled[address] = page.evaluate(SPILLED)
    assert {} == {address: what for address, what in spilled.items() if what}


@every_page
@pytest.mark.parametrize("reader", [PHONE, DESK], ids=["phone", "desk"])
def test_larger_or_wider_text_still_fits(tab, address, reader):
    """Text at 200 % (WCAG 1.4.4) or set wide (WCAG 1.4.12) is all there and scrolls down only."""
    page = tab(reader)
    page.goto(address)
    before = page.evaluate(SET)
    for css in (DOUBLE_TEXT, WIDE_SPACING):
        page.evaluate(RESTYLE, css)
        assert before != page.evaluate(SET)
        assert [] == page.evaluate(SPILLED), css
