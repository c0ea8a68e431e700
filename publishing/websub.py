"""Tells WebSub hubs which feeds have changed, so that readers hear of a column at once."""

import json
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import requests
from lxml import etree

from publishing.headers import is_feed
from publishing.model import ASSETS

_BUDGET_S = 20.0
"""For all of it: a hub that is down must not keep the next release waiting."""
_TIMEOUT_S = 5.0

_LINK = "{http://www.w3.org/2005/Atom}link"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Topic:
    """A feed as its subscribers know it: its own address, and the hub that it names."""

    hub: str
    url: str


def changed_topics(before: Path | None, after: Path) -> list[Topic]:
    """Return the feeds with a hub that one release changes against another, or brings.

    What a text offers for download is no feed, whatever it says: it must not choose whom we call.
    """
    files = sorted(file.relative_to(after).as_posix() for file in after.rglob("feed*.*"))
    return [
        topic
        for path in files
        if is_feed(path)
        and not path.startswith(f"{ASSETS}/")
        and (before is None or _differs(before / path, after / path))
        for topic in _topics_of(after / path)
    ]


def tell(topics: Sequence[Topic]) -> None:
    """Tell every topic's hub that it changed.

    What fails is logged and not tried again: readers ask for the feed by themselves, too.
    """
    end = time.monotonic() + _BUDGET_S
    for told, topic in enumerate(topics):
        left_s = max(end - time.monotonic(), 0.001)
        try:
            _publish(topic, min(left_s, _TIMEOUT_S))
        except requests.RequestException as error:
            _log.warning(
                "hub %s: not told of %d of %d feeds: %s",
                topic.hub, len(topics) - told, len(topics), error,
            )  # fmt: skip
            return
    if topics:
        _log.info("hub %s: told of %d feeds", topics[0].hub, len(topics))


def _publish(topic: Topic, timeout_s: float) -> None:
    form = {"hub.mode": "publish", "hub.url": topic.url}
    with (
        requests.Session() as session,
        session.post(
            topic.hub, data=form, timeout=timeout_s, allow_redirects=False, stream=True
        ) as answer,
    ):
        if answer.status_code // 100 != 2:
            raise requests.HTTPError(f"it answers {answer.status_code}")


def _differs(before: Path, after: Path) -> bool:
    try:
        return before.read_bytes() != after.read_bytes()
    except FileNotFoundError:
        return True


def _topics_of(feed: Path) -> Iterator[Topic]:
    """Yield what a document says of itself (WebSub §4); an archive, or no feed, names no hub."""
    links = _links_in_json if feed.suffix == ".json" else _links_in_xml
    try:
        own, hubs = links(feed.read_bytes())
    except (etree.XMLSyntaxError, ValueError) as error:
        _log.warning("%s: cannot be read, and no hub is told of it: %s", feed, error)
        return
    yield from (Topic(hub, own) for hub in hubs if own)


def _links_in_xml(data: bytes) -> tuple[str | None, list[str]]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    links = [(link.get("rel"), link.get("href")) for link in etree.XML(data, parser).iter(_LINK)]
    own = next((href for rel, href in links if rel == "self"), None)
    return own, [href for rel, href in links if rel == "hub" and href]


def _links_in_json(data: bytes) -> tuple[str | None, list[str]]:
    document = json.loads(data)
    return document.get("feed_url"), [hub["url"] for hub in document.get("hubs", ())]
