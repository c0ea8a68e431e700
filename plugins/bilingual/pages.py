"""Every page of the library in every language, as sheets. Pure: nothing is read or written."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup

from bilingual.binder import LanguageBinder
from bilingual.json_ld import blog_posting
from bilingual.model import Link, Place
from bilingual.shelves import Neighbours, Shelf, neighbours, shelve
from columns.model import Column, Library, Standing, Work
from press.model import Sheet

NEWEST = 20
"""How many columns a list shows before it points to the years."""


@dataclass(frozen=True, slots=True)
class StaticPage:
    """A page of `content/pages/` in one language; `body` is finished HTML.

    `modified` is when it last changed, if its author says so, `timed` with a time of day.
    """

    slug: str
    lang: str
    title: str
    summary: str
    body: str
    languages: tuple[str, ...]
    modified: datetime | None = None
    timed: bool = False


def sheets_of(
    library: Library,
    pages: Iterable[StaticPage],
    topics: Mapping[str, Mapping[str, str]],
    binder: LanguageBinder,
) -> Iterator[Sheet]:
    """Yield the sheets of every column, list and page, language by language."""
    yield from _front_doors(binder)
    by_slug = {work.original.slug: work for work in library.works}
    shelves = {lang: shelve(library.works, lang) for lang in binder.languages}
    for lang, shelf in shelves.items():
        near = neighbours(shelf)
        used = {slug: names[lang] for slug, names in topics.items() if slug in shelf.topics}
        yield from _lists(shelf, shelves, used, binder)
        for column in shelf.own:
            sheet = _column(column, by_slug[column.slug], near[column.slug], used, binder)
            yield replace(sheet, source=f"content/{column.source}")
        yield _not_found(lang, binder)
    for page in pages:
        yield _page(page, binder)


def _lists(
    shelf: Shelf,
    shelves: Mapping[str, Shelf],
    topics: Mapping[str, str],
    binder: LanguageBinder,
) -> Iterator[Sheet]:
    """Yield the home page, the list of columns, and a page a year and a topic.

    `shelves` are those of all languages: not each has a column of every year and topic.
    """
    lang, language = shelf.lang, binder.language(shelf.lang)
    rows = [binder.row(column, lang) for column in shelf.columns[:NEWEST]]
    years = [
        (Link(binder.address(lang, "columns", str(year)), str(year)), len(columns))
        for year, columns in shelf.years.items()
    ]
    yield binder.sheet(
        replace(binder.everywhere(lang), x_default=binder.address()),
        "home",
        title=language.site_name,
        description=language.tagline,
        rows=rows[: NEWEST // 2],
    )
    title = binder.phrase(lang, "list.columns")
    yield binder.sheet(
        binder.everywhere(lang, "columns"),
        "columns",
        title=title,
        description=binder.phrase(lang, "list.columns_about", site=language.site_name),
        rows=rows,
        years=years,
    )
    yield from _years(shelf, shelves, binder)
    yield from _topics(shelf, shelves, topics, binder)


def _years(shelf: Shelf, shelves: Mapping[str, Shelf], binder: LanguageBinder) -> Iterator[Sheet]:
    for year, columns in shelf.years.items():
        languages = [other for other, theirs in shelves.items() if year in theirs.years]
        title = binder.phrase(shelf.lang, "list.year", year=year)
        yield binder.sheet(
            binder.wherever(languages, shelf.lang, "columns", str(year)),
            "year",
            title=title,
            description=binder.phrase(shelf.lang, "list.year_about", year=year, n=len(columns)),
            rows=[binder.row(column, shelf.lang) for column in columns],
        )


def _topics(
    shelf: Shelf,
    shelves: Mapping[str, Shelf],
    topics: Mapping[str, str],
    binder: LanguageBinder,
) -> Iterator[Sheet]:
    lang = shelf.lang
    title = binder.phrase(lang, "list.topics")
    yield binder.sheet(
        binder.everywhere(lang, "topics"),
        "topics",
        title=title,
        description=binder.phrase(lang, "list.topics_about"),
        topics=[
            (Link(binder.address(lang, "topics", slug), name), len(shelf.topics[slug]))
            for slug, name in topics.items()
        ],
    )
    for slug, name in topics.items():
        columns = shelf.topics[slug]
        languages = [other for other, theirs in shelves.items() if slug in theirs.topics]
        yield binder.sheet(
            binder.wherever(languages, lang, "topics", slug),
            "topic",
            title=name,
            description=binder.phrase(lang, "list.topic_about", topic=name, n=len(columns)),
            rows=[binder.row(column, lang) for column in columns],
        )


def _column(
    column: Column,
    work: Work,
    near: Neighbours,
    topics: Mapping[str, str],
    binder: LanguageBinder,
) -> Sheet:
    """Return a column's own page."""
    lang = column.lang
    held = column.standing is not Standing.PUBLISHED
    place = Place(
        lang,
        column.url,
        {other: version.url for other, version in work.versions.items()},
        work.original.url,
    )
    return binder.sheet(
        place,
        "column",
        title=column.title,
        description=column.summary,
        kind="article",
        json_ld=blog_posting(column, work, binder),
        robots="noindex" if held else None,
        updated=column.updated,
        title_html=Markup(column.title_html),  # noqa: S704  escaped where phrases are broken
        body=Markup(column.body),  # noqa: S704  typeset from our own content, checked by the lint
        postscript=column.postscript and Markup(column.postscript),  # noqa: S704  likewise
        date=binder.moment(column.date, lang, timed=column.timed),
        modified=column.modified
        and binder.moment(column.modified, lang, timed=column.modified_timed),
        minutes=column.reading_minutes,
        standing=binder.phrase(lang, f"standing.{column.standing}") if held else "",
        topics=[Link(binder.address(lang, "topics", slug), topics[slug]) for slug in column.topics],
        outdated=binder.outdated(work, column),
        older=near.older and binder.row(near.older, lang),
        newer=near.newer and binder.row(near.newer, lang),
        related=[binder.row(other, lang) for other in near.related],
    )


def _page(page: StaticPage, binder: LanguageBinder) -> Sheet:
    return binder.sheet(
        binder.wherever(page.languages, page.lang, page.slug),
        "page",
        title=page.title,
        description=page.summary,
        updated=page.modified,
        modified=page.modified and binder.moment(page.modified, page.lang, timed=page.timed),
        body=Markup(page.body),  # noqa: S704  typeset from our own content, checked by the lint
    )


def _not_found(lang: str, binder: LanguageBinder) -> Sheet:
    """Return the page of a language for addresses that lead nowhere."""
    homes = {other: binder.address(other) for other in binder.languages}
    return binder.sheet(
        Place(lang, binder.address(lang) + "404.html", homes),
        "not_found",
        title=binder.phrase(lang, "not_found.title"),
        description=binder.phrase(lang, "not_found.text"),
        robots="noindex",
    )


def _front_doors(binder: LanguageBinder) -> Iterator[Sheet]:
    """Yield the page at `/`, which lists the languages and sends nobody anywhere, and its 404.

    `index.<language>.html` is the same page told in that language, its own door first: what a
    server that reads Accept-Language shows at `/`.
    """
    first, root = binder.languages[0], binder.address()
    yield _front_door(first, root, binder)
    for lang in binder.languages:
        yield replace(_front_door(lang, root, binder), path=f"index.{lang}.html")
    yield _front_door(first, root + "404.html", binder, robots="noindex")


def _front_door(lang: str, url: str, binder: LanguageBinder, robots: str | None = None) -> Sheet:
    order = sorted(binder.languages, key=lambda other: other != lang)
    doors = [(other, binder.address(other), binder.language(other)) for other in order]
    homes = {other: binder.address(other) for other in binder.languages}
    names: dict[str, str] = {}  # a name that several languages share is that of the first
    for other, _, language in doors:
        names.setdefault(language.site_name, other)
    return binder.sheet(
        Place(lang, url, homes, binder.address()),
        "front_door",
        title=" / ".join(names),
        names=[(other, name) for name, other in names.items()],
        description=" / ".join(language.tagline for _, _, language in doors),
        robots=robots,
        doors=doors,
        lost=[(other, binder.phrase(other, "not_found.text")) for other in order if robots],
    )
