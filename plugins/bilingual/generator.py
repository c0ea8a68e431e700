"""From Pelican's articles and pages to the library and its sheets."""

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pelican import Pelican
from pelican.contents import Article, Page
from pelican.generators import ArticlesGenerator, Generator, PagesGenerator

from bilingual import aliases
from bilingual.addresses import Addresses
from bilingual.binding import binder_of
from bilingual.feeds import feeds_of
from bilingual.model import Head, feeds_ready, library_ready
from bilingual.pages import StaticPage, sheets_of
from bilingual.pairs import pair
from bilingual.rules import unknown_language, unknown_topic
from bilingual.settings import site_of
from bilingual.sitemap import robots, sitemap
from bilingual.topics import load_topics
from columns.model import Column, Library
from columns.source import address_of
from press.model import Sheet

_log = logging.getLogger(__name__)


def check_settings(pelican: Pelican) -> None:
    """Refuse settings that no site can be built with. Raises SettingsError with all faults."""
    site_of(pelican.settings)


def give_address(generator: Generator, metadata: dict[str, Any]) -> None:  # Any: Pelican's headers
    """Give a text its address; the sheet of the same name is what gets written there.

    An empty `save_as` keeps Pelican from writing the page as well.
    """
    column = isinstance(generator, ArticlesGenerator)
    parts = address_of(metadata["lang"], metadata["slug"], column=column)
    metadata["url"] = Addresses(generator.settings["SITEURL"]).path(*parts)
    metadata["save_as"] = ""
    metadata["template"] = "column" if column else "page"


def build_library(generators: Iterable[Generator]) -> None:
    """Put the library, the binder and every page's sheet into the build's context.

    A text that the site cannot show is an error of the build, and left out. Raises BilingualError.
    """
    found = {type(generator): generator for generator in generators}
    articles, pages = found[ArticlesGenerator], found[PagesGenerator]
    context, settings = articles.context, articles.settings
    languages = tuple(settings["LANGUAGES"])
    static = list(_static_pages(pages.pages, languages))
    binder = binder_of(settings, {(page.lang, page.slug) for page in static})
    topics = load_topics(Path(settings["PATH"], "topics.toml"), languages)
    columns = list(_sound(map(column_of, articles.articles), languages, topics))
    library = Library(pair(columns, languages, settings["DEFAULT_LANG"]))
    context["library"], context["binder"] = library, binder
    sheets: list[Sheet] = context.setdefault("sheets", [])
    sheets += sheets_of(library, static, topics, binder)
    sheets += aliases.sheets_of(library, binder)
    context["files"][aliases.REDIRECT_MAP] = aliases.redirect_map(library, binder)
    context.setdefault("feeds", []).extend(feeds_of(library, topics, binder))
    library_ready.send(context)
    feeds_ready.send(context)
    context["files"]["sitemap.xml"] = sitemap(_listed(sheets, Addresses(settings["SITEURL"])))
    sitemap_url = binder.absolute(binder.address() + "sitemap.xml")
    context["files"]["robots.txt"] = robots(sitemap_url, public=settings["PUBLIC"])


def _listed(sheets: Iterable[Sheet], addresses: Addresses) -> Iterator[Head]:
    """Yield the heads of the pages that lie at their own address and want to be found."""
    for sheet in sheets:
        head = sheet.values.get("head")
        if isinstance(head, Head) and not head.robots:
            own = head.canonical.removeprefix(addresses.origin)
            if addresses.file(own) == sheet.path:
                yield head


def column_of(article: Article) -> Column:
    """Return Pelican's article as the column that every output reads."""
    metadata = article.metadata
    modified = getattr(article, "modified", None)
    return Column(
        id=metadata.get("id", ""),
        slug=article.slug,
        lang=article.lang,
        title=article.title,
        title_html=article.title_html,
        summary=metadata.get("summary", ""),
        topics=tuple(tag.name for tag in metadata.get("tags", ())),
        date=article.date,
        modified=modified,
        timed=metadata["timed"],
        modified_timed=metadata.get(
            "modified_timed", modified is not None and _names_time(modified)
        ),
        url=article.url,
        body=article._content,  # noqa: SLF001  `content` would search it for Pelican's own links
        postscript=article.postscript,
        portable_body=article.portable,
        portable_postscript=article.portable_postscript,
        reading_minutes=article.reading_minutes,
        standing=metadata["standing"],
        translation=str(metadata.get("translation", "")).lower() == "true",
        aliases=aliases.aliases_in(metadata.get("aliases", "")),
        source=article.relative_source_path,
    )


def _names_time(when: datetime) -> bool:
    """Guess whether a time of day was written; midnight is what a day alone means."""
    return (when.hour, when.minute) != (0, 0)


def _sound(
    columns: Iterable[Column], languages: Sequence[str], topics: Collection[str]
) -> Iterator[Column]:
    """Yield the columns that the site can show, without the topics that it lacks."""
    for column in _unique(columns):
        if column.lang not in languages:
            _refuse(column.source, unknown_language(column.lang, languages))
            continue
        for topic in column.topics:
            if topic not in topics:
                _refuse(column.source, unknown_topic(topic, topics))
        yield replace(column, topics=tuple(filter(topics.__contains__, column.topics)))


def _refuse(source: str, fault: str) -> None:
    _log.error("content/%s: %s", source, fault)


def _unique(columns: Iterable[Column]) -> Iterator[Column]:
    """Yield one column for each slug, and for each id; any other is an error of the build."""
    slugs: dict[tuple[str, str], Column] = {}
    ids: dict[tuple[str, str], Column] = {}
    for column in sorted(columns, key=lambda column: column.source):
        slug = slugs.setdefault((column.slug, column.lang), column)
        same_id = ids.setdefault((column.id or column.source, column.lang), column)
        if slug is not column:
            reason, cure = f'the slug "{column.slug}" of content/{slug.source}', "rename one folder"
        elif same_id is not column:
            reason, cure = f"the Id of content/{same_id.source}", "give the newer one another"
        else:
            yield column
            continue
        _refuse(column.source, f"has {reason}; {cure}")


def _static_pages(pages: Iterable[Page], languages: Sequence[str]) -> Iterator[StaticPage]:
    """Yield the pages by slug and language; each knows the languages that it exists in."""
    by_slug: dict[str, dict[str, Page]] = {}
    for page in sorted(pages, key=lambda page: str(page.slug)):
        if page.lang in languages:
            by_slug.setdefault(page.slug, {})[page.lang] = page
        else:
            _refuse(page.relative_source_path, unknown_language(page.lang, languages))
    for slug, versions in by_slug.items():
        written = tuple(lang for lang in languages if lang in versions)
        for lang in written:
            page = versions[lang]
            yield StaticPage(
                slug,
                lang,
                page.title,
                page.metadata.get("summary", ""),
                page._content,  # noqa: SLF001  `content` would search it for Pelican's own links
                written,
                getattr(page, "modified", None),
                page.metadata["modified_timed"],
            )
