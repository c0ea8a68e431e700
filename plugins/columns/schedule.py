"""When a build will say something else though nothing was written: scheduled texts come due."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from columns.model import Standing, standing_of
from columns.source import Source


def next_due(sources: Iterable[Source], zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return when the next text that is held back for its date alone may be seen, if any is."""
    dates = (_date_if_scheduled(source, zone, now) for source in sources)
    return min((date for date in dates if date), default=None)


def _date_if_scheduled(source: Source, zone: ZoneInfo, now: datetime) -> datetime | None:
    date = source.date(zone)
    standing = standing_of(source.value("status"), date, now)
    return date if standing is Standing.SCHEDULED else None
