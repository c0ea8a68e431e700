"""What must hold for the folders, dates, ids and slugs of columns and pages."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import partial
from itertools import groupby
from zoneinfo import ZoneInfo

from columns.headers import HEADERS
from columns.model import is_before
from columns.source import Source, has_time, in_zone, parse_date
from lint.model import Content, Problem, Rules, Settings

RESERVED_SLUGS = frozenset({"columns", "status", "topics", "postscripts", "feeds", "subscribe"})
"""Slugs that would take the address of a list; four digits would take a year's."""

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_YEAR = re.compile(r"[0-9]{4}")


def lint_rules(settings: Settings) -> Rules:
    """Return the headers and rules of columns and pages at NOW; TIMEZONE is that of bare dates."""
    zone = ZoneInfo(settings["TIMEZONE"])
    return Rules(
        headers=HEADERS,
        each=(check_slug, check_folder_date, partial(check_modified, zone, settings["NOW"])),
        overall=(check_ids, check_slugs_differ),
    )


def slug_fault(slug: str) -> str | None:
    """Return what is wrong with a slug, or None."""
    if not _SLUG.fullmatch(slug):
        return f'slug "{slug}": write a to z, digits and single hyphens, e.g. cable-fault'
    if slug in RESERVED_SLUGS or _YEAR.fullmatch(slug):
        reserved = ", ".join(sorted(RESERVED_SLUGS))
        return f'slug "{slug}" is reserved ({reserved}, four digits); write e.g. {slug}-story'
    return None


def check_slug(source: Source) -> Iterator[Problem]:
    """Refuse a slug that makes a poor address or takes the address of a list."""
    if fault := slug_fault(source.place.slug):
        yield Problem(source.path, 1, fault)


def check_folder_date(source: Source) -> Iterator[Problem]:
    """Hold a column's `Date` to the day in the name of its folder, as both are written."""
    folder_day = source.place.date
    if folder_day is None:
        return
    if not _is_day(folder_day):
        message = f'folder: "{folder_day}" is no date; name it like 2014-03-24-{source.place.slug}'
        yield Problem(source.path, 1, message)
        return
    given = parse_date(source.value("date"))
    if given and given.date().isoformat() != folder_day:
        message = (
            f"Date: {given.date()} is not the folder's date; "
            f"write {folder_day} or rename the folder to {given.date()}-{source.place.slug}"
        )
        yield Problem(source.path, source.line_of("date"), message)


def check_modified(zone: ZoneInfo, now: datetime, source: Source) -> Iterator[Problem]:
    """Refuse a change before the text was published or after `now`; a day lasts until its end."""
    published, modified = source.value("date"), source.value("modified")
    begin, end = parse_date(published), parse_date(modified)
    if end is None:
        return
    line = source.line_of("modified")
    end = in_zone(end, zone)
    if is_before(now.astimezone(zone), end, timed=has_time(modified)):
        message = f"Modified: {modified} is yet to come; write when the text changed"
        yield Problem(source.path, line, message)
    timed = has_time(published) and has_time(modified)
    if begin and is_before(end, in_zone(begin, zone), timed=timed):
        message = f"Modified: {modified} is before Date, {published}; write a later one"
        yield Problem(source.path, line, message)


def check_ids(content: Content) -> Iterator[Problem]:
    """Hold an `Id` to one folder, and a folder to one `Id`; a fault names both files."""
    owners: dict[str, Source] = {}
    with_id = [source for source in content.sources if source.is_column and source.value("id")]
    for _, versions in groupby(with_id, key=lambda source: source.folder):
        first, *others = versions
        yield from _ids_unlike(first, others)
        owner = owners.setdefault(first.value("id"), first)
        if owner is not first:
            message = (
                f"Id: {first.value('id')} belongs to content/{owner.path} already; "
                "write another, ten lower-case letters and digits, a letter first"
            )
            yield Problem(first.path, first.line_of("id"), message)


def _ids_unlike(first: Source, others: Iterable[Source]) -> Iterator[Problem]:
    for other in others:
        if other.value("id") != first.value("id"):
            message = (
                f"Id: {other.value('id')} is not the {first.value('id')} of content/{first.path}; "
                "write the same in all languages"
            )
            yield Problem(other.path, other.line_of("id"), message)


def check_slugs_differ(content: Content) -> Iterator[Problem]:
    """Refuse a slug that two column folders share, whatever their dates; name both files."""
    owners: dict[str, list[Source]] = {}
    for source in filter(lambda source: source.is_column, content.sources):
        versions = owners.setdefault(source.place.slug, [])
        if not versions or versions[0].folder == source.folder:
            versions.append(source)
            continue
        same = (v for v in versions if v.place.lang == source.place.lang)
        owner = next(same, versions[0])
        message = (
            f'slug "{source.place.slug}" belongs to content/{owner.path} already; '
            f"rename the folder, e.g. {source.place.date}-{source.place.slug}-again"
        )
        yield Problem(source.path, 1, message)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
