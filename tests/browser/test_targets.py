"""Whatever is pressed is large enough for a finger."""

from tests.browser.kinds import DESK, PHONE, every_page

# Below 24 by 24 px, and no part of a sentence: WCAG 2.2, 2.5.8. A link over several lines is
# as large as its largest piece; padding counts, for it is pressed as well.
SMALL = """() => {
  const block = (element) => {
    let up = element.parentElement;
    while (getComputedStyle(up).display.startsWith("inline")) up = up.parentElement;
    return up;
  };
  const words = (text) => text.replace(/[\\p{P}\\p{S}\\s]/gu, "");
  const in_sentence = (link) => {
    if (getComputedStyle(link).display !== "inline") return false;
    const around = block(link).cloneNode(true);
    around.querySelectorAll("a").forEach((other) => other.remove());
    return words(around.textContent) !== "";
  };
  const small = (link) => ![...link.getClientRects()].some(
    ({width, height}) => width >= 24 && height >= 24);
  return [...document.querySelectorAll("a[href], button, summary, input, select")]
    .filter((link) => link.checkVisibility() && small(link) && !in_sentence(link))
    .map((link) => {
      const {width, height} = link.getBoundingClientRect();
      return `${link.outerHTML.slice(0, 90)} ${width.toFixed(1)} × ${height.toFixed(1)} px`;
    });
}"""


@every_page
def test_targets_are_24_px(tab, address):
    """Every link outside a sentence can be hit, on a phone and with an unsteady mouse."""
    for reader in (PHONE, DESK):
        page = tab(reader)
        page.goto(address)
        assert [] == page.evaluate(SMALL)
