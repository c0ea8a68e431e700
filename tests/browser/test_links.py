"""No link of the site leads nowhere."""

import re
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from xml.etree import ElementTree

import pytest
from pelican.settings import read_settings

from tests.browser.conftest import ROOT, address_of
from tests.browser.kinds import DESK

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
UNLINKED = re.compile(r"(/\w+)?/404\.html|/index\.\w+\.html")
LINKS = "//@href | //@src | //@cite | //*[name()='use']/@href"


@pytest.fixture(scope="session")
def siteurl():
    """The address that the site calls its own."""
    return read_settings(str(ROOT / "pelicanconf.py"))["SITEURL"]


@pytest.fixture(scope="session")
def places(built, documents):
    """Every address that answers, and the places on it that a fragment may name."""
    files = (path for path in built.rglob("*") if path.is_file())
    found = {address_of(path, built): set() for path in files}
    return found | {address: set(page.xpath("//@id")) for address, page in documents.items()}


def leads_nowhere(target, address, siteurl, places):
    """Tell whether a link of the page at `address` is one of ours and has no such place."""
    there, fragment = urldefrag(urljoin(f"{siteurl}{address}", target))
    if not f"{there}/".startswith(f"{siteurl}/"):
        return False
    path = unquote(urlsplit(there).path) or "/"
    return path not in places or (fragment != "" and unquote(fragment) not in places[path])


def test_no_internal_link_leads_nowhere(documents, places, siteurl):
    """Every address of ours on every page answers, in its final form, and has the place named."""
    broken = {
        address: [
            target
            for target in page.xpath(LINKS)
            if leads_nowhere(target, address, siteurl, places)
        ]
        for address, page in documents.items()
    }
    assert {} == {address: targets for address, targets in broken.items() if targets}


def test_the_sitemap_leads_to_pages(built, places, siteurl):
    tree = ElementTree.parse(built / "sitemap.xml")
    listed = [place.text for place in tree.iter(f"{SITEMAP}loc")]
    listed += [link.get("href") for link in tree.iter("{http://www.w3.org/1999/xhtml}link")]
    assert len(listed) > 100
    assert [] == [target for target in listed if leads_nowhere(target, "/", siteurl, places)]
    assert all(target.startswith(f"{siteurl}/") for target in listed)


def test_every_page_can_be_reached_from_the_front_door(documents, siteurl):
    """A reader who only clicks finds every page but the 404s, and the front door's other forms."""
    reached, ahead = set(), ["/"]
    while ahead:
        address = ahead.pop()
        if address in reached or address not in documents:
            continue
        reached.add(address)
        links = documents[address].xpath("//body//a/@href")
        ahead += [urlsplit(urljoin(f"{siteurl}{address}", link)).path for link in links]
    unlinked = {address for address in documents if not UNLINKED.fullmatch(address)}
    assert set() == unlinked - reached


def test_an_old_address_leads_on(tab):
    """Without script, and without a way back into the old page."""
    page = tab(DESK)
    page.goto("/en/2014/apcn2.html")
    page.wait_for_url("**/en/columns/cable-fault/")


def test_a_broken_link_is_found(places, siteurl):
    """The check itself tells what is there from what is not."""
    address = "/ja/columns/one-percent/"
    good = ["#postscript", "/en/", "/ja/columns/night-backup/#postscript", f"{siteurl}/ja/", "../",
            "https://elsewhere.example/x", "mailto:a@elsewhere.example"]  # fmt: skip
    bad = ["#nowhere", "/en", "/en/nowhere/", "/ja/#nowhere", f"{siteurl}/nowhere/", "../nowhere"]
    assert bad == [
        target for target in good + bad if leads_nowhere(target, address, siteurl, places)
    ]
