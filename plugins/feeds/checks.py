"""What must hold for feeds before they are written: readers' software does not forgive."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from lxml import html

from feeds.errors import FeedError
from feeds.model import Entry, Feed

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_ACTIVE = (
    *("applet", "embed", "frame", "frameset", "iframe", "noscript", "object", "script"),
    *("base", "link", "meta", "style"),
    *("button", "form", "input", "select", "textarea"),
)
_RUNNING = frozenset({"data", "javascript", "vbscript"})


def sift(feeds: Iterable[Feed]) -> tuple[list[Feed], list[str]]:
    """Return the feeds without the entries that none can hold, and all faults of those, once each.

    Raises FeedError with all that is wrong with the feeds themselves.
    """
    feeds = list(feeds)
    if problems := [*_shared(feeds), *(fault for feed in feeds for fault in _feed_faults(feed))]:
        raise FeedError(problems)
    entries = dict.fromkeys(entry for feed in feeds for entry in feed.entries)
    faults = {entry: [*_entry_faults(entry)] for entry in entries}
    told = [f"{_name(entry)}: {fault}" for entry, found in faults.items() for fault in found]
    for feed in feeds:
        told += (f"{_name(entry)}: {fault}" for entry, fault in _doubles(feed))
    return [_without(feed, faults) for feed in feeds], list(dict.fromkeys(told))


def _without(feed: Feed, faults: Mapping[Entry, Sequence[str]]) -> Feed:
    """Return a feed without the entries at fault, each id once."""
    kept: dict[str, Entry] = {}
    for entry in feed.entries:
        if not faults[entry]:
            kept.setdefault(entry.id, entry)
    return replace(feed, entries=tuple(kept.values()))


def _name(entry: Entry) -> str:
    return entry.source or entry.url


def _shared(feeds: Iterable[Feed]) -> Iterator[str]:
    files: dict[str, Feed] = {}
    ids: dict[str, Feed] = {}
    for feed in feeds:
        if files.setdefault(feed.file, feed) is not feed:
            yield f'{feed.file}: two feeds, "{files[feed.file].title}" and "{feed.title}", lie here'
        elif (other := ids.setdefault(feed.id, feed)) is not feed:
            yield f"{feed.file}: has the id {feed.id} of {other.file}; a feed's id is its own"


def _feed_faults(feed: Feed) -> Iterator[str]:
    for name in ("id", "url", "home"):
        yield from (f"{feed.file}: {fault}" for fault in _address_faults(name, getattr(feed, name)))
    for name in ("title", "subtitle", "author"):
        if not getattr(feed, name).strip():
            yield f"{feed.file}: has no {name}"


def _doubles(feed: Feed) -> Iterator[tuple[Entry, str]]:
    """Yield the entries whose id is that of one before them."""
    owners: dict[str, Entry] = {}
    for entry in feed.entries:
        owner = owners.setdefault(entry.id, entry)
        if owner is not entry:
            yield entry, f"has the id {entry.id} of {_name(owner)}; an entry's id is its own"


def _entry_faults(entry: Entry) -> Iterator[str]:
    if not entry.title.strip():
        yield "has no title"
    yield from _address_faults("id", entry.id)
    yield from _address_faults("url", entry.url)
    yield from _time_faults("published", entry.published)
    yield from _time_faults("updated", entry.updated)
    yield from _content_faults(entry.content)


def _address_faults(name: str, address: str) -> Iterator[str]:
    if not _SCHEME.match(address):
        yield f'{name}: "{address}" is not absolute; begin with https:// (or tag: for an id)'


def _time_faults(name: str, when: datetime) -> Iterator[str]:
    if when.utcoffset() is None:
        yield f"{name}: {when} lacks its UTC offset, as in 2014-03-24 09:00:00+09:00"


def _content_faults(content: str) -> Iterator[str]:
    """Yield what readers' software drops or breaks: it knows no page around the content."""
    root = html.fragment_fromstring(content, create_parent=True)
    for element in root.iter(*_ACTIVE):
        yield f"content: <{element.tag}> is active; feeds hold text, links and images"
    for script in root.xpath("//@*[starts-with(name(), 'on')]"):
        yield f"content: {script.attrname}= is a script; feeds hold text, links and images"
    targets = {f"#{name}" for name in root.xpath("//@id")}
    for link in root.xpath("//@href | //@src | //@cite | //@poster"):
        scheme = _SCHEME.match(link)
        if scheme and scheme[1].lower() in _RUNNING:
            yield f'content: "{link[:60]}" is active; write an address that leads somewhere'
        elif not scheme and link not in targets:
            yield f'content: "{link}" is not absolute; begin with https://'
