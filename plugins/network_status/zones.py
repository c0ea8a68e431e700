"""The zones that times are told in, and how a machine is told. Imports no sibling."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

JAPAN: Final = timezone(timedelta(hours=9))
CHINA: Final = timezone(timedelta(hours=8))


def both(when: str | None) -> str:
    """Return an ISO 8601 time in Japan and in China, each with its offset, in any language."""
    if when is None:
        return "–"
    japan, china = (datetime.fromisoformat(when).astimezone(zone) for zone in (JAPAN, CHINA))
    day = "" if japan.date() == china.date() else f"{china:%Y-%m-%d} "
    return f"{japan:%Y-%m-%d %H:%M} (UTC+9) / {day}{china:%H:%M} (UTC+8)"


def iso(at: int | None, zone: tzinfo = UTC) -> str | None:
    """Return a time as ISO 8601 with its offset."""
    return None if at is None else datetime.fromtimestamp(at, zone).isoformat()
