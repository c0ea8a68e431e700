"""What feedgen cannot write, as extensions of the kind that it provides for.

It drops what an entry's links say of themselves, prints a hub in Atom only, has no language
for an entry, and no RSS author without a mail address.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from feeds.documents import Document
from feeds.model import MEDIA_TYPES, Entry

_ATOM = "{http://www.w3.org/2005/Atom}"
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_HISTORY = "http://purl.org/syndication/history/1.0"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_HTML = "text/html"
_OTHER_HTML = "text/html; charset=utf-8"
"""The type of an entry in another language. Most readers open the first text/html alternate,
those built on feedparser the last: only the entry's own page is called just that."""


def generator_of(document: Document, ending: str, hub: str | None) -> FeedGenerator:
    """Return a generator for one file, with all that Atom and RSS say alike, but no entries."""
    generator = FeedGenerator()
    generator.generator("")  # feedgen's name has its version: an upgrade would change each file
    generator.id(document.feed.id)
    generator.title(document.feed.title)
    generator.subtitle(document.feed.subtitle)
    generator.language(document.feed.lang)
    generator.updated(document.updated)
    extension = partial(_DocumentExtension, document, ending, hub)
    generator.register_extension("document", extension)
    return generator


def add_entry(generator: FeedGenerator, entry: Entry) -> FeedEntry:
    """Append an entry with all that Atom and RSS say alike, its content included."""
    item = generator.add_entry(order="append")
    item.id(entry.id)
    item.title(entry.title)
    item.published(entry.published)
    item.updated(entry.updated)
    item.content(entry.content, type="html")
    item.category([{"term": topic.term, "label": topic.label} for topic in entry.categories])
    item.register_extension("extended", partial(_EntryExtension, entry))
    return item


class _DocumentExtension(BaseExtension):  # type: ignore[misc]  # feedgen ships no types
    """The links of a document in both formats, and RFC 5005's mark on an archive."""

    def __init__(self, document: Document, ending: str, hub: str | None) -> None:
        self._document = document
        self._ending = ending
        self._hub = hub

    def extend_ns(self) -> dict[str, str]:
        history = {"fh": _HISTORY} if self._document.year else {}
        return history | ({"dc": _DUBLIN_CORE} if self._ending == "rss" else {})

    def extend_atom(self, feed: etree._Element) -> None:
        self._extend(feed, "link")

    def extend_rss(self, rss: etree._Element) -> None:
        self._extend(rss[0], f"{_ATOM}link")

    def _extend(self, parent: etree._Element, link: str) -> None:
        _append(parent, link, _links(self._document, self._ending, self._hub))
        if self._document.year:
            etree.SubElement(parent, f"{{{_HISTORY}}}archive")


class _EntryExtension(BaseEntryExtension):  # type: ignore[misc]  # feedgen ships no types
    """An entry's language and links; in RSS also its author and last change."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry

    def extend_atom(self, item: etree._Element) -> None:
        item.set(_XML_LANG, self._entry.lang)
        _append(item, "link", _entry_links(self._entry))

    def extend_rss(self, item: etree._Element) -> None:
        etree.SubElement(item, f"{{{_DUBLIN_CORE}}}creator").text = self._entry.author
        etree.SubElement(item, f"{{{_DUBLIN_CORE}}}language").text = self._entry.lang
        etree.SubElement(item, f"{_ATOM}updated").text = self._entry.updated.isoformat()
        _append(item, f"{_ATOM}link", _entry_links(self._entry))


def _append(parent: etree._Element, name: str, links: Iterable[Mapping[str, str]]) -> None:
    for link in links:
        etree.SubElement(parent, name, dict(link))


def _links(document: Document, ending: str, hub: str | None) -> Iterator[Mapping[str, str]]:
    """Yield a document's links; only what people subscribe to names the hub (WebSub §4)."""
    feed, media_type = document.feed, MEDIA_TYPES[ending]
    yield {"rel": "self", "type": media_type, "href": document.url(ending)}
    yield {"rel": "alternate", "type": _HTML, "hreflang": feed.lang, "href": feed.home}
    if document.year:
        yield {"rel": "current", "type": media_type, "href": feed.address(ending)}
    else:
        for other in feed.alternates:
            href = f"{other.url}.{ending}"
            yield {"rel": "alternate", "type": media_type, "hreflang": other.hreflang, "href": href}
        if hub:
            yield {"rel": "hub", "href": hub}
    if previous := document.previous_url(ending):
        yield {"rel": "prev-archive", "type": media_type, "href": previous}


def _entry_links(entry: Entry) -> Iterator[Mapping[str, str]]:
    yield {"rel": "alternate", "type": _HTML, "hreflang": entry.lang, "href": entry.url}
    for other in entry.alternates:
        yield {
            "rel": "alternate",
            "type": _OTHER_HTML,
            "hreflang": other.hreflang,
            "href": other.url,
        }
