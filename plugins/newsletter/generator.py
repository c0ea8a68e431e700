"""From the library to the editions of its columns: files, pages, and links to them."""

import json
import logging
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup
from pelican import Pelican

from bilingual.model import Binder, Head, Link, Place
from columns.model import Column, Library, Standing
from newsletter.digest import digests_of, past_weeks
from newsletter.edition import Manuscript, Version, edition_of, values_of
from newsletter.errors import EditionError
from newsletter.inlining import MailPress, style_of
from newsletter.kept import Files, Kept
from newsletter.model import DATA, LANGUAGE_PLACE, PAGE, TEXT, UNSUBSCRIBE_PLACE, folder_of
from newsletter.pages import PRIVACY, imprint_of, privacy_of, subscribe_sheets
from newsletter.settings import SUBSCRIBE, Newsletter, newsletter_of
from press.model import Sheet

TEMPLATE = "mail/edition"

_log = logging.getLogger(__name__)

Settings = Mapping[str, Any]  # Any: Pelican's settings


def check_settings(pelican: Pelican) -> None:
    """Refuse settings that no mail can be made with. Raises NewsletterSettingsError."""
    newsletter_of(pelican.settings)


def add_editions(context: dict[str, Any]) -> None:  # Any: Pelican's context
    """Add the edition of every column to the build; a column without one is an error of it."""
    newsletter = newsletter_of(context)
    if newsletter is None:
        return
    binder: Binder = context["binder"]
    library: Library = context["library"]
    desk = _Desk(context, newsletter)
    links: dict[str, tuple[Link, ...]] = {}
    for work in library.works:
        shown = {lang: column for lang, column in work.versions.items() if _shown(column, context)}
        for lang in filter(newsletter.senders.__contains__, shown):
            manuscript = manuscript_of(shown[lang], shown, binder)
            try:
                desk.add(manuscript, {other: column.url for other, column in shown.items()})
            except EditionError as error:
                _log.error("%s", error)
            else:
                links[manuscript.url] = _links(shown[lang], binder)
    weeks = _add_digests(desk, newsletter, context) if newsletter.digest else {}
    desk.close()
    context["files"] |= desk.files
    context["sheets"] = [
        *_linked(context["sheets"], links),
        *desk.sheets,
        *subscribe_sheets(newsletter, binder, desk.privacy, weeks),
    ]


def _add_digests(desk: "_Desk", newsletter: Newsletter, context: Settings) -> dict[str, str]:
    """Add the digests of the last weeks, and return the latest one's pages by language."""
    binder: Binder = context["binder"]
    latest: dict[str, str] = {}
    for week in past_weeks(context["NOW"], ZoneInfo(context["TIMEZONE"])):
        found = {
            digest.lang: digest
            for digest in digests_of(week, context["feeds"], binder)
            if digest.lang in newsletter.senders
        }
        addresses = {
            lang: binder.address(*folder_of(digest.slug, lang).split("/"))
            for lang, digest in found.items()
        }
        for digest in found.values():
            desk.add(digest, addresses)
        latest = latest or _beside(addresses)
    if not latest:
        _log.error("pelicanconf.py: NEWSLETTER.digest: True, but the site has no status")
    return latest


def manuscript_of(column: Column, versions: Mapping[str, Column], binder: Binder) -> Manuscript:
    """Return what a column's edition is made of; `versions` are all that readers may see."""
    return Manuscript(
        id=column.id,
        slug=column.slug,
        lang=column.lang,
        title=column.title,
        date=binder.row(column, column.lang).date.text,
        summary=column.summary,
        body=column.portable_body,
        postscript=column.portable_postscript,
        url=binder.absolute(column.url),
        alternates=tuple(
            Version(lang, binder.language(lang).name, other.title, binder.absolute(other.url))
            for lang, other in versions.items()
            if lang != column.lang
        ),
        source=f"content/{column.source}",
    )


class _Desk:
    """Makes the editions of one build, or finds them among those of an earlier one."""

    def __init__(self, context: Settings, newsletter: Newsletter) -> None:
        self.files: dict[str, bytes | Path] = {}
        self.sheets: list[Sheet] = []
        self._binder: Binder = context["binder"]
        theme = Path(context["THEME"])
        template = context["jinja_environment"].get_template(f"{TEMPLATE}.html")
        self._press = MailPress(template, style_of(theme))
        written = {
            (lang, PRIVACY)
            for lang in self._binder.languages
            if f"{lang}/{PRIVACY}/index.html" in {sheet.path for sheet in context["sheets"]}
        }
        self.privacy = {
            lang: privacy_of(lang, self._binder, written) for lang in newsletter.senders
        }
        self._imprints = {
            lang: imprint_of(lang, newsletter, self._binder, privacy)
            for lang, privacy in self.privacy.items()
        }
        self._kept = Kept(Path(context["CACHE_PATH"], "editions"), (DATA, TEXT))
        self._made_by = _made_by(theme)

    def add(self, manuscript: Manuscript, addresses: Mapping[str, str]) -> None:
        """Add an edition's files and its page; `addresses` are the column's in each language.

        Raises EditionError.
        """
        lang, binder = manuscript.lang, self._binder
        place = Place(lang, f"{addresses[lang]}{PAGE}", _beside(addresses))
        sheet = binder.sheet(
            place,
            TEMPLATE,
            title=manuscript.title,
            description=manuscript.summary,
            robots="noindex",
        )
        subscribe = binder.address(lang, SUBSCRIBE)
        values = {
            **sheet.values,
            **values_of(manuscript, self._imprints[lang]),
            "style": Markup("<style></style>"),
            "robots": "noindex",
            "unsubscribe": subscribe,
            "change": subscribe,
        }
        for name, content in self._written(manuscript, binder.absolute(subscribe)).items():
            self.files[f"{folder_of(manuscript.slug, lang)}/{name}"] = content
        source = manuscript.source
        self.sheets.append(replace(sheet, values=values, source=source, style=self._press.css))

    def close(self) -> None:
        """Let go of kept editions that this build has no use for."""
        self._kept.sweep()

    def _written(self, manuscript: Manuscript, subscribe: str) -> Files:
        imprint = self._imprints[manuscript.lang]
        made_of = _digest(self._made_by, manuscript, imprint.lines, subscribe)
        if kept := self._kept.find(made_of):
            return kept
        edition = edition_of(manuscript, imprint, self._press.print)
        text = edition.text
        for mark in (UNSUBSCRIBE_PLACE, LANGUAGE_PLACE):
            text = text.replace(mark, subscribe)
        data = json.dumps(asdict(edition), ensure_ascii=False, indent=1)
        made = {DATA: f"{data}\n".encode(), TEXT: text.encode()}
        self._kept.keep(made_of, made)
        return dict(made)


def _made_by(theme: Path) -> str:
    """Return the digest of what makes an edition beside its text: code, theme, libraries."""
    code = sorted(Path(__file__).parent.glob("*.py"))
    looks = [theme / "static/css/mail.css", *sorted(theme.glob("templates/mail/*.html"))]
    words = sorted(theme.glob("strings/*.toml"))
    libraries = [version(name) for name in ("css-inline", "jinja2", "lxml", "minify-html")]
    return _digest(sys.version, libraries, [path.read_bytes() for path in (*code, *looks, *words)])


def _digest(*values: object) -> str:
    """Return what stands for values whose repr says all of them."""
    return sha256(repr(values).encode()).hexdigest()


def _shown(column: Column, settings: Settings) -> bool:
    """Tell whether a column may have an edition: in public, a published one only."""
    return column.standing is Standing.PUBLISHED or not settings["PUBLIC"]


def _beside(addresses: Mapping[str, str]) -> dict[str, str]:
    return {lang: f"{url}{PAGE}" for lang, url in addresses.items()}


def _links(column: Column, binder: Binder) -> tuple[Link, ...]:
    lang = column.lang
    return (
        Link(f"{column.url}{PAGE}", binder.phrase(lang, "newsletter.read")),
        Link(f"{column.url}{TEXT}", binder.phrase(lang, "newsletter.read_text")),
        Link(binder.address(lang, SUBSCRIBE), binder.phrase(lang, "subscribe.title")),
    )


def _linked(sheets: Iterable[Sheet], links: Mapping[str, tuple[Link, ...]]) -> Iterator[Sheet]:
    """Yield the site's sheets, and with a column those of its edition."""
    for sheet in sheets:
        head = sheet.values.get("head")
        found = links.get(head.canonical) if isinstance(head, Head) else None
        yield replace(sheet, values={**sheet.values, "mail": found}) if found else sheet
