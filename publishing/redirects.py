"""The map of old addresses that nginx reads: outside the releases, changed only when it changes.

A unit of systemd has nginx read it again then; a switch that moves no column costs no reload.
"""

import os

from publishing.layout import Layout


def refresh(layout: Layout) -> None:
    """Make ROOT/redirects.map that of the live release; one that says the same is left alone."""
    live = layout.current / layout.redirects.name
    wanted = live.read_bytes() if live.is_file() else b""
    if layout.redirects.is_file() and layout.redirects.read_bytes() == wanted:
        return
    draft = layout.redirects.with_name(f".{layout.redirects.name}")
    with draft.open("wb") as file:
        file.write(wanted)
        os.fsync(file.fileno())
    draft.chmod(0o644)
    draft.replace(layout.redirects)
