"""Ruby: `{漢字|かんじ}` becomes the word with its reading above it."""

import re
import xml.etree.ElementTree as etree

from markdown.inlinepatterns import InlineProcessor

RUBY = re.compile(r"\{([^{}|\n]+)\|([^{}|\n]+)\}")


class RubyInline(InlineProcessor):
    """Sets group ruby, with brackets for readers whose browser has none (HTML §4.5.10).

    To be registered behind code and escapes, before links, so that a link's text may
    hold it.
    """

    def __init__(self) -> None:
        super().__init__(RUBY.pattern)

    # The stock method may also return nothing, which ours never does.
    def handleMatch(  # type: ignore[override]  # noqa: N802  Markdown's own name
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002  Markdown's signature
    ) -> tuple[etree.Element, int, int]:
        """Return the ruby element and where its source begins and ends."""
        ruby = etree.Element("ruby")
        ruby.text = m[1]
        for tag, text in (("rp", "（"), ("rt", m[2]), ("rp", "）")):
            etree.SubElement(ruby, tag).text = text
        return ruby, m.start(), m.end()
