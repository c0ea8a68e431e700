"""Which addresses a site has, from its sources alone: no page need be made to know them."""

from collections.abc import Iterator, Sequence
from datetime import UTC

from bilingual.addresses import Addresses
from bilingual.aliases import REDIRECT_MAP, aliases_in
from bilingual.pairs import pair
from bilingual.shelves import Shelf, shelve
from bilingual.topics import topics_in
from columns.model import Column, Standing
from columns.source import Source, parse_date
from feeds.model import feeds_beside
from lint.model import Content

_FILES = ("404.html", "sitemap.xml", "robots.txt", REDIRECT_MAP)


def addresses_of(languages: Sequence[str], default: str, content: Content) -> Iterator[str]:
    """Yield the addresses of all texts and lists of a site in `languages`."""
    path = Addresses("").path
    yield path()
    yield from (f"{path()}{name}" for name in _FILES)
    yield from (f"{path()}index.{lang}.html" for lang in languages)
    texts = [source for source in content.sources if source.place.lang in languages]
    for source in texts:
        yield path(*source.place.address)
    works = pair(filter(None, map(_outline, texts)), languages, default)
    for lang in languages:
        yield from _lists(shelve(works, lang))


def old_addresses_of(content: Content) -> Iterator[str]:
    """Yield the addresses that lead on to a text."""
    for source in content.sources:
        yield from aliases_in(source.value("aliases"))


def _lists(shelf: Shelf) -> Iterator[str]:
    home = Addresses("").path(shelf.lang)
    yield from (home, f"{home}404.html", f"{home}columns/", f"{home}topics/")
    yield from feeds_beside(home)
    yield from (f"{home}columns/{year}/" for year in shelf.years)
    for topic, columns in shelf.topics.items():
        page = f"{home}topics/{topic}/"
        yield page
        if any(column.lang == shelf.lang for column in columns):
            yield from feeds_beside(page)


def _outline(source: Source) -> Column | None:
    """Return a column without its text, or None for a page or a folder of no date."""
    place = source.place
    date = parse_date(place.date or "")
    if date is None:
        return None
    return Column(
        id=source.value("id"),
        slug=place.slug,
        lang=place.lang,
        title=source.value("title"),
        title_html="",
        summary=source.value("summary"),
        topics=topics_in(source.value("tags")),
        date=date.replace(tzinfo=UTC),
        modified=None,
        timed=False,
        modified_timed=False,
        url="",
        body="",
        postscript=None,
        portable_body="",
        portable_postscript=None,
        reading_minutes=0,
        standing=Standing.PUBLISHED,
        translation=source.value("translation").lower() == "true",
        aliases=(),
        source=source.path,
    )
