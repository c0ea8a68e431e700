"""From Pelican's build to the status: settings, history, picture, and everything printed."""

import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import minify_html
from pelican import Pelican

from bilingual.model import Binder, Head, Row
from columns.model import Library
from network_status import documents, incidents
from network_status.ageing import ageing_files
from network_status.errors import NetworkStatusError
from network_status.feeds import feeds_of
from network_status.history import History
from network_status.incidents import Report
from network_status.intake import policy_of, pull
from network_status.pages import Pages
from network_status.picture import Picture, take
from network_status.settings import load
from network_status.watching import watch
from network_status.words import Words
from press.model import Sheet

NETWORK = "status/network.toml"
"""The file below `content/` that makes a site have a status."""
STORE = "var/status.sqlite"

_log = logging.getLogger(__name__)

Settings = Mapping[str, Any]  # Any: Pelican's settings


def announce(pelican: Pelican) -> None:
    """Put the status into the main navigation of a site that has one."""
    if has_status(pelican.settings):
        pelican.settings.setdefault("SECTIONS", []).append("status")


def has_status(settings: Settings) -> bool:
    """Tell whether a site has a status at all."""
    return Path(settings["PATH"], NETWORK).is_file()


def add_status(context: dict[str, Any]) -> None:  # Any: Pelican's context
    """Add the status to the build: pages, feeds and documents."""
    if not has_status(context):
        return
    try:
        made = observe(context, context["binder"])
    except NetworkStatusError as error:
        for problem in str(error).splitlines():
            _log.error("%s", problem)
        return
    library: Library = context["library"]
    binder: Binder = context["binder"]
    words = words_of(made, binder)
    bodies = _bodies(made.reports, context)
    columns = _columns(made, library, binder)
    script = script_of(Path(context["THEME"]))
    pages = Pages(made, words, binder, bodies, columns, script)
    context["sheets"] = [*_linked(context["sheets"], pages, library, binder), *pages.sheets()]
    context["feeds"] += feeds_of(made, words, binder, bodies)
    context["files"] |= dict(files_of(made, words, binder, context["DEFAULT_LANG"]))


def _linked(
    sheets: Iterable[Sheet], pages: Pages, library: Library, binder: Binder
) -> Iterator[Sheet]:
    """Yield the site's sheets, and with a column the reports that name it."""
    links = pages.columns_links()
    found = {
        binder.absolute(column.url): links[lang, column.slug]
        for work in library.works
        for lang, column in work.versions.items()
        if (lang, column.slug) in links
    }
    for sheet in sheets:
        head = sheet.values["head"]
        reports = found.get(head.canonical) if isinstance(head, Head) else None
        yield replace(sheet, values={**sheet.values, "reports": reports}) if reports else sheet


def observe(settings: Settings, binder: Binder) -> Picture:
    """Pull from the sources, judge, and return the picture at the build's `NOW`.

    Raises NetworkStatusError.
    """
    content, now = Path(settings["PATH"]), int(settings["NOW"].timestamp())
    network = load(content, binder.languages)
    reports = incidents.load(content, [route.id for route in network.routes], binder.languages)
    with History(Path(settings.get("STATUS_STORE", STORE)), now) as history:
        if history.message:
            _log.warning("%s", history.message)
        pull(network, history, policy_of(settings, os.environ), now)
        notices = [report.notice for report in reports if report.published <= now]
        return take(network, watch(network, history, notices, now), reports, now)


def words_of(picture: Picture, binder: Binder) -> dict[str, Words]:
    """Return what says a picture in each language."""
    return {lang: Words(binder, lang, picture.network) for lang in binder.languages}


def files_of(
    picture: Picture, words: Mapping[str, Words], binder: Binder, default: str
) -> Iterator[tuple[str, bytes]]:
    """Yield every document: its path below the output, and its bytes."""
    page: documents.PageDocument = {
        "name": f"{binder.language(default).site_name} – {words[default].say('title')}",
        "url": binder.absolute(binder.address(default, "status")),
        "lang": default,
    }
    document = documents.status_document(picture, words, page)
    yield documents.STATUS_JSON, documents.encode(document)
    yield from ageing_files(document)


def script_of(theme: Path) -> str:
    """Return the refresh of the status' pages, minified, as it stands in them."""
    source = (theme / "static" / "js" / "status.js").read_text("utf-8")
    minified = minify_html.minify(f"<script>{source}</script>", minify_js=True)
    return minified.removeprefix("<script>").removesuffix("</script>")


def _bodies(reports: tuple[Report, ...], settings: Settings) -> dict[str, str]:
    """Return the HTML of every update's Markdown, by the text itself."""
    typesetter = settings["TYPESETTER"]
    texts = {
        text for report in reports for update in report.updates for text in update.texts.values()
    }
    return {text: typesetter.typeset(text) for text in texts}


def _columns(picture: Picture, library: Library, binder: Binder) -> dict[str, dict[str, Row]]:
    """Return the columns that reports name, by slug and language."""
    asked = {slug for report in picture.reports for slug in report.columns}
    return {
        work.original.slug: {
            lang: binder.row(work.in_language(lang), lang) for lang in binder.languages
        }
        for work in library.works
        if work.original.slug in asked
    }
