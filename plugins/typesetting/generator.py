"""A build's texts: typeset by one reader, their links resolved, their figures in place."""

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from pelican import Pelican
from pelican.contents import Article, Content
from pelican.generators import Generator
from pelican.readers import BaseReader, Readers

from lint.model import Settings
from typesetting.figures import Figures
from typesetting.links import Address, Linker, with_own_ids
from typesetting.markdown import Typesetter
from typesetting.phrases import break_phrases
from typesetting.reader import ColumnReader
from typesetting.reading import reading_minutes
from typesetting.rules import languages_of
from typesetting.whole_links import WholeLinks

_log = logging.getLogger(__name__)


def prepare(pelican: Pelican) -> None:
    """Put the build's one Typesetter into the settings."""
    store = Path(pelican.settings["CACHE_PATH"], "typeset")
    pelican.settings["TYPESETTER"] = Typesetter(pelican.settings["MARKDOWN"], store)


def read_columns(readers: Readers) -> None:
    """Make ours the only reader: nothing but a `.md` file is a column or page."""
    readers.reader_classes = {"static": BaseReader, "md": ColumnReader}


def finish_texts(generators: Sequence[Generator]) -> None:
    """Resolve the links and place the figures of every text that is not held back.

    Gives each text `title_html` and `reading_minutes`, and each column `portable`: its HTML
    for feeds and mail, with whole addresses, drawings as pictures, and ids of its own. Puts
    pictures among the context's `files`, and among the settings WHOLE_LINKS, for plugins that
    read texts of their own. What leads nowhere is an error of the build.
    """
    context, settings = generators[0].context, generators[0].settings
    texts = {path: text for path, text in context["generated_content"].items() if text}
    site = settings["SITEURL"].rstrip("/")
    base = urlsplit(site).path
    content = Path(settings["PATH"])
    page, elsewhere = Figures(content, base), Figures(content, site, inline=False)
    linker = _linker(texts, page, settings)
    portable = _linker(texts, elsewhere, settings)
    for path, text in sorted(texts.items()):
        typeset: str = text._content  # noqa: SLF001  `content` would search it for Pelican's links
        text.title_html = break_phrases(text.title, text.lang)
        text.reading_minutes = reading_minutes(typeset, text.lang)
        text._content, faults = linker.rewrite(typeset, path, text.lang)  # noqa: SLF001  no other way
        if isinstance(text, Article):
            html, more = portable.rewrite(typeset, path, text.lang)
            faults = tuple(dict.fromkeys((*faults, *more)))
            address = f"{site}{text.url.removeprefix(base)}"
            text.portable = with_own_ids(html, f"{text.slug}-{text.lang}-", address)
        for fault in faults:
            _log.error("content/%s: %s", path, fault)
    files = context.setdefault("files", {})
    files.update(page.published | elsewhere.published)
    context["WHOLE_LINKS"] = _noting(WholeLinks(portable, settings["TYPESETTER"].typeset))
    elsewhere.published = files  # what a notice offers is published with the rest
    settings["TYPESETTER"].keep()


def _noting(links: WholeLinks) -> Callable[[str, str, str], str]:
    """Return what makes links whole, and what leads nowhere an error of the build."""

    def whole(markdown: str, path: str, lang: str) -> str:
        made, faults = links(markdown, path, lang)
        for fault in faults:
            _log.error("content/%s: %s", path, fault)
        return made

    return whole


def _linker(texts: Mapping[str, Content], figures: Figures, settings: Settings) -> Linker:
    """Return what resolves references to addresses that begin as those of `figures` do."""
    path = urlsplit(figures.base).path

    def address_of(file: str) -> Address | None:
        text = texts.get(file)
        return text and (f"{figures.base}{text.url.removeprefix(path)}", text.lang)

    languages = languages_of(settings)
    return Linker(languages, address_of, figures.address_of, figures.show, figures.base)
