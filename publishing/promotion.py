"""The last step of a release: switched to, seen, told; or back to the one before."""

import logging

from publishing import redirects, releases, smoke, state, websub
from publishing.errors import ReleaseError
from publishing.layout import Layout
from publishing.model import Release, Settled, Smoke

_log = logging.getLogger(__name__)


def settled(layout: Layout) -> Release | None:
    """Return the last release that readers were seen to get, None where it is not kept."""
    known = state.read(layout.settled, Settled)
    return next((r for r in releases.kept(layout) if known and r.name == known.release), None)


def promote(layout: Layout, release: Release, smoke_at: Smoke | None, *, safe: bool = True) -> None:
    """Make a release live, see that readers get it, and tell hubs which feeds it changes.

    Every step is done again until the last one is, whatever ended the process in between.
    Raises ReleaseError where the web server does not show it; if `safe`, the last release that it
    did show is live again then.
    """
    before = settled(layout)
    if releases.live(layout) != release:
        releases.switch(layout, release)
        _log.info("%s is live", release.name)
    redirects.refresh(layout)
    if before == release:
        return
    folder = releases.folder_of(layout, release)
    try:
        if smoke_at:
            smoke.check(folder, smoke_at)
    except ReleaseError as error:
        if before is None or not safe:
            raise ReleaseError(f"{error}; {release.name} is live all the same") from None
        releases.switch(layout, before)
        redirects.refresh(layout)
        raise ReleaseError(f"{error}; {before.name} is live again") from None
    older = releases.folder_of(layout, before) if before else None
    websub.tell(websub.changed_topics(older, folder))
    state.write(layout.settled, Settled(release=release.name))
