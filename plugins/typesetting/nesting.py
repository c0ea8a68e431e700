"""Which element may stand in which (HTML Living Standard §4, §13.1.2): the parser moves others."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Fault = tuple[str, str]
"""A pattern to find the place by, and the message."""


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


VOID = frozenset({"br", "col", "hr", "img", "wbr"})

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = _HEADINGS | _names("blockquote details div dl figure hr ol p pre section table ul")
_AS_THEIR_PARENT = frozenset({"a", "del", "ins"})
_WORDS_ONLY = _HEADINGS | _names(
    "abbr b bdi bdo cite code dfn em i kbd mark p pre q rb rp rt ruby s samp small span strong sub"
    " summary sup time u var"
)
"""Elements that hold no block."""

_CELLS = frozenset({"td", "th"})
_ROWS = _CELLS | {"tr", "colgroup"}
_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_RUBY = frozenset({"rb", "rp", "rt"})
_TERMS = frozenset({"dt", "dd"})
_ENDS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(_BLOCKS | {"figcaption", "summary"}, frozenset()),
    "li": frozenset({"li"}),
    "tr": _ROWS,
    **dict.fromkeys(_CELLS, _CELLS),
    **dict.fromkeys(_GROUPS, _ROWS | _GROUPS),
    **dict.fromkeys(_RUBY, _RUBY),
    **dict.fromkeys(_TERMS, _TERMS),
}
"""What begins here without its last tag ends by itself where one of these begins, as does a p."""

_MAY_STAY_OPEN = _ROWS | _GROUPS | _RUBY | _TERMS | {"p", "li"}

_WITHIN: Mapping[str, frozenset[str]] = {
    "li": frozenset({"ul", "ol"}),
    **dict.fromkeys(_TERMS, frozenset({"dl"})),
    **dict.fromkeys(_CELLS, frozenset({"tr"})),
    "tr": _GROUPS | {"table"},
    **dict.fromkeys(_GROUPS | {"caption", "colgroup"}, frozenset({"table"})),
    "col": frozenset({"colgroup", "table"}),
    **dict.fromkeys(_RUBY, frozenset({"ruby"})),
    "figcaption": frozenset({"figure"}),
    "summary": frozenset({"details"}),
}
"""Elements that stand right within certain others."""

_NEVER_WITHIN: Mapping[str, frozenset[str]] = {
    "a": frozenset({"a"}),
    "dfn": frozenset({"dfn"}),
    "table": frozenset({"caption"}),
    **dict.fromkeys(_HEADINGS, frozenset({"dt", "th"})),
}

_TEXT = "text"
_NO_CAPTION = r"((?!figcaption )\S+ )*"
_HOLDS: Mapping[str, tuple[re.Pattern[str], str]] = {
    name: (re.compile(pattern), rule)
    for names, pattern, rule in (
        ("ul ol", "(li )*", "<li> and nothing else"),
        ("dl", "((dt )+(dd )+)*|(div )*", "<dt>, then <dd>, and nothing else"),
        ("tr", "((td|th) )+", "<td> or <th> and nothing else"),
        ("thead tbody tfoot", "(tr )*", "<tr> and nothing else"),
        ("colgroup", "(col )*", "<col> and nothing else"),
        (
            "table",
            "(caption )?(colgroup |col )*(thead )?(tbody |tr )*(tfoot )?",
            "<caption>, <thead>, <tbody> and <tfoot> in this order",
        ),
        ("details", r"summary (\S+ )*", "<summary>, then the rest"),
        ("ruby", r"(\S+ )*rt (\S+ )*", "<rt>, the reading"),
        (
            "figure",
            rf"(figcaption )?{_NO_CAPTION}|{_NO_CAPTION}(figcaption )?",
            "<figcaption> first or last, once",
        ),
    )
    for name in names.split()
}
"""What stands right within an element, in its order, and the rule in words."""


@dataclass(slots=True)
class _Open:
    tag: str
    inside: list[str] = field(default_factory=list)


class Nesting:
    """Follows the tags of a text as a browser does; each step yields what is out of place."""

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._cut_by = ""

    def begin(self, tag: str) -> Iterator[Fault]:
        """Take the first tag of an element."""
        if tag in _ENDS:
            yield from self._end_by_itself(tag)
        place = rf"<{re.escape(tag)}\b"
        for outer in self._wrong_around(tag):
            yield place, f"<{tag}> may not stand in <{outer}>; move it out"
        if tag in _WITHIN and self._around() not in _WITHIN[tag]:
            right = " or ".join(f"<{outer}>" for outer in sorted(_WITHIN[tag]))
            yield place, f"<{tag}> stands in {right} only; write Markdown"
        self._note(tag)
        if tag not in VOID:
            self._open.append(_Open(tag))

    def end(self, tag: str) -> Iterator[Fault]:
        """Take the last tag of an element."""
        while self._open and self._open[-1].tag != tag and self._open[-1].tag in _MAY_STAY_OPEN:
            yield from self._leave()
        if self._open and self._open[-1].tag == tag:
            yield from self._leave()
        elif tag == "p" and self._cut_by:
            rule = "may not stand in a paragraph; put blank lines around it"
            yield rf"<{self._cut_by}\b", f"<{self._cut_by}> {rule}"
        elif tag not in VOID:
            yield rf"</{re.escape(tag)}\b", f"</{tag}> closes nothing; open it or delete it"

    def text(self) -> None:
        """Take words."""
        self._note(_TEXT)

    def close(self) -> Iterator[Fault]:
        """Take the end of the text."""
        while self._open:
            tag = self._open[-1].tag
            if tag not in _MAY_STAY_OPEN:
                yield rf"<{re.escape(tag)}\b", f"<{tag}> is never closed; write </{tag}>"
            yield from self._leave()

    def _note(self, what: str) -> None:
        if self._open:
            self._open[-1].inside.append(what)

    def _around(self) -> str:
        """Return what the next element stands in; a div within a dl is only a bracket."""
        outer = [each.tag for each in self._open[-2:]]
        return "dl" if outer == ["dl", "div"] else "".join(outer[-1:])

    def _end_by_itself(self, tag: str) -> Iterator[Fault]:
        if tag == "p":
            self._cut_by = ""
        while self._open and (self._open[-1].tag == "p" or self._open[-1].tag in _ENDS[tag]):
            if self._open[-1].tag == "p":
                self._cut_by = tag
            yield from self._leave()

    def _wrong_around(self, tag: str) -> Iterator[str]:
        outer = [each.tag for each in self._open]
        yield from sorted(_NEVER_WITHIN.get(tag, frozenset()).intersection(outer))
        nearest = next((each for each in reversed(outer) if each not in _AS_THEIR_PARENT), "")
        heads = nearest == "summary" and tag in _HEADINGS
        if tag in _BLOCKS and nearest in _WORDS_ONLY and not heads:
            yield nearest

    def _leave(self) -> Iterator[Fault]:
        left = self._open.pop()
        pattern, rule = _HOLDS.get(left.tag, (None, ""))
        if pattern and not pattern.fullmatch("".join(f"{each} " for each in left.inside)):
            yield rf"<{left.tag}\b", f"<{left.tag}> holds {rule}"
