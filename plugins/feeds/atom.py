"""Atom (RFC 4287)."""

from feeds.documents import Document
from feeds.extension import add_entry, generator_of


def write(document: Document, hub: str | None = None) -> bytes:
    """Return a document as Atom; `hub` is the address of a WebSub hub."""
    generator = generator_of(document, "atom", hub)
    generator.author(name=document.feed.author)
    for entry in document.entries:
        item = add_entry(generator, entry)
        item.author(name=entry.author)
        item.summary(entry.summary or None)
    text: bytes = generator.atom_str(pretty=True)
    return text
