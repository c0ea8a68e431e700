"""The way back from a footnote, without the English phrase that Markdown gives it."""

import xml.etree.ElementTree as etree

from markdown.treeprocessors import Treeprocessor

_TEXT_STYLE = "\ufe0e"
"""Keeps the arrow a letter where a system would draw an emoji (UTS #51)."""


class FootnoteLinks(Treeprocessor):
    """Takes the title "Jump back to footnote 1 in the text" off each backlink."""

    def run(self, root: etree.Element) -> None:
        """Rewrite the links of class `footnote-backref`."""
        for link in root.iter("a"):
            if link.get("class") == "footnote-backref":
                link.attrib.pop("title", None)
                link.text = f"{link.text or ''}{_TEXT_STYLE}"
