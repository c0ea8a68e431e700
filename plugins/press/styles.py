"""The theme's CSS, and how much of it one page needs."""

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import minify_html

from press.errors import ThemeError

_BEFORE_BLOCKS = ("layers", "tokens", "base", "layout")
_AFTER_BLOCKS = ("print",)
_CLASSES = re.compile(r"""\sclass=(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""")


@dataclass(frozen=True, slots=True)
class Style:
    """A page's CSS as it stands in the page, and its source expression for the policy."""

    css: str
    hash: str


class Styles:
    """The CSS below the theme's `static/css`, minified once.

    Every page gets layers, tokens, base, layout and print, and of `blocks/` only those files
    whose name is a class in its HTML. Raises ThemeError for what is missing or no CSS.
    """

    def __init__(self, folder: Path) -> None:
        self._before = "".join(_read(folder / f"{name}.css") for name in _BEFORE_BLOCKS)
        self._after = "".join(_read(folder / f"{name}.css") for name in _AFTER_BLOCKS)
        self._blocks = {
            path.stem: _read(path) for path in sorted((folder / "blocks").glob("*.css"))
        }
        self._of_blocks: dict[frozenset[str], Style] = {}

    def of_page(self, html: str) -> Style:
        """Return the style that this HTML needs."""
        shown = frozenset(_classes(html) & self._blocks.keys())
        if shown not in self._of_blocks:
            blocks = "".join(css for name, css in self._blocks.items() if name in shown)
            css = self._before + blocks + self._after
            self._of_blocks[shown] = Style(css, source_hash(css))
        return self._of_blocks[shown]


def source_hash(text: str) -> str:
    """Return the hash source expression of inline style or script (CSP 3 §2.3.1)."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _classes(html: str) -> set[str]:
    attributes = {"".join(found) for found in _CLASSES.findall(html)}
    return {name for attribute in attributes for name in attribute.split()}


def _read(path: Path) -> str:
    try:
        return minify_css(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ThemeError(f"{path}: missing; every page's style begins with it") from None
    except ValueError as error:
        raise ThemeError(f"{path}: {error}") from None


def minify_css(css: str) -> str:
    """Return the same rules in fewer bytes. Raises ValueError where it is no CSS."""
    # The minifier hands back unread what it cannot parse: then this comment is still there.
    unread = "/**/"
    if "</style" in css.lower():
        raise ValueError("holds </style, which would end the page's style")
    minified = minify_html.minify(f"<style>{unread}{css}</style>", minify_css=True)
    minified = minified.removeprefix("<style>").removesuffix("</style>")
    if minified.startswith(unread):
        raise ValueError("is no CSS from some point on; look for a missing brace or colon")
    return minified
