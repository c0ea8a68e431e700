"""The Markdown side: finds the section that is the postscript and marks it.

A heading of any level whose text is one of the postscript headings opens it, and so does
a line `■ あとがき`. It runs to the end of the text; footnotes stay with the column.
"""

import re
import xml.etree.ElementTree as etree
from collections.abc import Iterable, Mapping
from html import unescape

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

MARK = "x-postscript"
"""The element that holds the postscript until `split` takes it out, or `unwrap` puts it back."""

_SPLIT = re.compile(
    rf'<{MARK} heading="(?P<heading>[^"]*)" level="(?P<level>h[1-6])">'
    rf"(?P<postscript>.*?)</{MARK}>",
    re.DOTALL,
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def split(html: str) -> tuple[str, str | None]:
    """Return a column's HTML without its postscript, and the postscript or None."""
    found = _SPLIT.search(html)
    if found is None:
        return html, None
    return html[: found.start()].rstrip() + html[found.end() :], found["postscript"].strip()


def heading_of(html: str) -> str:
    """Return the words of the heading that opens the postscript, or an empty string."""
    found = _SPLIT.search(html)
    return unescape(found["heading"]) if found else ""


def unwrap(html: str) -> str:
    """Return a page's HTML with the section as written: only columns have a postscript."""
    return _SPLIT.sub(r"<\g<level>>\g<heading></\g<level>>\g<postscript>", html)


class PostscriptExtension(Extension):
    """Marks the last section if its heading is one of `headings`."""

    def __init__(self, headings: Iterable[str]) -> None:
        super().__init__()
        self.headings = frozenset(heading.casefold() for heading in headings)

    def __repr__(self) -> str:
        return f"PostscriptExtension({sorted(self.headings)})"

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  Markdown's own name
        """Register behind fenced code (25) and behind footnotes (50) and inline text (20)."""
        md.preprocessors.register(_SquareHeading(md, self.headings), "postscript-square", 24)
        md.treeprocessors.register(_LastSection(md, self.headings), "postscript", 5)


def extension_of(headings: Mapping[str, Iterable[str]]) -> PostscriptExtension:
    """Return the extension for POSTSCRIPT_HEADINGS, which are by language."""
    return PostscriptExtension(name for names in headings.values() for name in names)


class _SquareHeading(Preprocessor):
    """Turns a line `■ あとがき` into a heading of the second level."""

    def __init__(self, md: Markdown, headings: frozenset[str]) -> None:
        super().__init__(md)
        self.headings = headings

    def run(self, lines: list[str]) -> list[str]:
        result: list[str] = []
        for line in lines:
            if line.startswith("■") and line[1:].strip().casefold() in self.headings:
                result += ["", f"## {line[1:].strip()}", ""]
            else:
                result.append(line)
        return result


class _LastSection(Treeprocessor):
    """Moves the postscript's blocks into one marked element, without their heading."""

    def __init__(self, md: Markdown, headings: frozenset[str]) -> None:
        super().__init__(md)
        self.headings = headings

    def run(self, root: etree.Element) -> None:
        blocks = list(root)
        start = self._start(blocks)
        if start is None:
            return
        opening = blocks[start]
        words = "".join(opening.itertext()).strip()
        marked = etree.Element(MARK, {"level": opening.tag, "heading": words})
        root.remove(opening)
        for block in blocks[start + 1 :]:
            if block.get("class") != "footnote":
                root.remove(block)
                marked.append(block)
        root.insert(start, marked)

    def _start(self, blocks: list[etree.Element]) -> int | None:
        """Return the index of the heading that opens the last section, if it is a postscript."""
        highest_behind = "h7"
        for index in reversed(range(len(blocks))):
            block = blocks[index]
            if block.tag not in _HEADINGS or block.tag >= highest_behind:
                continue
            highest_behind = block.tag
            if _plain(block) in self.headings:
                return index
        return None


def _plain(heading: etree.Element) -> str:
    """Return a heading's text as the names are compared: without a square, case folded."""
    return "".join(heading.itertext()).strip().removeprefix("■").strip().casefold()
