"""What must hold for feeds before they are written: readers' software does not forgive."""

import re
from collections.abc import Iterable, Iterator
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


def check(feeds: Iterable[Feed]) -> None:
    """Raise FeedError with all that is wrong in any feed, each fault once."""
    feeds = tuple(feeds)
    problems = [*_shared(feeds)]
    for feed in feeds:
        problems += _feed_faults(feed)
    for entry in dict.fromkeys(entry for feed in feeds for entry in feed.entries):
        problems += (f"{entry.url}: {fault}" for fault in _entry_faults(entry))
    if problems:
        raise FeedError(dict.fromkeys(problems))


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
    owners: dict[str, Entry] = {}
    for entry in feed.entries:
        owner = owners.setdefault(entry.id, entry)
        if owner is not entry:
            yield (
                f"{feed.file}: {owner.url} and {entry.url} share the id {entry.id}; "
                "an entry's id is its own for ever"
            )


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
