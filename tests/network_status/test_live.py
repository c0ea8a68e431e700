"""A reader leaves the page open: it refreshes itself, and no state outlives its time.

The browser's clock is the test's, so that minutes pass at once.
"""

import os
import shutil
import threading
from email.utils import formatdate
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from playwright.sync_api import sync_playwright

from network_status.documents import encode, status_document
from network_status.edition import script_of
from network_status.pages import Pages
from press.printing import print_sheet
from press.styles import Styles, source_hash
from tests.browser.test_axe import violations_by_night_and_day
from tests.builders import ROOT, binder
from tests.network_status.pictures import NOW, PAGE, all_words, lost, network, picture, route

CLEAN = (0,) * 12
OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
THEME = ROOT / "theme"
NOTE_REFUSALS = """addEventListener("securitypolicyviolation", (event) =>
  refuse(`${event.effectiveDirective}: ${event.blockedURI}`));"""
STATES = "[...document.querySelectorAll('.status-state[data-live]')].map(e => e.dataset.state)"


class Site(ThreadingHTTPServer):
    """Serves a folder; `now` is its clock, and `down` makes every answer an error.

    From `stored` on a cache stands before it, which answers with what it had at that time.
    """

    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        self.now, self.down = NOW, False
        self.stored, self.tells_age = None, True
        self.origin = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_):
        """Say nothing of a page that closes before its answer has come."""


class Handler(SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.server.down:
            self.send_error(503)
        else:
            super().do_GET()

    def date_time_string(self, timestamp=None):
        made = self.server.now if self.server.stored is None else self.server.stored
        return formatdate(made if timestamp is None else timestamp, usegmt=True)

    def end_headers(self):
        if self.server.stored is not None and self.server.tells_age:
            self.send_header("Age", str(self.server.now - self.server.stored))
        super().end_headers()

    def log_message(self, *_):
        """Say nothing: the tests do."""


@pytest.fixture(scope="module")
def browser():
    executable = shutil.which("chromium")
    if not executable:
        stop = pytest.fail if os.environ.get("CI") else pytest.skip
        stop("Chromium is not installed: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def site(tmp_path):
    publish(tmp_path, picture())
    with Site(tmp_path) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        server.folder = tmp_path
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def open_page(browser, site):
    """Open the overview in English on a device whose clock is so many seconds off.

    What the page's own policy refuses fails the test.
    """
    contexts, refused = [], []

    def open_page(path="/en/status/", off=0, **options):
        context = browser.new_context(base_url=site.origin, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.faults = []
        page.on("pageerror", lambda fault: page.faults.append(fault))  # a builtin is no handler
        page.expose_function("refuse", lambda what: refused.append(what))
        page.add_init_script(NOTE_REFUSALS)
        page.clock.install(time=site.now + off)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [] == refused


def publish(folder: Path, of):
    """Write the pages and the document of a picture as a build does."""
    loader = FileSystemLoader(THEME / "templates")
    templates = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    styles = Styles(THEME / "static" / "css")
    for sheet in Pages(of, all_words(), binder(), {}, {}, script_of(THEME)).sheets():
        text = templates.get_template(f"{sheet.template}.html").render(sheet.values)
        file = folder / sheet.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(print_sheet(text, styles, tuple(map(source_hash, sheet.scripts))))
    publish_document(folder, of)


def publish_document(folder: Path, of, network=None):
    (folder / "status").mkdir(exist_ok=True)
    document = encode(status_document(of, all_words(network), PAGE))
    (folder / "status" / "status.json").write_bytes(document)


def at(minutes, *counts):
    """The picture so many minutes later."""
    now = NOW + 60 * minutes
    own = [bin_._replace(start=bin_.start + 60 * minutes) for bin_ in lost(*counts)]
    return picture({"tokyo-shanghai": own}, now=now)


def pass_time(page, site, minutes):
    """Minute by minute, and the server's never before the page's: its time would be of later."""
    for _ in range(minutes):
        page.clock.run_for(60_000)
        site.now += 60


def shows(page, state):
    """Wait until every state of the page is this one."""
    page.wait_for_function(f"() => ({STATES}).every(s => s === '{state}')")


def test_a_page_turns_degraded_without_being_loaded_again(site, open_page):
    page = open_page()
    shows(page, "operational")
    publish_document(site.folder, at(5, *CLEAN, 12, 12, 12))
    pass_time(page, site, 5)
    shows(page, "degraded")
    assert "Some routes are degraded" == page.text_content("#headline")
    assert "3.0% (36 of 1,200)" == page.text_content("#r-tokyo-shanghai-hour")
    assert [] == page.faults


def test_a_page_that_nobody_refreshes_turns_unknown_when_its_time_has_passed(site, open_page):
    page = open_page()
    pass_time(page, site, 14)
    shows(page, "operational")
    pass_time(page, site, 2)
    shows(page, "unknown")
    assert "expired" in page.text_content("#headline")
    assert "Unknown (no fresh measurements)" == page.text_content("#r-tokyo-shanghai")
    since = "since 21 June 2024, 09:15 in Japan (UTC+9), 08:15 in China (UTC+8)"
    assert since == page.text_content("#since")


def test_a_diagnosis_ends_with_the_state_that_it_explains(site, open_page):
    page = open_page("/en/status/tokyo-shanghai/")
    pass_time(page, site, 16)
    shows(page, "unknown")
    assert page.text_content("#r-tokyo-shanghai-why").startswith("No fresh measurements arrive")
    publish_document(site.folder, at(15, *CLEAN))
    pass_time(page, site, 1)
    shows(page, "operational")
    assert "No fresh" not in page.text_content("#r-tokyo-shanghai-why")


def test_when_the_link_is_gone_the_page_says_so_and_keeps_figures_with_their_time(site, open_page):
    page = open_page()
    page.wait_for_function("() => document.getElementById('refresh').textContent")
    figures = page.text_content("#r-tokyo-shanghai-hour")
    site.down = True
    pass_time(page, site, 1)
    page.wait_for_function(
        "() => document.getElementById('refresh').textContent.includes('cannot')"
    )
    assert "21 June 2024, 09:00 in Japan (UTC+9)" in page.text_content("#refresh")
    assert figures == page.text_content("#r-tokyo-shanghai-hour")
    shows(page, "operational")
    pass_time(page, site, 15)
    shows(page, "unknown")


def test_a_page_recovers_when_the_link_is_back(site, open_page):
    page = open_page()
    site.down = True
    pass_time(page, site, 16)
    shows(page, "unknown")
    site.down = False
    publish_document(site.folder, at(15, *CLEAN))
    pass_time(page, site, 1)
    shows(page, "operational")
    page.wait_for_function(
        "() => document.getElementById('refresh').textContent.includes('every minute')"
    )


def test_a_device_without_network_keeps_figures_until_their_time_has_passed(site, open_page):
    page = open_page()
    shows(page, "operational")
    page.context.set_offline(True)
    pass_time(page, site, 1)
    page.wait_for_function(
        "() => document.getElementById('refresh').textContent.includes('cannot')"
    )
    shows(page, "operational")
    pass_time(page, site, 15)
    shows(page, "unknown")
    assert [] == page.faults


@pytest.mark.parametrize(
    ("state", "lost_of_100"),
    [("outage", (100, 100)), ("degraded", (12, 12, 12)), ("unknown", (None, None, None))],
    ids=["outage", "degraded", "unknown"],
)
def test_axe_finds_no_violation_whatever_the_state(site, open_page, state, lost_of_100):
    """Bad news are as readable as good ones, before and after a refresh, by day and by night."""
    page = open_page()
    publish_document(site.folder, at(5, *CLEAN, *lost_of_100))
    pass_time(page, site, 5)
    shows(page, state)
    assert ([], []) == violations_by_night_and_day(page)
    publish(site.folder, at(5, *CLEAN, *lost_of_100))
    page.goto("/ja/status/tokyo-shanghai/")
    shows(page, state)
    assert ([], []) == violations_by_night_and_day(page)


@pytest.mark.parametrize("off", [-3600, 3600], ids=["an hour slow", "an hour fast"])
def test_the_servers_clock_counts_not_the_devices(site, open_page, off):
    page = open_page(off=off)
    page.wait_for_function("() => document.getElementById('refresh').textContent")
    shows(page, "operational")
    pass_time(page, site, 16)
    shows(page, "unknown")


@pytest.mark.parametrize("tells_age", [True, False], ids=["Age", "no Age"])
@pytest.mark.parametrize("off", [-7200, 0], ids=["two hours slow", "right"])
def test_what_a_cache_has_stored_keeps_no_page_green(site, open_page, off, tells_age):
    """Its date is that of what it stored, and stands still."""
    page = open_page(off=off)
    shows(page, "operational")
    pass_time(page, site, 1)
    site.stored, site.tells_age = site.now, tells_age
    pass_time(page, site, 16)
    page.wait_for_timeout(100)
    pass_time(page, site, 1)
    shows(page, "unknown")


def test_a_page_from_a_cache_is_as_old_as_the_cache_says(site, open_page):
    site.stored = site.now
    site.now += 3600
    page = open_page(off=-7200)
    shows(page, "unknown")


@pytest.mark.parametrize("path", ["/en/status/", "/en/status/tokyo-shanghai/"])
@pytest.mark.parametrize("counts", [(0, 0, 0), (100, 100, 100)], ids=["operational", "outage"])
def test_a_route_that_is_taken_away_becomes_unknown_on_a_page_left_open(
    site, open_page, path, counts
):
    """As does one that has got another id."""
    publish(site.folder, at(0, *CLEAN, *counts))
    page = open_page(path)
    page.wait_for_function("() => document.getElementById('refresh').textContent")
    renamed = network(route("dalian-tokyo", group="east"))
    later = [bin_._replace(start=bin_.start + 300) for bin_ in lost(*CLEAN)]
    publish_document(
        site.folder, picture({"dalian-tokyo": later}, of=renamed, now=NOW + 300), renamed
    )
    pass_time(page, site, 5)
    page.wait_for_function(
        "() => document.querySelector('#r-tokyo-shanghai').dataset.state === 'unknown'"
    )
    assert page.text_content("#r-tokyo-shanghai").startswith("Unknown")
    assert [] == page.faults


def test_an_older_document_changes_nothing(site, open_page):
    page = open_page()
    older = at(-60, *CLEAN, 100, 100)
    publish_document(site.folder, older)
    pass_time(page, site, 2)
    shows(page, "operational")


def test_a_broken_document_changes_nothing_and_is_told(site, open_page):
    page = open_page()
    (site.folder / "status" / "status.json").write_text("<html>sign in</html>")
    pass_time(page, site, 1)
    page.wait_for_function(
        "() => document.getElementById('refresh').textContent.includes('cannot')"
    )
    shows(page, "operational")
    assert [] == page.faults


def test_a_routes_own_page_refreshes_as_well(site, open_page):
    page = open_page("/ja/status/tokyo-shanghai/")
    publish_document(site.folder, at(5, *CLEAN, 100, 100))
    pass_time(page, site, 5)
    shows(page, "outage")
    assert "不通" == page.text_content("#r-tokyo-shanghai")


def test_without_script_the_page_is_whole_and_promises_no_refresh(open_page):
    page = open_page(java_script_enabled=False)
    assert "All key routes are operational" == page.text_content("#headline")
    assert "valid until 21 June 2024, 09:15 in Japan" in page.text_content("#valid")
    assert not page.is_visible("#refresh")


def test_the_script_stays_small():
    import brotli

    assert len(brotli.compress(script_of(THEME).encode(), quality=11)) <= 2000
