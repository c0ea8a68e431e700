"""Everything that a picture becomes: pages, feeds and documents in every language.

A build hands it on, a refresh prints it itself; both make it here.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
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


class Edition:
    """What a picture becomes on a site; each part is made when it is asked for.

    `picture` has whole addresses in its reports' texts: they hang on the site, not on the status.
    """

    def __init__(self, picture: Picture, around: Surroundings) -> None:
        binder = around.binder
        self._around = around
        self.picture = replace(picture, reports=tuple(_linked(picture.reports, around.whole_links)))
        self._words = {lang: Words(binder, lang, picture.network) for lang in binder.languages}
        self._bodies = _bodies(self.picture.reports, around.typeset)
        self._pages = Pages(
            self.picture,
            self._words,
            binder,
            {text: _on_the_site(body, binder) for text, body in self._bodies.items()},
            _columns(self.picture.reports, around.library, binder),
            around.script,
        )

    def sheets(self) -> Iterator[Sheet]:
        """Yield the pages."""
        return self._pages.sheets()

    @cached_property
    def feeds(self) -> tuple[Feed, ...]:
        """Return the feeds."""
        return tuple(feeds_of(self.picture, self._words, self._around.binder, self._bodies))

    def files(self) -> dict[str, bytes]:
        """Return every document: its path below the output, and its bytes."""
        page = page_of(self._around.binder, self._words[self._around.default_lang])
        document = documents.status_document(self.picture, self._words, page)
        return {documents.STATUS_JSON: documents.encode(document), **dict(ageing_files(document))}

    def links(self) -> dict[tuple[str, str], list[Link]]:
        """Return the reports that name a column, by its language and slug."""
        return self._pages.columns_links()


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
