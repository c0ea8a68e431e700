"""Whether a column may be seen yet: drafts and columns dated in the future are held back."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from columns.model import Standing
from columns.source import Source, in_zone, parse_date


def standing_of(status: str, date: datetime | None, now: datetime) -> Standing:
    """Judge a column by its `Status:` header and its date against the build's `now`."""
    if status == "draft":
        return Standing.DRAFT
    if date is not None and date > now:
        return Standing.SCHEDULED
    return Standing.PUBLISHED


def next_due(sources: Iterable[Source], zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return when the next text that is held back for its date alone may be seen, if any is."""
    dates = (_date_if_scheduled(source, zone, now) for source in sources)
    return min((date for date in dates if date), default=None)


def _date_if_scheduled(source: Source, zone: ZoneInfo, now: datetime) -> datetime | None:
    written = parse_date(source.value("date"))
    date = in_zone(written, zone) if written else None
    standing = standing_of(source.value("status").lower(), date, now)
    return date if standing is Standing.SCHEDULED else None
