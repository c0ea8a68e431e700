"""Everything that a picture becomes: pages, feeds and documents in every language.

A build hands it on, a refresh prints it itself; both make it here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bilingual.model import Binder, Link, Row
from columns.model import Library
from feeds.model import Feed
from network_status import documents
from network_status.ageing import ageing_files
from network_status.feeds import feeds_of
from network_status.incident_files import text_path
from network_status.incidents import Report
from network_status.pages import Pages
from network_status.picture import Picture
from network_status.words import Words
from press.model import Sheet


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the status shows of the site around it.

    `library` holds at least the columns that reports name; `typeset` makes HTML of Markdown,
    and `whole_links` whole addresses of the links in it: a text, its path, its language.
    `script` is what `script_of` returns.
    """

    binder: Binder
    library: Library
    typeset: Callable[[str], str]
    whole_links: Callable[[str, str, str], str]
    script: str
    default_lang: str


@dataclass(frozen=True, slots=True)
class Edition:
    """What is to be printed and written; `sheets` are made as they are asked for, once.

    `links` are the reports that name a column, by its language and slug.
    """

    sheets: Iterable[Sheet]
    feeds: tuple[Feed, ...]
    files: Mapping[str, bytes]
    links: Mapping[tuple[str, str], list[Link]]


def edition_of(picture: Picture, around: Surroundings) -> Edition:
    """Return what a picture becomes on a site."""
    binder = around.binder
    picture = replace(picture, reports=tuple(_linked(picture.reports, around.whole_links)))
    words = {lang: Words(binder, lang, picture.network) for lang in binder.languages}
    bodies = _bodies(picture.reports, around.typeset)
    columns = _columns(picture.reports, around.library, binder)
    here = {text: _on_the_site(body, binder) for text, body in bodies.items()}
    pages = Pages(picture, words, binder, here, columns, around.script)
    return Edition(
        pages.sheets(),
        tuple(feeds_of(picture, words, binder, bodies)),
        dict(_files(picture, words, binder, around.default_lang)),
        pages.columns_links(),
    )


def page_of(binder: Binder, words: Words) -> documents.PageDocument:
    """Return what the documents say of their page, in the site's own language."""
    return {
        "name": f"{binder.language(words.lang).site_name} – {words.say('title')}",
        "url": binder.absolute(binder.address(words.lang, "status")),
        "lang": words.lang,
    }


def script_of(theme: Path, minify: Callable[[str], str] | None = None) -> str:
    """Return the refresh of the status' pages as it stands in them.

    `minify` takes the place of `minify_script`.
    """
    return (minify or minify_script)((theme / "static" / "js" / "status.js").read_text("utf-8"))


def minify_script(source: str) -> str:
    """Return a script that does the same in fewer bytes."""
    import minify_html  # takes as long as the rest of a page; what is kept needs none of it

    minified = minify_html.minify(f"<script>{source}</script>", minify_js=True)
    return minified.removeprefix("<script>").removesuffix("</script>")


def _files(
    picture: Picture, words: Mapping[str, Words], binder: Binder, default: str
) -> Iterator[tuple[str, bytes]]:
    """Yield every document: its path below the output, and its bytes."""
    document = documents.status_document(picture, words, page_of(binder, words[default]))
    yield documents.STATUS_JSON, documents.encode(document)
    yield from ageing_files(document)


def _linked(
    reports: Iterable[Report], whole_links: Callable[[str, str, str], str]
) -> Iterator[Report]:
    """Yield the reports with whole addresses in their texts, wherever those are read."""
    for report in reports:
        updates = (
            replace(
                update,
                texts={
                    lang: whole_links(text, text_path(report.slug, lang), lang)
                    for lang, text in update.texts.items()
                },
            )
            for update in report.updates
        )
        yield replace(report, updates=tuple(updates))


def _on_the_site(body: str, binder: Binder) -> str:
    """Return HTML whose links to this site are paths, as in everything else on its pages."""
    root = binder.address()
    return body.replace(f'href="{binder.absolute(root)}', f'href="{root}')


def _bodies(reports: Iterable[Report], typeset: Callable[[str], str]) -> dict[str, str]:
    """Return the HTML of every update's Markdown, by the text itself."""
    texts = {
        text for report in reports for update in report.updates for text in update.texts.values()
    }
    return {text: typeset(text) for text in texts}


def _columns(
    reports: Iterable[Report], library: Library, binder: Binder
) -> dict[str, dict[str, Row]]:
    """Return the columns that reports name, by slug and language."""
    asked = {slug for report in reports for slug in report.columns}
    return {
        work.original.slug: {
            lang: binder.row(work.in_language(lang), lang) for lang in binder.languages
        }
        for work in library.works
        if work.original.slug in asked
    }
