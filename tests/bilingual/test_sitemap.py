"""The sitemap lists each page with all its languages."""

from xml.etree import ElementTree as etree

from bilingual.model import Head
from bilingual.sitemap import robots, sitemap
from feeds.model import Alternate
from tests.builders import japan

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def test_a_page_lists_itself_every_alternate_and_x_default():
    both = (Alternate("ja", "https://x/ja/"), Alternate("en", "https://x/en/"))
    head = Head("t", "d", "https://x/ja/", (*both, Alternate("x-default", "https://x/ja/")))
    root = etree.fromstring(sitemap([head]))
    links = [dict(link.attrib) for link in root.findall("s:url/x:link", NAMES)]
    assert links == [
        {"rel": "alternate", "hreflang": "ja", "href": "https://x/ja/"},
        {"rel": "alternate", "hreflang": "en", "href": "https://x/en/"},
        {"rel": "alternate", "hreflang": "x-default", "href": "https://x/ja/"},
    ]


def test_dates_come_from_the_content_or_are_left_out():
    dated = Head("t", "d", "https://x/a", updated=japan(2014, 3, 24, 9))
    root = etree.fromstring(sitemap([dated, Head("t", "d", "https://x/b")]))
    assert [e.text for e in root.findall("s:url/s:lastmod", NAMES)] == ["2014-03-24T09:00+09:00"]


def test_the_order_of_pages_does_not_matter():
    heads = [Head("t", "d", f"https://x/{name}") for name in "ab"]
    assert sitemap(heads) == sitemap(reversed(heads))


def test_a_site_that_is_not_public_sends_crawlers_away():
    assert b"Disallow: /\n" in robots("https://x/sitemap.xml", public=False)
    assert b"Allow: /\n" in robots("https://x/sitemap.xml", public=True)
    assert b"Sitemap: https://x/sitemap.xml\n" in robots("https://x/sitemap.xml", public=True)
