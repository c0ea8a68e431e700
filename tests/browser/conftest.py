"""A real browser on the real site: one build and one server for each worker.

Playwright keeps an event loop running in the thread that it was started from, where no other
test could start its own. So a browser ends with the module that asked for it.
"""

import functools
import os
import shutil
import subprocess
import sys
import threading
import tomllib
from contextlib import contextmanager
from pathlib import Path

import pytest
from lxml import html
from playwright.sync_api import sync_playwright

from tests.browser.kinds import LANGUAGES
from tests.browser.server import SiteServer

ROOT = Path(__file__).parents[2]

# The browser reaches nothing but the server, even if a page asks for it.
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
HEIGHT = 900
PATIENCE_MS = 10_000

# What the page's own policy refused, from before its first byte.
NOTE_REFUSALS = """
window.refused = [];
addEventListener("securitypolicyviolation", (event) =>
  window.refused.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`));
"""


@pytest.fixture(scope="session")
def need():
    """Return a tool that is there; one that is missing skips the test, and fails it in CI."""

    def need(what: str, found: str | Path | None, cure: str) -> str:
        if not found:
            stop = pytest.fail if os.environ.get("CI") else pytest.skip
            stop(f"{what} is not installed: {cure}")
        return str(found)

    return need


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The folder of the site, built once."""
    folder = tmp_path_factory.mktemp("built")
    done = subprocess.run(  # noqa: S603 - the command is ours
        [sys.executable, "-m", "pelican", "content", "-s", "pelicanconf.py", "-o", str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def documents(built):
    """Every HTML page that a reader can stay on, parsed, by address."""
    parser = html.HTMLParser(encoding="utf-8")
    files = sorted(built.rglob("*.html"))
    pages = {address_of(path, built): html.parse(path, parser).getroot() for path in files}
    leads_on = "//meta[@http-equiv='refresh']"
    return {address: page for address, page in pages.items() if not page.xpath(leads_on)}


@pytest.fixture(scope="session")
def phrases():
    """The words of the user interface, by language."""
    strings = ROOT / "theme" / "strings"
    return {lang: tomllib.loads((strings / f"{lang}.toml").read_text()) for lang in LANGUAGES}


@pytest.fixture(scope="session")
def site(built):
    """The site on loopback."""
    with SiteServer(built) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser(need):
    executable = need("Chromium", shutil.which("chromium"), "apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def tab(browser, site):
    """The tab of a reader, opened at first use; addresses are the site's."""

    @functools.cache
    def tab(reader):
        context = browser.new_context(
            base_url=site.origin,
            viewport={"width": reader.width, "height": HEIGHT},
            color_scheme=reader.scheme,
            reduced_motion=reader.motion,
            java_script_enabled=reader.scripts,
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(NOTE_REFUSALS)
        page = context.new_page()
        page.emulate_media(media=reader.media)
        return page

    return tab


@pytest.fixture
def hearing():
    """Collect what a page says of one kind of event while it is open."""

    @contextmanager
    def hearing(page, event):
        heard = []

        def hear(said):  # a built-in method is no handler to Playwright
            heard.append(said)

        page.on(event, hear)
        yield heard
        page.remove_listener(event, hear)

    return hearing


def address_of(path: Path, root: Path) -> str:
    """Return the address at which a built file is read."""
    return "/" + path.relative_to(root).as_posix().removesuffix("index.html")
