"""What each page announces: the feed of its own list first, then that of its language."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from feeds.model import ATOM, Feed


@dataclass(frozen=True, slots=True)
class Announcement:
    """A feed as a page's head names it."""

    title: str
    url: str
    media_type: str = ATOM


def announce(  # Any: the press's sheets
    sheets: Iterable[Any], feeds: Sequence[Feed]
) -> Iterator[Any]:
    """Yield the sheets with the `feeds` that their pages announce.

    The values of a page's sheet hold its language as `lang` and its head, whose `canonical` is
    the address that a feed's `home` names. Any other sheet stays as it is.
    """
    followed = {feed.home: feed for feed in feeds}
    main = {feed.lang: feed for feed in feeds if feed.main}
    for sheet in sheets:
        if not {"head", "lang"} <= sheet.values.keys():
            yield sheet
            continue
        own, whole = followed.get(sheet.values["head"].canonical), main.get(sheet.values["lang"])
        shown = [feed for feed in (own, whole) if feed]
        named = {feed.url: Announcement(feed.title, feed.address("atom")) for feed in shown}
        yield replace(sheet, values={**sheet.values, "feeds": tuple(named.values())})
