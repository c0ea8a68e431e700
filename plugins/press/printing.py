"""From a template's HTML to the bytes of a page: its style and its security policy.

The HTML stays as the templates write it: a minifier takes half a percent off a page that
is sent with brotli, and an eighth of a build's time.
"""

import re

from jinja2 import Template

from press.errors import ThemeError
from press.model import Sheet
from press.styles import Style, Styles, source_hash

STYLE_PLACE = "<style></style>"
"""What base.html holds, after charset and viewport, where the page's style goes."""

_POLICY_START = '<meta http-equiv="Content-Security-Policy" content="'
_POLICY = re.compile(rf'({re.escape(_POLICY_START)})([^"]*)')


def print_page(sheet: Sheet, template: Template, styles: Styles) -> bytes:
    """Return a sheet, rendered with just its own values, as the bytes of its file."""
    try:
        text = template.render(sheet.values)
        if not sheet.path.endswith((".html", ".htm")):
            return text.encode()
        return print_sheet(text, styles, tuple(map(source_hash, sheet.scripts)))
    except Exception as error:
        error.add_note(f"while printing {sheet.path}")
        raise


def print_sheet(html: str, styles: Styles, scripts: tuple[str, ...] = ()) -> bytes:
    """Return the page's bytes: `html` with its policy and the style it needs.

    `scripts` are hash source expressions of the inline scripts that may run.
    Raises ThemeError where the page has no place for its style.
    """
    before, place, after = html.partition(STYLE_PLACE)
    if not place:
        raise ThemeError(
            f"no place for the style; base.html holds {STYLE_PLACE} after charset and viewport"
        )
    style = styles.of_page(after)
    return f"{before}{policy_meta(style, scripts)}<style>{style.css}</style>{after}".encode()


def policy_meta(style: Style, scripts: tuple[str, ...] = ()) -> str:
    """Return the page's Content-Security-Policy as an element.

    A meta element may not carry frame-ancestors, report-uri or sandbox (CSP 3 §3.3): those
    are the server's to send. What default-src does not cover is closed by name.
    """
    directives = [
        "default-src 'none'",
        f"style-src {style.hash}",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'self'",
    ]
    if scripts:
        directives += [f"script-src {' '.join(scripts)}", "connect-src 'self'"]
    return f'{_POLICY_START}{";".join(directives)}">'


def widen(page: str, directive: str, source: str) -> str:
    """Return a printed page whose policy also allows `source` for `directive`."""
    return _POLICY.sub(lambda found: f"{found[1]}{_allow(found[2], directive, source)}", page, 1)


def _allow(policy: str, directive: str, source: str) -> str:
    rest = [part for part in policy.split(";") if part.partition(" ")[0] != directive]
    sources = [part.partition(" ")[2] for part in policy.split(";") if part not in rest]
    return ";".join([*rest, " ".join([directive, *sources, source])])
