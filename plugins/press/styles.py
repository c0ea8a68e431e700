"""The theme's CSS, and how much of it one page needs."""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from press.errors import ThemeError

_ORDER = ("layers", "tokens", "languages", "base", "layout", "blocks", "elements", "print")
"""The cascade within a layer: files and folders as they follow each other in a page."""

_NO_STRUCTURE = re.compile(
    r"""/\*.*?\*/ | "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' | url\([^)"']*\) | \\.""",
    re.DOTALL | re.VERBOSE,
)
"""Where a brace is text: comments, strings, addresses and escapes."""

_VALUE = r"""(?:"([^"]*)"|'([^']*)'|([^\s>"']+))"""
# Each begins with letters, which a regular expression finds far faster than a space.
_ATTRIBUTES = {
    "languages": re.compile(rf"lang=(?<=\slang=){_VALUE}"),
    "blocks": re.compile(rf"class=(?<=\sclass=){_VALUE}"),
}
"""A folder of CSS → the attribute in which a page names the files that it needs."""


@dataclass(frozen=True, slots=True)
class Style:
    """A page's CSS as it stands in the page, and its source expression for the policy."""

    css: str
    hash: str


class Styles:
    """The CSS below the theme's `static/css`, minified once.

    Every page gets layers, tokens, base, layout and print. It gets a file of `blocks/` where
    the file's name is a class in its HTML, of `elements/` where it is an element, and of
    `languages/` where it is a language. Raises ThemeError for what is missing or no CSS.
    """

    def __init__(self, folder: Path, minify: Callable[[str], str] | None = None) -> None:
        """Read the folder; `minify` takes the place of `minify_css`."""
        self._minify = minify or minify_css
        self._files: dict[tuple[str, str], str] = {}
        for name in _ORDER:
            if name in (*_ATTRIBUTES, "elements"):
                for path in sorted((folder / name).glob("*.css")):
                    self._files[name, path.stem] = self._read(path)
            else:
                self._files[name, ""] = self._read(folder / f"{name}.css")
        self._made: dict[frozenset[tuple[str, str]], Style] = {}

    def of_page(self, html: str) -> Style:
        """Return the style that this HTML needs."""
        named = {(name, word) for name in _ATTRIBUTES for word in _words(name, html)}
        needed = frozenset(
            (name, word)
            for name, word in self._files
            if not word or (name, word) in named or (name == "elements" and _has(word, html))
        )
        if needed not in self._made:
            css = "".join(css for key, css in self._files.items() if key in needed)
            self._made[needed] = Style(css, source_hash(css))
        return self._made[needed]

    def _read(self, path: Path) -> str:
        try:
            return self._minify(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ThemeError(f"{path}: missing; every page's style begins with it") from None
        except ValueError as error:
            raise ThemeError(f"{path}: {error}") from None


def source_hash(text: str) -> str:
    """Return the hash source expression of inline style or script (CSP 3 §2.3.1)."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _words(folder: str, html: str) -> set[str]:
    """Return what a page's attributes name: its classes or its languages."""
    attributes = {"".join(groups) for groups in _ATTRIBUTES[folder].findall(html)}
    return {word for attribute in attributes for word in attribute.split()}


def _has(element: str, html: str) -> bool:
    return f"<{element}>" in html or f"<{element} " in html


def minify_css(css: str) -> str:
    """Return the same rules in fewer bytes. Raises ValueError where it is no CSS."""
    # The minifier hands back unread what it cannot parse: then this comment is still there.
    unread = "/**/"
    if "</style" in css.lower():
        raise ValueError("holds </style, which would end the page's style")
    import minify_html  # takes as long as the rest of a page; what is kept needs none of it

    minified = minify_html.minify(f"<style>{unread}{css}</style>", minify_css=True)
    minified = minified.removeprefix("<style>").removesuffix("</style>")
    structure = _NO_STRUCTURE.sub("", css)  # at the end CSS closes by itself what is left open
    if minified.startswith(unread) or structure.count("{") != structure.count("}"):
        raise ValueError("is no CSS from some point on; look for a missing brace or colon")
    return minified
