"""Every kind of page and where one of it stands: the table that the browser walks."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

LANGUAGES = ("ja", "en")


@dataclass(frozen=True)
class Kind:
    """A kind of page: the template behind it, and an address for each language that has it."""

    name: str
    template: str
    addresses: Mapping[str, str]


def both(name: str, template: str, path: str) -> Kind:
    """A kind of page that stands at the same path in each language."""
    return Kind(name, template, {lang: f"/{lang}/{path}" for lang in LANGUAGES})


KINDS = (
    Kind("front door", "front_door", {"any": "/"}),
    both("home", "home", ""),
    both("columns", "columns", "columns/"),
    both("year", "year", "columns/2018/"),
    both("topics", "topics", "topics/"),
    both("topic", "topic", "topics/measurement/"),
    both("postscripts", "postscripts", "postscripts/"),
    both("year of postscripts", "postscripts", "postscripts/2018/"),
    both("column", "column", "columns/one-percent/"),
    Kind("column in one language", "column", {"ja": "/ja/columns/night-backup/",
                                              "en": "/en/columns/status-page-alone/"}),
    Kind("outdated translation", "column", {"en": "/en/columns/cable-fault/"}),
    both("page", "page", "about/"),
    both("feeds", "feeds", "feeds/"),
    both("subscribe", "subscribe", "subscribe/"),
    both("mail", "mail/edition", "columns/one-percent/edition.html"),
    both("status", "status", "status/"),
    both("route", "status_route", "status/tokyo-shanghai/"),
    both("incident", "incident", "status/incidents/2026-11-16-dalian-evening/"),
    both("not found", "not_found", "no-such-page/"),
    Kind("not found, no language", "front_door", {"any": "/no-such-page/"}),
)  # fmt: skip

PAIRED = tuple(kind for kind in KINDS if len(kind.addresses) > 1
               and kind.template not in {"not_found", "mail/edition"}
               and kind.name != "column in one language")  # fmt: skip

ADDRESSES = {
    f"{kind.name}-{lang}": address for kind in KINDS for lang, address in kind.addresses.items()
}

IS_STATUS = re.compile(r"/\w+/status/(?!incidents/)")
"""The pages that refresh themselves; tests/network_status looks at how."""

IN_TURN = {
    f"{kind.name}-{lang}": kind.addresses[lang]
    for turn, kind in enumerate(KINDS)
    for lang in [list(kind.addresses)[turn % len(kind.addresses)]]
}
"""Each kind once, one in Japanese and the next in English."""


def every_page(test):
    """Try each kind of page: in each of its languages in a soak run, else in one."""
    tried = ADDRESSES if "ATOGAKI_SOAK" in os.environ else IN_TURN
    return pytest.mark.soak(pytest.mark.parametrize("address", tried.values(), ids=tried)(test))


@dataclass(frozen=True)
class Reader:
    """How somebody reads: what the browser is set to, whatever the page."""

    width: int = 1280
    scheme: str = "light"
    motion: str = "no-preference"
    media: str = "screen"
    scripts: bool = True


DESK = Reader()
PHONE = Reader(width=390)
NARROW = Reader(width=320)  # 1280 px at 400 %: WCAG 2.2, 1.4.10
STILL = Reader(width=390, motion="reduce")
PAPER = Reader(scheme="dark", media="print")
SCRIPTLESS = Reader(scripts=False)
