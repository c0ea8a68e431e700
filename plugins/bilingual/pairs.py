"""Brings the languages of a column together and names the original."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from columns.model import Column, Work, is_before


def pair(columns: Iterable[Column], languages: Sequence[str], default: str) -> tuple[Work, ...]:
    """Return the works, newest first, then by slug; each with its languages in the site's order."""
    by_slug: dict[str, dict[str, Column]] = {}
    for column in columns:
        by_slug.setdefault(column.slug, {})[column.lang] = column
    works = []
    for versions in by_slug.values():
        ordered = {lang: versions[lang] for lang in languages if lang in versions}
        works.append(Work(ordered, _original(ordered, default)))
    return tuple(sorted(works, key=_newest_first))


def _original(versions: dict[str, Column], default: str) -> Column:
    """Return the default language's version, unless its header says that it is a translation."""
    candidates = [column for column in versions.values() if not column.translation]
    candidates = candidates or list(versions.values())
    return next((column for column in candidates if column.lang == default), candidates[0])


def _newest_first(work: Work) -> tuple[float, str]:
    return -work.original.date.timestamp(), work.original.slug


def newer_original(work: Work, column: Column) -> datetime | None:
    """Return when the original changed after this translation, or None where it did not.

    A date without a time of day speaks of the whole day: on one day neither is older.
    """
    original = work.original
    timed = original.updated_timed and column.updated_timed
    if column is original or not is_before(column.updated, original.updated, timed=timed):
        return None
    return original.updated
