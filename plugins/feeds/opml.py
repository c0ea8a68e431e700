"""OPML 2.0: all feeds of a language in one file, for software that reads feeds."""

from collections.abc import Iterable

from lxml import etree

from feeds.model import Feed


def write(title: str, feeds: Iterable[Feed]) -> bytes:
    """Return a list of subscriptions; each feed once, as Atom, or people would get it thrice."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for feed in feeds:
        subscription = {
            "type": "rss",  # whatever the format (OPML 2.0, "Subscription lists")
            "text": feed.title,
            "title": feed.title,
            "description": feed.subtitle,
            "language": feed.lang,
            "htmlUrl": feed.home,
            "xmlUrl": feed.address("atom"),
        }
        etree.SubElement(body, "outline", subscription)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
