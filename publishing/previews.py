"""Previews: builds with drafts, each at an address that nobody can guess, for a week."""

import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from publishing.builder import Builder
from publishing.layout import Layout

BASE = "/preview"
"""The path below which the web server shows previews."""

_UNTIL = "%Y%m%d%H%M"
_SECRET_BYTES = 16


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview that can be looked at until it ends, and what is wrong with what it shows."""

    address: str
    until: datetime
    problems: tuple[str, ...]


def make(builder: Builder, commit: str, now: datetime, days: float = 7) -> Preview:
    """Build a commit with its drafts, and show it when it is whole.

    Raises Refused or BuildFailed where there is nothing to show.
    """
    until = (now + timedelta(days=days)).astimezone(UTC)
    name = f"{until:{_UNTIL}}-{secrets.token_urlsafe(_SECRET_BYTES)}"
    folder = builder.layout.previews / name
    draft = folder.with_name(f".{name}")
    try:
        made, problems = builder.preview(commit, now, draft, f"{BASE}/{name}")
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Preview(f"{made.siteurl}/", until, problems)


def expire(layout: Layout, now: datetime) -> None:
    """Remove the previews that have ended, and what was left of one that never came to be."""
    for folder in layout.previews.iterdir() if layout.previews.is_dir() else ():
        until = _until(folder)
        if until is not None and until <= now:
            shutil.rmtree(folder)


def _until(folder: Path) -> datetime | None:
    """Return when a preview ends, as its name says, or None for what is none."""
    try:
        return datetime.strptime(folder.name.lstrip(".").partition("-")[0], _UNTIL).replace(
            tzinfo=UTC
        )
    except ValueError:
        return None
