"""A route's state as a small picture for other pages, with its times in it.

An image on somebody else's page can neither be refreshed nor know a theme: so it prints when
it was measured and how long that holds, and brings its own colours, which are the theme's.
"""

from collections.abc import Mapping
from typing import Final
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

from network_status.documents import RouteDocument, state_said
from network_status.model import State
from network_status.zones import both

_SHAPES: Final = {
    State.OPERATIONAL: ("#2f6d58", '<circle cx="16" cy="19" r="5"/>'),
    State.DEGRADED: ("#8a5a0a", '<path d="M16 13.5 22 24H10z"/>'),
    State.OUTAGE: (
        "#a3341f",
        '<path d="m11.5 13 4.5 4.5 4.5-4.5 1.5 1.5-4.5 4.5 4.5 4.5-1.5 1.5'
        '-4.5-4.5-4.5 4.5-1.5-1.5 4.5-4.5-4.5-4.5z"/>',
    ),
    State.MAINTENANCE: ("#3b5f8c", '<path d="M16 13l6 6-6 6-6-6z"/>'),
    State.UNKNOWN: ("#5d574d", '<circle cx="16" cy="19" r="4.5" fill="none" stroke="#5d574d"/>'),
}
_WIDE = 13.0
_NARROW = 7.2
_SMALL = 0.78


def badge(route: RouteDocument, lang: str, words: Mapping[str, str]) -> bytes:
    """Return a route's badge; `words` are those of the status document in a language."""
    title = words["badge"].format(route=route["name"][lang], state=state_said(route, words))
    below = words["badge_times"].format(
        as_of=both(route["observed_until"]), valid=both(route["valid_until"])
    )
    colour, shape = _SHAPES[State(route["state"])]
    width = round(max(_width(title), _SMALL * _width(below)) + 40)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 50" width="{width}"'
        f' height="50" role="img" lang="{lang}"><title>{escape(title)}, {escape(below)}</title>'
        f'<rect x=".5" y=".5" width="{width - 1}" height="49" fill="#fcfbf8" stroke="#d9d3c7"/>'
        f'<g fill="{colour}">{shape}</g>'
        '<g font-family="sans-serif" fill="#211f1b">'
        f'<text x="30" y="24" font-size="14" font-weight="600">{escape(title)}</text>'
        f'<text x="30" y="41" font-size="11" fill="#5d574d">{escape(below)}</text></g></svg>\n'
    ).encode()


def _width(text: str) -> float:
    """Estimate the width of a text at 14 px in any sans serif, on the generous side."""
    return sum(_WIDE + 1 if east_asian_width(char) in "WF" else _NARROW + 0.6 for char in text)
