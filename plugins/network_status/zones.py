"""The zones that times are told in, and how a machine is told. Imports no sibling."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

JAPAN: Final = timezone(timedelta(hours=9))
CHINA: Final = timezone(timedelta(hours=8))


def iso(at: int | None, zone: tzinfo = UTC) -> str | None:
    """Return a time as ISO 8601 with its offset."""
    return None if at is None else datetime.fromtimestamp(at, zone).isoformat()
