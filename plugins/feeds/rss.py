"""RSS 2.0, as the RSS Advisory Board's profile narrows it down."""

from html import escape

from feeds.documents import Document
from feeds.extension import add_entry, generator_of


def write(document: Document, hub: str | None = None) -> bytes:
    """Return a document as RSS; `hub` is the address of a WebSub hub.

    The summary is the description, which holds HTML, and the content stands in
    content:encoded; without a summary the content itself is the description.
    """
    generator = generator_of(document, "rss", hub)
    generator.link(href=document.feed.home)
    for entry in document.entries:
        item = add_entry(generator, entry)
        item.link(href=entry.url)
        item.summary(escape(entry.summary, quote=False) or None)
    text: bytes = generator.rss_str(pretty=True)
    return text
