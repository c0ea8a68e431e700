"""From Pelican's articles and pages to the library and its sheets."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pelican.contents import Article, Page
from pelican.generators import ArticlesGenerator, Generator, PagesGenerator

from bilingual import aliases
from bilingual.addresses import Addresses
from bilingual.binder import LanguageBinder
from bilingual.feeds import feeds_of
from bilingual.model import Head, library_ready
from bilingual.pages import StaticPage, sheets_of
from bilingual.pairs import pair
from bilingual.phrases import load_phrases
from bilingual.settings import languages_of
from bilingual.sitemap import robots, sitemap
from bilingual.topics import load_topics
from columns.model import Column, Library

_log = logging.getLogger(__name__)


def give_address(generator: Generator, metadata: dict[str, Any]) -> None:  # Any: Pelican's headers
    """Give a text its address; the sheet of the same name is what gets written there.

    An empty `save_as` keeps Pelican from writing the page as well.
    """
    column = isinstance(generator, ArticlesGenerator)
    parts = (metadata["lang"], *(("columns",) if column else ()), metadata["slug"])
    metadata["url"] = Addresses(generator.settings["SITEURL"]).path(*parts)
    metadata["save_as"] = ""
    metadata["template"] = "column" if column else "page"


def build_library(generators: Iterable[Generator]) -> None:
    """Put the library, the binder and every page's sheet into the build's context."""
    found = {type(generator): generator for generator in generators}
    articles, pages = found[ArticlesGenerator], found[PagesGenerator]
    context, settings = articles.context, articles.settings
    binder = binder_of(settings)
    topics = load_topics(Path(settings["PATH"], "topics.toml"), binder.languages)
    columns = list(_unique(map(column_of, articles.articles)))
    library = Library(pair(columns, binder.languages, settings["DEFAULT_LANG"]))
    context["library"], context["binder"] = library, binder
    sheets = list(sheets_of(library, _static_pages(pages.pages, binder), topics, binder))
    sheets += aliases.sheets_of(library, binder)
    context["sheets"] = sheets
    context["files"][aliases.REDIRECT_MAP] = aliases.redirect_map(library, binder)
    context["feeds"] += feeds_of(library, topics, binder)
    library_ready.send(context)
    sheets = context["sheets"]
    heads = [head for sheet in sheets if isinstance(head := sheet.values["head"], Head)]
    context["files"]["sitemap.xml"] = sitemap(head for head in heads if not head.robots)
    sitemap_url = binder.absolute(binder.address() + "sitemap.xml")
    context["files"]["robots.txt"] = robots(sitemap_url, public=settings["PUBLIC"])


def binder_of(settings: Mapping[str, Any]) -> LanguageBinder:  # Any: Pelican's settings
    """Return the binder that a build's settings describe. Raises BilingualError."""
    languages = languages_of(settings)
    default = settings["DEFAULT_LANG"]
    phrases = load_phrases(Path(settings["THEME"], "strings"), languages, default)
    addresses = Addresses(settings["SITEURL"])
    return LanguageBinder(languages, phrases, addresses, default, settings["TAG_AUTHORITY"])


def column_of(article: Article) -> Column:
    """Return Pelican's article as the column that every output reads."""
    metadata = article.metadata
    return Column(
        id=metadata.get("id", ""),
        slug=article.slug,
        lang=article.lang,
        title=article.title,
        title_html=article.title_html,
        summary=metadata.get("summary", ""),
        topics=tuple(tag.name for tag in metadata.get("tags", ())),
        date=article.date,
        modified=getattr(article, "modified", None),
        timed=metadata["timed"],
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
        _log.error("content/%s: has %s; %s", column.source, reason, cure)


def _static_pages(pages: Iterable[Page], binder: LanguageBinder) -> Iterator[StaticPage]:
    """Yield the pages by slug and language; each knows the languages that it exists in."""
    by_slug: dict[str, dict[str, Page]] = {}
    for page in sorted(pages, key=lambda page: str(page.slug)):
        by_slug.setdefault(page.slug, {})[page.lang] = page
    for slug, versions in by_slug.items():
        languages = tuple(lang for lang in binder.languages if lang in versions)
        for lang in languages:
            page = versions[lang]
            summary = page.metadata.get("summary", "")
            yield StaticPage(slug, lang, page.title, summary, page._content, languages)  # noqa: SLF001
