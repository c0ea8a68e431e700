"""What the status pages show of the rest of the site, read from its texts' headers alone.

So that a refresh costs the same whatever the number of columns, needs no build before it, and
shows nothing of another content than the one that is there.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from bilingual.addresses import Addresses
from bilingual.binder import WRITTEN
from bilingual.pairs import pair
from columns.model import Column, Library, Standing, standing_of
from columns.source import DECIDING, Source, ending_fault, parse_date, place_of, read
from lint.model import without_placeholders
from network_status.conf import Settings


def written(settings: Settings) -> frozenset[tuple[str, str]]:
    """Return language and slug of the pages that the navigation leads to."""
    content = Path(settings["PATH"])
    places = ((slug, lang) for slug in WRITTEN for lang in settings["LANGUAGES"])
    return frozenset(
        (lang, slug)
        for slug, lang in places
        if any(_shown(content, [f"pages/{slug}/{lang}.md"], settings))
    )


def library_of(
    slugs: Iterable[str], settings: Settings, break_phrases: Callable[[str, str], str]
) -> Library:
    """Return these columns with what a list shows of them; their texts are left out.

    `break_phrases` makes HTML of a title in a language.
    """
    content, languages = Path(settings["PATH"]), tuple(settings["LANGUAGES"])
    wanted = frozenset(slugs)
    folders = (content / "columns").iterdir() if wanted else ()
    paths = sorted(
        f"columns/{folder.name}/{lang}.md"
        for folder in folders
        if folder.name[len("2014-03-24-") :] in wanted
        for lang in languages
    )
    found: dict[tuple[str, str], Column] = {}
    for source, standing in _shown(content, paths, settings):
        place = source.place
        title_html = break_phrases(source.value("title"), place.lang)
        column = _column(source, standing, title_html, settings)
        found.setdefault((place.slug, place.lang), column)
    return Library(pair(found.values(), languages, settings["DEFAULT_LANG"]))


def address_of(path: str, settings: Settings) -> tuple[str, str] | None:
    """Return the whole address and the language of a text that a build would show, or None."""
    if place_of(path) is None:
        return None
    for source, _ in _shown(Path(settings["PATH"]), [path], settings):
        addresses = Addresses(settings["SITEURL"])
        return addresses.absolute(addresses.path(*source.place.address)), source.place.lang
    return None


def _shown(
    content: Path, paths: Iterable[str], settings: Settings
) -> Iterator[tuple[Source, Standing]]:
    """Yield the texts that a build would show of those that exist."""
    for path in paths:
        source = _sound(content, path)
        if source is None:
            continue
        date = source.date(ZoneInfo(settings["TIMEZONE"]))
        standing = standing_of(source.value("status"), date, settings["NOW"])
        if standing is Standing.PUBLISHED or settings["SHOW_DRAFTS"]:
            yield source, standing


def _sound(content: Path, path: str) -> Source | None:
    """Return a text, or None where a build would refuse it and say so."""
    try:
        source = without_placeholders(read(content, path))
    except (OSError, UnicodeDecodeError):
        return None
    dates = (source.header(name) for name in ("date", "modified"))
    broken = any(date and parse_date(date.value) is None for date in dates)
    sound = source.value("title") and not broken and not ending_fault(source, DECIDING)
    return source if sound else None


def _column(source: Source, standing: Standing, title_html: str, settings: Settings) -> Column:
    date = source.date(ZoneInfo(settings["TIMEZONE"]))
    if date is None:
        raise ValueError(f"content/{source.path}: has no date")
    return Column(
        id=source.value("id"),
        slug=source.place.slug,
        lang=source.place.lang,
        title=source.value("title"),
        title_html=title_html,
        summary=source.value("summary"),
        topics=(),
        date=date,
        modified=None,
        timed=False,
        modified_timed=False,
        url=Addresses(settings["SITEURL"]).path(*source.place.address),
        body="",
        postscript=None,
        portable_body="",
        portable_postscript=None,
        reading_minutes=0,
        standing=standing,
        translation=source.value("translation").lower() == "true",
        aliases=(),
        source=source.path,
    )
