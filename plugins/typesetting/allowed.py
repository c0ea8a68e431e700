"""What HTML may stand in a text: a list, so that what nobody thought of stays out.

It holds what Markdown and the house's extensions make, and the plain elements for words.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser

from typesetting.nesting import Fault, Nesting


@dataclass(frozen=True, slots=True)
class _Value:
    """What an attribute's value must be, and examples of it."""

    holds: Callable[[str], object]
    examples: str


def _pattern(pattern: str, examples: str) -> _Value:
    return _Value(re.compile(pattern).fullmatch, examples)


_TIME = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,3})?)?"
_WHEN = re.compile(
    rf"\d{{4}}|\d{{4}}-(0[1-9]|1[0-2])|\d{{4}}-W([0-4]\d|5[0-3])|(0[1-9]|1[0-2])-([0-2]\d|3[01])"
    rf"|{_TIME}|(?P<day>\d{{4}}-\d\d-\d\d)([T ]{_TIME}(Z|[+-]\d\d:?\d\d)?)?"
    r"|P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d{1,3})?S)?)?"
)


def _is_when(value: str) -> bool:
    """Tell a `datetime` (HTML Living Standard, the time element), durations in words aside."""
    found = _WHEN.fullmatch(value)
    try:
        return found is not None and bool(date.fromisoformat(found["day"] or "2000-01-01"))
    except ValueError:
        return False


_FREE = _pattern("(?s:.*)", "")
_LANG = _pattern("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", "ja, en or zh-Hans")
_WHOLE = _pattern("-?[0-9]+", "3")
_COUNT = _pattern("0*[1-9][0-9]{0,2}", "3")
_TOGGLE = _Value(lambda value: value == "", "the name alone")

_EVERYWHERE = {
    "id": _FREE,
    "class": _FREE,
    "lang": _LANG,
    "dir": _pattern("ltr|rtl|auto", "ltr or rtl"),
    "title": _FREE,
}
_CELL = {
    "colspan": _COUNT,
    "rowspan": _COUNT,
    "headers": _FREE,
    "scope": _pattern("row|col|rowgroup|colgroup", "row or col"),
}

_PLAIN = (
    "abbr b bdi bdo blockquote br caption cite code col colgroup dd del dfn div dl dt em figcaption"
    " figure h1 h2 h3 h4 h5 h6 hr i ins kbd li mark p pre q rb rp rt ruby s samp section small span"
    " strong sub summary sup table tbody tfoot thead time tr u ul var wbr"
)
_ATTRIBUTES: Mapping[str, Mapping[str, _Value]] = {
    **{name: {} for name in _PLAIN.split()},
    "a": {"href": _FREE, "hreflang": _LANG, "rel": _FREE},
    "col": {"span": _COUNT},
    "details": {"open": _TOGGLE},
    "div": {
        "tabindex": _WHOLE,
        "role": _pattern("region|group|note", "region"),
        "aria-label": _FREE,
    },
    "img": {"src": _FREE, "alt": _FREE, "width": _WHOLE, "height": _WHOLE},
    "ol": {"start": _WHOLE, "reversed": _TOGGLE, "type": _pattern("[1aAiI]", "1, a, A, i or I")},
    "li": {"value": _WHOLE},
    "pre": {"tabindex": _WHOLE},
    "td": _CELL,
    "th": _CELL,
    "time": {"datetime": _Value(_is_when, "2014-03-24, 2014-03-24T09:00+09:00 or 09:00")},
    "x-postscript": {"level": _FREE, "heading": _FREE},
}
_NEEDED = {"bdo": "dir", "time": "datetime"}


def faults(html: str) -> Iterator[Fault]:
    """Yield what may not stand in typeset HTML: a pattern to find it by, and the message."""
    inspector = _Inspector()
    inspector.feed(html)
    inspector.close()
    inspector.faults += inspector.nesting.close()
    yield from dict.fromkeys(inspector.faults)


class _Inspector(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)  # so that text tells < from &lt;
        self.faults: list[Fault] = []
        self.nesting = Nesting()
        self._unknown: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        allowed = _ATTRIBUTES.get(tag)
        place = rf"<{re.escape(tag)}\b"
        if allowed is None:
            self._unknown.add(tag)
            self.faults.append((place, f"<{tag}> may not stand in a text; write Markdown"))
        else:
            self.faults += self.nesting.begin(tag)
        self.faults += [
            fault
            for name, value in attrs
            if (fault := _attribute_fault(tag, name, value or "", allowed or {}))
            and (allowed is not None or name.startswith("on") or name == "style")
        ]
        needed = _NEEDED.get(tag)
        if needed and needed not in dict(attrs):
            examples = ({**_EVERYWHERE, **_ATTRIBUTES[tag]})[needed].examples
            self.faults.append((place, f"<{tag}> lacks {needed}=; write {examples}"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # a browser does not close it either

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._unknown:
            self.faults += self.nesting.end(tag)

    def handle_charref(self, name: str) -> None:  # noqa: ARG002  the parser's signature
        self.nesting.text()

    def handle_entityref(self, name: str) -> None:  # noqa: ARG002  the parser's signature
        self.nesting.text()

    def handle_data(self, data: str) -> None:
        if data.strip(" \t\n\f"):
            self.nesting.text()
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


def _attribute_fault(
    tag: str, name: str, value: str, allowed: Mapping[str, _Value]
) -> Fault | None:
    if name.startswith("on"):
        return rf"\b{re.escape(name)}\s*=", f"{name}= runs a script; leave it out"
    if name == "style":
        return (
            r"\bstyle\s*=",
            "style= is blocked on the page; the theme's CSS says how things look",
        )
    rule = allowed.get(name) or _EVERYWHERE.get(name)
    if rule is None:
        return rf"\b{re.escape(name)}\b", f"{name}= may not stand in <{tag}>; leave it out"
    if not rule.holds(value):
        place = rf"\b{re.escape(name)}\s*=\s*[\"']?{re.escape(value)}"
        return place, f'{name}="{value}" is no value of <{tag}>; write {rule.examples}'
    return None
