"""From a template's HTML to the bytes of a page: style, security policy, no idle bytes."""

import re

import minify_html

from press.errors import ThemeError
from press.styles import Style, Styles

STYLE_PLACE = "<style></style>"
"""What base.html holds, after charset and viewport, where the page's style goes."""

_INLINE = (
    "a|abbr|b|bdi|bdo|button|cite|code|data|del|dfn|em|i|img|input|ins|kbd|label|mark|q|ruby|s|"
    "samp|select|small|span|strong|sub|sup|svg|time|u|var|wbr"
)
_SPACE_BEFORE_INLINE = re.compile(rf">\s+(?=<(?:{_INLINE})[\s>/])")
_POLICY_START = '<meta http-equiv=Content-Security-Policy content="'
_POLICY = re.compile(rf'({re.escape(_POLICY_START)})([^"]*)')
_KEPT = "\ufdd0"  # a noncharacter: no text holds it


def print_sheet(html: str, styles: Styles, scripts: tuple[str, ...] = ()) -> bytes:
    """Return the page's bytes: `html` minified, with its policy and the style it needs.

    `scripts` are hash source expressions of the inline scripts that may run.
    Raises ThemeError where the page has no place for its style.
    """
    before, place, after = minify(html).partition(STYLE_PLACE)
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


def minify(html: str) -> str:
    """Return the same document in fewer bytes, valid and with every space that is seen.

    Inside a div, a nav and the like the minifier drops the space between two inline elements,
    which joins their words; a mark beside each such space keeps it.
    """
    marked = _SPACE_BEFORE_INLINE.sub(rf"\g<0>{_KEPT}", html)
    minified = minify_html.minify(
        marked, keep_closing_tags=True, keep_html_and_head_opening_tags=True
    )
    return minified.replace(_KEPT, "")


def widen(page: str, directive: str, source: str) -> str:
    """Return a printed page whose policy also allows `source` for `directive`."""
    return _POLICY.sub(lambda found: f"{found[1]}{_allow(found[2], directive, source)}", page, 1)


def _allow(policy: str, directive: str, source: str) -> str:
    rest = [part for part in policy.split(";") if part.partition(" ")[0] != directive]
    sources = [part.partition(" ")[2] for part in policy.split(";") if part not in rest]
    return ";".join([*rest, " ".join([directive, *sources, source])])
