"""What HTML may stand in a text: a list, so that what nobody thought of stays out.

It holds what Markdown and the house's extensions make, and the plain elements for words.
"""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

_EVERYWHERE = frozenset({"id", "class", "lang", "dir", "title"})
_CELL = frozenset({"colspan", "rowspan", "headers", "scope"})

_PLAIN = (
    "abbr b bdi bdo blockquote br caption cite code col colgroup dd del dfn div dl dt em figcaption"
    " figure h1 h2 h3 h4 h5 h6 hr i ins kbd li mark p pre q rb rp rt ruby s samp section small span"
    " strong sub summary sup table tbody tfoot thead time tr u ul var wbr"
)
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(_PLAIN.split(), frozenset()),
    "a": frozenset({"href", "hreflang", "rel"}),
    "col": frozenset({"span"}),
    "details": frozenset({"open"}),
    "div": frozenset({"tabindex", "role", "aria-label"}),
    "img": frozenset({"src", "alt", "width", "height"}),
    "ol": frozenset({"start", "reversed", "type"}),
    "li": frozenset({"value"}),
    "pre": frozenset({"tabindex"}),
    "td": _CELL,
    "th": _CELL,
    "time": frozenset({"datetime"}),
    "x-postscript": frozenset({"level", "heading"}),
}
_VOID = frozenset({"br", "col", "hr", "img", "wbr"})
_CLOSED_BY_OTHERS = frozenset({"p", "li", "dt", "dd", "tr", "td", "th", "rt", "rp", "rb"})


def faults(html: str) -> Iterator[tuple[str, str]]:
    """Yield what may not stand in typeset HTML: a pattern to find it by, and the message."""
    inspector = _Inspector()
    inspector.feed(html)
    inspector.close()
    inspector.end()
    yield from dict.fromkeys(inspector.faults)


class _Inspector(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)  # so that text tells < from &lt;
        self.faults: list[tuple[str, str]] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        allowed = _ATTRIBUTES.get(tag)
        if allowed is None:
            self.faults.append(
                (rf"<{re.escape(tag)}\b", f"<{tag}> may not stand in a text; write Markdown")
            )
        self.faults += [
            fault
            for name, _ in attrs
            if (fault := _attribute_fault(tag, name, allowed or frozenset()))
            and (allowed is not None or name.startswith("on") or name == "style")
        ]
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # a browser does not close it either

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open[-1] != tag and self._open[-1] in _CLOSED_BY_OTHERS:
            self._open.pop()
        if self._open and self._open[-1] == tag:
            self._open.pop()
        elif tag not in _VOID:
            self.faults.append(
                (rf"</{re.escape(tag)}\b", f"</{tag}> closes nothing; open it or delete it")
            )

    def handle_data(self, data: str) -> None:
        if "<" in data:
            self.faults.append(("<", "a < that begins no element may not stand; write &lt;"))

    def handle_comment(self, data: str) -> None:
        begun = "<!--" if f"<!--{data}" in self.rawdata else "<[!?/]"  # `</1>` is one, too
        self.faults.append((begun, "a comment may not stand in a text; delete it"))

    def handle_decl(self, decl: str) -> None:  # noqa: ARG002  the parser's signature
        self.faults.append((r"<!", "<!…> may not stand in a text; delete it"))

    def unknown_decl(self, data: str) -> None:
        self.handle_decl(data)

    def handle_pi(self, data: str) -> None:  # noqa: ARG002  the parser's signature
        self.faults.append((r"<\?", "<?…> may not stand in a text; delete it"))

    def end(self) -> None:
        """Note what was never closed."""
        for tag in self._open:
            if tag not in _CLOSED_BY_OTHERS and tag in _ATTRIBUTES:
                self.faults.append(
                    (rf"<{re.escape(tag)}\b", f"<{tag}> is never closed; write </{tag}>")
                )


def _attribute_fault(tag: str, name: str, allowed: frozenset[str]) -> tuple[str, str] | None:
    if name.startswith("on"):
        return rf"\b{re.escape(name)}\s*=", f"{name}= runs a script; leave it out"
    if name == "style":
        return (
            r"\bstyle\s*=",
            "style= is blocked on the page; the theme's CSS says how things look",
        )
    if name not in allowed | _EVERYWHERE:
        return rf"\b{re.escape(name)}\b", f"{name}= may not stand in <{tag}>; leave it out"
    return None
