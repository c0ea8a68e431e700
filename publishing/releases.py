"""The releases that are kept, the one that is live, and the switch between them."""

import shutil
from collections.abc import Container
from pathlib import Path

from pydantic import ValidationError

from publishing.errors import ReleaseError
from publishing.layout import Layout
from publishing.model import RELEASE_JSON, Release

KEPT = 5
"""How many of the newest releases stay; the live one and a pinned one stay beside them."""


def folder_of(layout: Layout, release: Release) -> Path:
    """Return where a release lies."""
    return layout.releases / release.name


def kept(layout: Layout) -> list[Release]:
    """Return every whole release, newest first."""
    folders = layout.releases.iterdir() if layout.releases.is_dir() else iter(())
    found = [release for folder in folders if (release := _read(folder))]
    return sorted(found, key=lambda release: release.released_at, reverse=True)


def live(layout: Layout) -> Release | None:
    """Return the release that readers see, or None where the link leads to none."""
    try:
        return _read(layout.releases / layout.current.readlink().name)
    except OSError:
        return None


def named(layout: Layout, beginning: str) -> Release:
    """Return the one release whose name, or whose commit, begins like that.

    Raises ReleaseError that says which ones there are.
    """
    there = kept(layout)
    found = [r for r in there if r.name.startswith(beginning) or r.commit.startswith(beginning)]
    if len(found) == 1:
        return found[0]
    fault = "begins more than one release" if found else "is no release that is kept"
    known = "".join(f"\n  {release.name}" for release in found or there) or " none"
    raise ReleaseError(f"{beginning}: {fault}; there are:{known}")


def switch(layout: Layout, release: Release) -> None:
    """Make a release live: a reader sees the one before or this one, and never neither."""
    draft = layout.root / f".{layout.current.name}.new"
    draft.unlink(missing_ok=True)
    # Relative: the link still leads there when the root is moved or mounted elsewhere.
    draft.symlink_to(folder_of(layout, release).relative_to(layout.root))
    draft.replace(layout.current)


def prune(layout: Layout, needed: Container[str]) -> None:
    """Remove all but the newest releases and those `needed`, by name; never the live one."""
    shown = live(layout)
    for release in kept(layout)[KEPT:]:
        if release != shown and release.name not in needed:
            folder = folder_of(layout, release)
            folder.rename(folder.with_name(f".{release.name}"))  # a half one is none
    remove_drafts(layout)


def remove_drafts(layout: Layout) -> None:
    """Remove what was begun, whether to make or to remove it, and did not end."""
    for folder in layout.releases.glob(".*/"):
        shutil.rmtree(folder)


def _read(folder: Path) -> Release | None:
    try:
        release = Release.model_validate_json((folder / RELEASE_JSON).read_bytes())
    except (OSError, ValidationError):
        return None
    return release if release.name == folder.name else None
