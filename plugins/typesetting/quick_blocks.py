"""Takes plain paragraphs before Python-Markdown asks each of its block processors about them.

Most blocks of a column are sentences and nothing else; to find out, one regular expression
is far cheaper than a dozen, and the HTML stays the same.
"""

import re
import xml.etree.ElementTree as etree

from markdown.blockprocessors import ParagraphProcessor

_PLAIN = re.compile(r"[^\W\d_][^\n|]*(?:\n[^\W_][^\n|]*)*\Z")
"""Lines that begin with a letter or, but for the first, a digit: without marks at their
beginning they open no heading, list, quotation or definition; without bars, no table."""


class PlainParagraph(ParagraphProcessor):
    """The stock paragraph, for blocks that no other processor can match."""

    def test(self, parent: etree.Element, block: str) -> bool:  # noqa: ARG002  Markdown's form
        """Tell a block of plain sentences."""
        return _PLAIN.match(block) is not None
