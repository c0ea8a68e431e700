"""`sitemap.xml` and `robots.txt`, from the heads of the pages themselves."""

from collections.abc import Iterable
from xml.etree import ElementTree as etree

from bilingual.model import Head

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"


def sitemap(heads: Iterable[Head]) -> bytes:
    """Return the sitemap: each page with every language's address, its own included.

    The format is that of sitemaps.org 0.9 with the xhtml:link alternates that search
    engines read. Dates come from the content; pages without one carry none.
    """
    etree.register_namespace("", _SITEMAP)
    etree.register_namespace("xhtml", _XHTML)
    root = etree.Element(f"{{{_SITEMAP}}}urlset")
    for head in sorted(heads, key=lambda head: head.canonical):
        url = etree.SubElement(root, f"{{{_SITEMAP}}}url")
        etree.SubElement(url, f"{{{_SITEMAP}}}loc").text = head.canonical
        if head.updated:
            lastmod = etree.SubElement(url, f"{{{_SITEMAP}}}lastmod")
            lastmod.text = head.updated.isoformat(timespec="minutes")
        for alternate in head.alternates:
            etree.SubElement(
                url,
                f"{{{_XHTML}}}link",
                {"rel": "alternate", "hreflang": alternate.hreflang, "href": alternate.url},
            )
    etree.indent(root, "")
    document: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def robots(sitemap_url: str, *, public: bool) -> bytes:
    """Return robots.txt (RFC 9309): a site that is not public asks crawlers to stay away."""
    rule = "Allow: /" if public else "Disallow: /"
    return f"User-agent: *\n{rule}\nSitemap: {sitemap_url}\n".encode()
