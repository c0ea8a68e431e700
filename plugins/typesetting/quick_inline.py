"""Asks an inline pattern only where the character occurs that it cannot match without.

Python-Markdown tries each of its twenty patterns on each text. Most texts hold no
backslash, bracket or ampersand at all, so looking for the character first is far cheaper
and the HTML stays the same.
"""

import xml.etree.ElementTree as etree
from typing import Any

from markdown import inlinepatterns as stock
from markdown.treeprocessors import InlineProcessor
from markdown.util import AtomicString

from typesetting.ruby import RUBY

_TRIGGERS: dict[str, tuple[str, ...]] = {
    stock.BACKTICK_RE: ("`",),
    stock.ESCAPE_RE: ("\\",),
    stock.LINK_RE: ("[",),
    stock.IMAGE_LINK_RE: ("![",),
    stock.AUTOLINK_RE: ("<",),
    stock.AUTOMAIL_RE: ("<",),
    stock.LINE_BREAK_RE: ("  \n",),
    stock.HTML_RE: ("<",),
    stock.ENTITY_RE: ("&",),
    r"\*|_": ("*", "_"),
    r"\[\^([^\]]*)\]": ("[^",),
    RUBY.pattern: ("{",),
}
"""A pattern's regular expression → what every match of it contains, one or the other."""

_EVERYWHERE = ("",)


class QuickInline(InlineProcessor):
    """The stock inline processor with its inner loop shortened.

    The loop is a private method and so has a mangled name. Should a release rename it,
    ours is never called and pages are set as before, only slower.
    """

    def run(self, tree: etree.Element, ancestors: list[str] | None = None) -> etree.Element:
        """Apply the inline patterns to a tree."""
        self._patterns = [
            (index, pattern, triggers[0], triggers[-1])
            for index, pattern in enumerate(self.inlinePatterns)
            for triggers in [_TRIGGERS.get(getattr(pattern, "pattern", ""), _EVERYWHERE)]
        ]
        return super().run(tree, ancestors)

    def _InlineProcessor__handleInline(  # noqa: N802  see the class
        self,
        data: str,
        patternIndex: int = 0,  # noqa: N803  Markdown's own name
    ) -> str:
        if isinstance(data, AtomicString):
            return data
        # Any: the stubs do not know private methods
        apply_pattern: Any = self._InlineProcessor__applyPattern  # type: ignore[attr-defined]
        for index, pattern, trigger, other in self._patterns[patternIndex:]:
            matched, start = trigger in data or other in data, 0
            while matched:
                data, matched, start = apply_pattern(pattern, data, index, start)
        return data
