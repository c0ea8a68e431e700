"""Addresses that columns once had: a page there leads on, and a map tells the web server."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bilingual.addresses import Addresses
from bilingual.model import Binder, Link, Place
from columns.model import Column, Library
from press.model import Sheet

REDIRECT_MAP = "redirects.map"
"""Below the output: a line per alias in the form that nginx's `map` includes."""

_ALIAS = re.compile(r"(?=.{1,500}$)/[A-Za-z0-9._~-]+(?:/[A-Za-z0-9._~-]+)*/?")


def aliases_in(value: str) -> tuple[str, ...]:
    """Return the addresses of an `Aliases:` header, which commas separate, each once."""
    return tuple(dict.fromkeys(alias for part in value.split(",") if (alias := part.strip())))


def alias_fault(value: str) -> str | None:
    """Return what is wrong with an `Aliases:` header, or None."""
    for alias in aliases_in(value):
        if not _ALIAS.fullmatch(alias) or "/." in alias:
            return f'"{alias}" is no address; write it as readers knew it, e.g. /ja/2014/cable.html'
    return None


def sheets_of(library: Library, binder: Binder) -> Iterator[Sheet]:
    """Yield a page for every alias that leads on to its column, for people and for crawlers.

    With and without the last slash an address has one page, and two lines of the map.
    """
    pages = {
        (Addresses("").file(alias), column.source): column for column, alias in _aliases(library)
    }
    for (path, _), column in pages.items():
        sheet = binder.sheet(
            Place(column.lang, column.url, {}),
            "moved",
            title=column.title,
            description=column.summary,
            target=Link(column.url, column.title),
        )
        # It speaks of the column, whose address it gives as its own, and lies at the old one.
        yield replace(sheet, path=path, source=f"content/{column.source}")


def redirect_map(library: Library, binder: Binder) -> bytes:
    """Return old and new address of every alias, a line each, as nginx's `map` reads them."""
    base = _base(binder)
    lines = sorted(
        f"{map_key(f'{base}{alias}')} {column.url};\n" for column, alias in _aliases(library)
    )
    return "".join(lines).encode()


def map_key(address: str) -> str:
    """Return an address as a key of nginx's `map`: an expression, as for a text case is nothing.

    /ja/Cable/ would else be /ja/cable/ as well: a page that leads to itself, a key given twice.
    """
    return f'"~^{re.escape(address)}$"'


def _aliases(library: Library) -> Iterable[tuple[Column, str]]:
    for work in library.works:
        for column in work.versions.values():
            for alias in column.aliases:
                yield column, alias


def _base(binder: Binder) -> str:
    return binder.address().removesuffix("/")
