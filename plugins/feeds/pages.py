"""The page that says what a feed is and lists them, and the same list for software."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from feeds import opml
from feeds.documents import NEWEST
from feeds.model import MEDIA_TYPES, Feed

NAMES = {"atom": "Atom", "rss": "RSS", "json": "JSON Feed"}
"""What people call the formats."""


class Language(Protocol):
    """What the site is called in a language."""

    site_name: str


class Binder(Protocol):
    """Puts pages into the site: phrases, navigation, language switch, head."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, in the site's order."""
        ...

    def language(self, lang: str) -> Language:
        """Return what the site is called in a language."""
        ...

    def address(self, *parts: str) -> str:
        """Return the path of a page: `address("ja", "feeds")` is `/ja/feeds/`."""
        ...

    def everywhere(self, lang: str, *parts: str) -> object:
        """Return the place of a page that exists in every language."""
        ...

    def phrase(self, lang: str, key: str, **values: object) -> str:
        """Return a UI phrase."""
        ...

    def sheet(
        self, place: object, template: str, *, title: str, description: str, **values: object
    ) -> object:
        """Return a page ready to be printed; `place` is one that `everywhere` returned."""
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """A feed's address in one format, with the name that people know."""

    name: str
    url: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Row:
    """A feed in the list for people."""

    title: str
    subtitle: str
    home: str
    formats: tuple[Format, ...]


def sheets_of(feeds: Sequence[Feed], binder: Binder) -> Iterator[object]:
    """Yield the page about feeds of each language, `/{lang}/feeds/`."""
    for lang in binder.languages:
        yield binder.sheet(
            binder.everywhere(lang, "feeds"),
            "feeds",
            title=binder.phrase(lang, "feeds.title"),
            description=binder.phrase(lang, "feeds.about", site=binder.language(lang).site_name),
            newest=NEWEST,
            rows=[_row(feed) for feed in feeds if feed.lang == lang],
            opml=binder.address(lang) + "feeds.opml",
        )


def subscriptions(feeds: Sequence[Feed], binder: Binder) -> dict[str, bytes]:
    """Return the OPML of each language that has feeds, by its path below the output."""
    return {
        f"{lang}/feeds.opml": opml.write(
            binder.phrase(lang, "feeds.opml_title", site=binder.language(lang).site_name), own
        )
        for lang in binder.languages
        if (own := [feed for feed in feeds if feed.lang == lang])
    }


def _row(feed: Feed) -> Row:
    formats = (
        Format(NAMES[ending], feed.address(ending), media_type)
        for ending, media_type in MEDIA_TYPES.items()
    )
    return Row(feed.title, feed.subtitle, feed.home, tuple(formats))
