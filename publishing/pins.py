"""The pin that keeps a release live until main moves on."""

import logging

from publishing import state
from publishing.layout import Layout
from publishing.model import Pin

_log = logging.getLogger(__name__)


def in_force(layout: Layout, tip: str | None) -> Pin | None:
    """Return the pin that counts while main stands at `tip`; one of another tip is taken out."""
    pin = state.read(layout.pin, Pin)
    if pin is None or pin.tip == tip:
        return pin
    remove(layout)
    _log.info("main has moved on: %s is no longer pinned", pin.release)
    return None


def put(layout: Layout, release: str, tip: str | None) -> None:
    """Keep a release live for as long as main stands at `tip`."""
    state.write(layout.pin, Pin(release=release, tip=tip))


def remove(layout: Layout) -> None:
    """Let the worker go on."""
    layout.pin.unlink(missing_ok=True)
