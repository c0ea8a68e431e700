"""Tables: alignment as a class, ruby inside cells, and a frame that scrolls on a phone."""

import re
import xml.etree.ElementTree as etree

from markdown.blockparser import BlockParser
from markdown.extensions.tables import TableProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX

from typesetting.ruby import RUBY

_RUBY_BAR = f"{STX}ruby-bar{ETX}"
_STASHED_HTML = re.compile(f"{STX}[^{ETX}]*{ETX}")
_FRAME = "table-scroll"


class HouseTables(TableProcessor):
    """The stock tables without `style=`, which the page's policy would block."""

    def __init__(self, parser: BlockParser) -> None:
        super().__init__(parser, {"use_align_attribute": True})

    def test(self, parent: etree.Element, block: str) -> bool:
        """Tell a table, without taking every paragraph apart to find no bar in it."""
        return "|" in block and super().test(parent, block)

    def run(self, parent: etree.Element, blocks: list[str]) -> None:
        """Build a table in its frame, which takes the focus so that keys scroll it (WCAG 2.1.1)."""
        frame = etree.SubElement(parent, "div", {"class": _FRAME, "tabindex": "0"})
        super().run(frame, blocks)
        for cell in frame.iter():
            if align := cell.attrib.pop("align", None):
                cell.set("class", f"align-{align}")
            if cell.tag == "th" and not cell.text:
                cell.tag = "td"  # an empty header cell heads nothing

    def _split(self, row: str) -> list[str]:
        """Split a row at its bars, those of ruby aside."""
        shielded = RUBY.sub(lambda ruby: ruby[0].replace("|", _RUBY_BAR), row)
        cells: list[str] = super()._split(shielded)  # type: ignore[misc]  # not in the stubs
        return [cell.replace(_RUBY_BAR, "|") for cell in cells]


class TableLabels(Treeprocessor):
    """Names a table's frame after its header row, as what takes the focus needs a name.

    A group, not a region: a column with two tables of the same header would else have
    two landmarks of one name.
    """

    def run(self, root: etree.Element) -> None:
        """Label every frame whose table has a header."""
        for frame in root.iter("div"):
            if frame.get("class") != _FRAME:
                continue
            heads = ("".join(head.itertext()) for head in frame.iter("th"))
            names = [_STASHED_HTML.sub("", head).strip() for head in heads]
            if label := " / ".join(name for name in names if name):
                frame.set("role", "group")
                frame.set("aria-label", label)
