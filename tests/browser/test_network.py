"""A page is one request, asks no other host, and its policy refuses what it did not bring.

The status pages alone ask again, for the figures that they show.
"""

import re

from tests.browser.kinds import DESK, IS_STATUS, every_page

RASTER_IMAGE = re.compile(r"^/assets/[^/]+\.(png|jpe?g|webp|gif|avif)$")
# Links that make a browser fetch or connect before anybody clicks.
EAGER_LINKS = """() => [...document.querySelectorAll(
    "link:not([rel=canonical], [rel=alternate], [rel=prev], [rel=next])"
)].map((link) => link.href).filter((href) => !href.startsWith("data:"))"""

FOREIGN = """<p style="color: red" onclick="1">a</p><img alt="" src="http://other.example/a.png">
<iframe title="a" src="http://other.example/"></iframe>"""
# Put HTML into the page; what the policy refused after a moment.
BRING_IN = """async (html) => {
  document.body.insertAdjacentHTML("beforeend", html);
  for (let frames = 60; frames && refused.length < 4; frames--)
    await new Promise(requestAnimationFrame);
  return refused;
}"""


@every_page
def test_a_page_is_one_request(tab, site, hearing, address):
    """All but raster images comes with the page, and nothing comes from elsewhere."""
    page = tab(DESK)
    site.asked.clear()
    with hearing(page, "request") as requests:
        page.goto(address)
        page.evaluate("scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
    asked = [target for target in site.asked if not RASTER_IMAGE.match(target)]
    refreshed = {"/status/status.json"} if IS_STATUS.match(address) else set()
    assert [address] == [target for target in asked if target not in refreshed]
    assert [] == [r.url for r in requests if not r.url.startswith((f"{site.origin}/", "data:"))]
    assert [] == page.evaluate(EAGER_LINKS)


@every_page
def test_a_page_breaks_none_of_its_own_policy(tab, hearing, address):
    """Nothing on a page is refused by the page's policy, and the console stays empty."""
    page = tab(DESK)
    with hearing(page, "console") as messages, hearing(page, "pageerror") as errors:
        page.goto(address)
    assert [] == page.evaluate("refused")
    # Chromium reports the 404 of a page that is a 404.
    assert [] == [m.text for m in messages if m.location["url"] != page.url]
    assert [] == errors


@every_page
def test_a_page_refuses_what_it_did_not_bring(tab, address):
    """A script, a style and an image from another host that slip into a page do nothing."""
    page = tab(DESK)
    page.goto(address)
    refusals = page.evaluate(BRING_IN, FOREIGN)
    directives = {refusal.split(":")[0] for refusal in refusals}
    assert {"style-src-attr", "script-src-attr", "img-src", "frame-src"} == directives
