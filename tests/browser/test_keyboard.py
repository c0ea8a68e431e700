"""The keyboard alone is enough."""

from tests.browser.kinds import ADDRESSES, NARROW, STILL, every_page

# What the Tab key has to reach, in the order of the text, and how it looks before.
NOTE_STOPS = """() => {
  const looks = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "backgroundColor",
    "borderColor", "color", "textDecoration"];
  window.look = (element) => looks.map((name) => getComputedStyle(element)[name]).join(" ");
  window.stops = [...document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex^='-'])"
  )].filter((element) => element.checkVisibility({visibilityProperty: true}));
  window.before = stops.map(look);
  return stops.map((element) => element.outerHTML.slice(0, 80));
}"""

# Where the focus is, whether it shows, and whether the reader sees it.
FOCUSED = """() => {
  const element = document.activeElement, at = stops.indexOf(element);
  const {top, bottom} = element.getBoundingClientRect();
  return {
    what: element.outerHTML.slice(0, 80),
    shows: look(element) !== before[at],
    on_screen: bottom > 0 && top < innerHeight,
  };
}"""

SCROLLERS = """() => [...document.querySelectorAll("main *")].filter((element) =>
  /auto|scroll/.test(getComputedStyle(element).overflowX)
  && element.scrollWidth > element.clientWidth
).map((element, at) => {
  element.dataset.at = at;
  return element.outerHTML.slice(0, 60);
})"""

# How far a frame has scrolled after a moment.
SCROLLED_TO = """async (element) => {
  for (let frames = 60; frames && !element.scrollLeft; frames--)
    await new Promise(requestAnimationFrame);
  return element.scrollLeft;
}"""


@every_page
def test_tab_reaches_everything_in_order_and_shows_where_it_is(tab, address):
    """Every link and every frame that scrolls is one stop, in the order of the text, in sight."""
    page = tab(STILL)
    page.goto(address)
    stops = page.evaluate(NOTE_STOPS)
    walked = []
    for _ in stops:
        page.keyboard.press("Tab")
        walked.append(page.evaluate(FOCUSED))
    assert stops == [stop["what"] for stop in walked]
    assert [] == [stop["what"] for stop in walked if not stop["shows"]]
    assert [] == [stop["what"] for stop in walked if not stop["on_screen"]]


@every_page
def test_the_first_stop_skips_to_the_content(tab, phrases, address):
    """Tab, Enter, Tab: past the navigation, on the first link of the text."""
    page = tab(STILL)
    page.goto(address)
    if page.locator("header, nav").count() == 0:
        assert page.locator("main a").count()  # nothing stands before the content
        return
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    lang = page.locator("html").get_attribute("lang")
    assert phrases[lang]["nav"]["skip"] == skip.inner_text()
    box = skip.bounding_box()
    assert min(box["x"], box["y"]) >= 0
    page.keyboard.press("Enter")
    assert "main" == page.evaluate("document.activeElement.id")
    page.keyboard.press("Tab")
    first = "main :is(a[href], input, button, [tabindex='0']), main ~ * a[href]"
    assert page.locator(first).first.evaluate("(element) => element === document.activeElement")


def test_code_and_tables_scroll_by_keyboard(tab):
    """What scrolls sideways takes the focus in every browser, and the arrow keys move it."""
    page = tab(NARROW)
    seen = set()
    for name in ("column-ja", "column-en", "column in one language-en"):
        page.goto(ADDRESSES[name])
        for at, what in enumerate(page.evaluate(SCROLLERS)):
            frame = page.locator(f"[data-at='{at}']")
            # Chromium and Firefox let any such frame take the focus; Safari wants the attribute.
            assert "0" == frame.get_attribute("tabindex"), f"{name}: {what}"
            frame.focus()
            page.keyboard.press("ArrowRight")
            assert frame.evaluate(SCROLLED_TO), f"{name}: {what}"
            seen.add(frame.evaluate("(element) => element.localName"))
    assert {"pre", "div"} == seen
