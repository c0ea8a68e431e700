"""The real content as readers get it: small, whole, and from one host."""

import re
from datetime import UTC, datetime
from statistics import median
from xml.etree import ElementTree as etree

import pytest

import pelicanconf
from columns.source import place_of, read
from lint.files import paths_below
from lint.model import Content
from lint.run import rules_of
from publishconf import SITEURL
from publishing.compression import ENCODINGS
from publishing.receipt import budget_of
from tests.site.conftest import ROOT, Site
from typesetting.markdown import Typesetter

TYPICAL_BYTES = 6_000
NOW = 1_795_000_000
SAMPLE_STATUS_BYTES, STATUS_BYTES = 15_000, 50_000


def over_the_wire(page):
    """How many bytes the web server sends."""
    return len(ENCODINGS[".br"](page.encode()))


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """The site of this repository, built for the public."""
    site = Site(tmp_path_factory.mktemp("real"))
    done = site.build(public=True, PATH=str(ROOT / "content"), now=str(NOW))
    assert (done.returncode, done.stderr) == (0, "")
    return site


@pytest.fixture(scope="module")
def html(real):
    """Every page of the real site by its path."""
    return {path: data.decode() for path, data in real.output().items() if path.endswith(".html")}


@pytest.fixture(scope="module")
def column_bytes(html):
    """The size of every column's page over the wire, with brotli 11."""
    columns = {path: text for path, text in html.items() if "/columns/" in path}
    return {path: over_the_wire(text) for path, text in columns.items() if budget_of(path)}


def test_every_column_is_light(column_bytes):
    """13,000 bytes with brotli is what one request over a bad line can carry."""
    heavy = {path: size for path, size in column_bytes.items() if size > budget_of(path)}
    assert heavy == {}


def test_a_typical_column_is_lighter_still(column_bytes):
    sizes = sorted(column_bytes.items(), key=lambda item: item[1])
    assert median(column_bytes.values()) < TYPICAL_BYTES, sizes


def test_the_status_of_eight_routes_is_light(html):
    """15,000 bytes with brotli for the overview, 50,000 for all that a route's page draws."""
    sizes = {
        path: over_the_wire(text) for path, text in html.items() if re.match(r"\w+/status/", path)
    }
    limits = {path: SAMPLE_STATUS_BYTES if path.count("/") == 2 else STATUS_BYTES for path in sizes}
    assert {"ja/status/index.html", "en/status/index.html"} <= sizes.keys()
    assert {} == {path: size for path, size in sizes.items() if size > limits[path]}


def test_there_are_columns_enough_of_real_length(html):
    """At least twelve columns, most in both languages, each with a postscript."""
    slugs = {path.split("/")[2] for path in html if re.match(r"\w+/columns/[a-z]", path)}
    assert len(slugs - {"index.html"}) >= 12


def test_json_ld_is_the_only_script_but_on_the_status_pages(html):
    scripts = {
        tag
        for path, text in html.items()
        if not re.match(r"\w+/status/", path)
        for tag in re.findall(r"<script[^>]*>", text)
    }
    assert {tag.replace('"', "") for tag in scripts} == {"<script type=application/ld+json>"}


def test_nothing_is_styled_in_place(html):
    """A strict policy blocks `style=`; so no page may have one."""
    assert [path for path, text in html.items() if re.search(r"<[^>]+\sstyle=", text)] == []


def test_nothing_is_asked_of_another_host(html):
    """Only a link that a reader follows may lead away; nothing is loaded from elsewhere."""
    loads = re.compile(
        r'<(?!a\b|link\b|meta\b)[^>]+(?:src|href|action|data|poster|srcset)="?https?:'
    )
    assert [path for path, text in html.items() if loads.search(text)] == []
    for text in html.values():
        for link in re.findall(r"<link[^>]+>", text):
            assert re.search(
                r'rel="?(canonical|alternate)\b', link
            ) or "href=data:" in link.replace('"', "")


def test_the_policy_comes_before_the_style_it_allows(html):
    for path, text in html.items():
        policy, style = text.find("Content-Security-Policy"), text.find("<style>")
        assert 0 < policy < style, path
        assert "unsafe-" not in text[policy:style]


def test_every_column_has_its_postscript_at_its_address(html, column_bytes):
    assert [path for path in column_bytes if not re.search(r'id="?postscript\b', html[path])] == []


@pytest.mark.parametrize("kind", ["<table", "<pre", 'class="?footnote', "<ruby", "<figure", "<svg"])
def test_the_columns_show_what_columns_can_hold(html, column_bytes, kind):
    assert any(re.search(kind, html[path]) for path in column_bytes)


def test_a_text_may_link_to_what_the_site_has(real):
    """From the sources alone the lint knows every page and feed, and nothing that is none."""
    content = ROOT / "content"
    settings = vars(pelicanconf) | {"PATH": str(content), "NOW": datetime.fromtimestamp(NOW, UTC)}
    rules = rules_of(settings | {"TYPESETTER": Typesetter(settings["MARKDOWN"])})
    paths = (path for path in paths_below(content) if place_of(path))
    sources = tuple(read(content, path) for path in paths)
    offered = Content(content, sources, rules.addresses).addresses()
    served = {f"/{path.removesuffix('index.html')}" for path in real.output()}
    assert set() == offered - served
    followed = re.compile(r".*(?:/|\.html|/feed\.[a-z]+|\.opml)")
    assert set() == {address for address in served if followed.fullmatch(address)} - offered


def test_the_sitemap_leads_readers_of_every_language_to_pages_that_exist(real):
    """Each page has a version for readers of any other language, x-default."""
    served, xhtml = real.output(), "{http://www.w3.org/1999/xhtml}link"
    for url in etree.fromstring(served["sitemap.xml"]):
        links = {link.get("hreflang"): link.get("href") for link in url.iter(xhtml)}
        assert "x-default" in links, url[0].text
        paths = {path.removeprefix(SITEURL) + "index.html" for path in links.values()}
        assert set() == {path.lstrip("/") for path in paths} - served.keys()


def test_robots_are_welcome_in_public(real):
    assert b"Allow: /\n" in real.output()["robots.txt"]
