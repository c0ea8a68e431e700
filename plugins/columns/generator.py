"""What a build does with a text that nobody may see yet."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pelican.generators import Generator

from columns.model import Standing
from columns.schedule import standing_of
from columns.source import in_zone


def hold_back(generator: Generator, metadata: dict[str, Any]) -> None:
    """Skip a draft or a column of the future, unless SHOW_DRAFTS asks to see it.

    Pelican's own switch compares with its own clock and gives held-back columns an
    address; this one knows only the build's NOW.
    """
    settings: Mapping[str, Any] = generator.settings
    date = metadata.get("date")
    standing = standing_of(
        str(metadata.get("status", "")).lower(),
        in_zone(date, ZoneInfo(settings["TIMEZONE"])) if isinstance(date, datetime) else None,
        settings["NOW"],
    )
    metadata["standing"] = standing
    held = standing is not Standing.PUBLISHED and not settings["SHOW_DRAFTS"]
    metadata["status"] = "skip" if held else "published"
