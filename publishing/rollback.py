"""Back to an earlier release, by hand: `invoke releases` and `invoke rollback`."""

from publishing import pins, releases, state
from publishing.builder import have_content
from publishing.commits import Commits
from publishing.errors import PublishingError, ReleaseError
from publishing.layout import Layout
from publishing.lock import held
from publishing.model import Pin, Release, Smoke
from publishing.promotion import promote

_PATIENCE_S = 300.0
_COMMIT_DIGITS = 10


def table(layout: Layout) -> str:
    """Return the releases that are kept, newest first: a line each, with what was committed."""
    shown, pin = releases.live(layout), state.read(layout.pin, Pin)
    commits = Commits(layout)
    lines = [
        f"{_mark(release, shown, pin):11}  {short(release)}  "
        f"{release.released_at:%Y-%m-%d %H:%M} UTC  {_subject(commits, release)}"
        for release in releases.kept(layout)
    ]
    return "\n".join(lines) or "no release yet; the first push to main makes one"


def roll_back(layout: Layout, smoke: Smoke | None, beginning: str = "") -> str:
    """Make a release live and keep it until the next push; return what to tell.

    `beginning` is that of its name or commit; without one it is the release before the live one.
    The newest release of what main stands at needs no pin: with it the site follows main again.
    Raises ReleaseError where there is none, or the web server does not show it.
    """
    with held(layout, "a rollback", _PATIENCE_S):
        before = releases.live(layout)
        release = releases.named(layout, beginning) if beginning else _older(layout, before)
        commits = Commits(layout)
        tip = commits.tip()
        pinned = release.commit != tip or release != releases.kept(layout)[0]
        # Before the switch: killed in between, the worker switches, and does not switch back.
        if pinned:
            pins.put(layout, release.name, tip)
        else:
            pins.remove(layout)
        have_content(commits, release.commit)
        promote(layout, release, smoke, safe=False)
    stays = (
        "It stays live until the next push to main." if pinned else "Nothing is pinned any more."
    )
    lines = [f"{short(release)} is live: {_subject(commits, release)}", stays]
    if before and before != release:
        lines += [f"What was live before comes back with: invoke rollback --to {short(before)}"]
    return "\n".join(lines)


def _older(layout: Layout, shown: Release | None) -> Release:
    there = releases.kept(layout)
    older = [release for release in there if shown and release.name < shown.name]
    if not older:
        raise ReleaseError(f"there is no release before {shown.name if shown else 'the first'}")
    return older[0]


def short(release: Release) -> str:
    """Return as much of a release's name as a person needs."""
    return release.name[: -len(release.commit) + _COMMIT_DIGITS]


def _mark(release: Release, shown: Release | None, pin: Pin | None) -> str:
    pinned = pin is not None and release.name == pin.release
    return " ".join(["live"] * (release == shown) + ["pinned"] * pinned)


def _subject(commits: Commits, release: Release) -> str:
    try:
        subject = commits.subject(release.commit)
    except PublishingError:
        return "(its commit is not in the repository)"
    return "".join(char if char.isprintable() else " " for char in subject)
