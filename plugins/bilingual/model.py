"""What a page knows of its language. Imports no sibling.

`library_ready` is sent with the build's context when the library and the binder are in it;
a plugin that has pages or feeds of its own then appends them to `context["sheets"]` and
`context["feeds"]`. `feeds_ready` is sent with the same context when every plugin has done so.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from blinker import signal
from markupsafe import Markup

from columns.model import Column
from feeds.model import Alternate, Entry, Feed
from press.model import Sheet

library_ready = signal("library_ready")
feeds_ready = signal("feeds_ready")


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, for machines (ISO 8601 with offset) and for readers."""

    iso: str
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Something to follow.

    `lang` is set where the words are in another language than the page; `current` is the
    value of `aria-current`: "page" for the page itself, "true" for one that it lies below.
    """

    url: str
    label: str
    lang: str | None = None
    current: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A column as a list of one language shows it.

    `lang` and `only` ("日本語のみ") are set where the column lacks the list's language.
    """

    url: str
    title: Markup
    summary: str
    date: Moment
    lang: str | None = None
    only: str = ""
    standing: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What a page's head says of it. Addresses are absolute."""

    title: str
    description: str
    canonical: str
    alternates: tuple[Alternate, ...] = ()
    kind: str = "website"
    json_ld: Markup | None = None
    robots: str | None = None
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands: its language, its address, the same page in other languages.

    Addresses are paths from the site's root, base path included; `x_default` is the one
    for readers of any other language (that of the original).
    """

    lang: str
    url: str
    alternates: Mapping[str, str]
    x_default: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that can be followed: its language, address and title, and what it holds.

    `about` says so without a number: it stands in archives, which only their own entries may
    change. `home` is the page that the feed follows where that is not the one at `parts`. A
    language's `main` listing is announced by all of its pages.
    """

    lang: str
    parts: tuple[str, ...]
    title: str
    about: str
    home: tuple[str, ...] | None = None
    main: bool = False


class Language(Protocol):
    """What the site is called in a language."""

    @property
    def name(self) -> str:
        """The language's own name."""
        ...

    @property
    def site_name(self) -> str:
        """The site's name."""
        ...

    @property
    def author(self) -> str:
        """Who writes."""
        ...


class Binder(Protocol):
    """Puts pages into the site: phrases, navigation, language switch, head."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, in the site's order."""
        ...

    def address(self, *parts: str) -> str:
        """Return the path of a page: `address("ja", "columns")` is `/ja/columns/`."""
        ...

    def absolute(self, path: str) -> str:
        """Return a path of this site as a whole URL."""
        ...

    def language(self, lang: str) -> Language:
        """Return what the site is called in a language."""
        ...

    def permanent_id(self, *parts: str) -> str:
        """Return a `tag:` URI (RFC 4151) made of what never changes."""
        ...

    def feed(self, listing: Listing, entries: Sequence[Entry], languages: Container[str]) -> Feed:
        """Return the feed of a list; `languages` are those that have the same one."""
        ...

    def everywhere(self, lang: str, *parts: str) -> Place:
        """Return the place of a page that exists in every language."""
        ...

    def wherever(self, languages: Container[str], lang: str, *parts: str) -> Place:
        """Return the place of a page that exists in `languages`, its own among them."""
        ...

    def phrase(self, lang: str, key: str, **values: object) -> str:
        """Return a UI phrase."""
        ...

    def moment(self, when: datetime, lang: str, *, timed: bool) -> Moment:
        """Return a time in words, with its zone."""
        ...

    def row(self, column: Column, lang: str) -> Row:
        """Return a column as a list of `lang` shows it."""
        ...

    def sheet(  # the page itself, then what its head says, then what its template shows
        self,
        place: Place,
        template: str,
        *,
        title: str,
        description: str,
        kind: str = "website",
        json_ld: Markup | None = None,
        robots: str | None = None,
        updated: datetime | None = None,
        **values: object,
    ) -> Sheet:
        """Return a page ready to be printed."""
        ...
