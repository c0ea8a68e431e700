"""Columns: the file's format, its headers, and when it may be seen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pelican import signals
from pelican.generators import Generator

from columns.model import Standing, standing_of
from columns.rules import lint_rules
from columns.source import in_zone

__all__ = ["lint_rules", "register"]


def hold_back(generator: Generator, metadata: dict[str, Any]) -> None:
    """Skip a draft or a column of the future, unless SHOW_DRAFTS asks to see it.

    Pelican's own switch compares with its own clock and gives held-back columns an
    address; this one knows only the build's NOW.
    """
    settings: Mapping[str, Any] = generator.settings
    date = metadata.get("date")
    standing = standing_of(
        str(metadata.get("status", "")),
        in_zone(date, ZoneInfo(settings["TIMEZONE"])) if isinstance(date, datetime) else None,
        settings["NOW"],
    )
    metadata["standing"] = standing
    held = standing is not Standing.PUBLISHED and not settings["SHOW_DRAFTS"]
    metadata["status"] = "skip" if held else "published"


def register() -> None:
    """Connect to Pelican."""
    signals.article_generator_context.connect(hold_back)
    signals.page_generator_context.connect(hold_back)
