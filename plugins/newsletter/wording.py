"""Words within a block as plain text: what type cannot show is said with signs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from lxml import etree

from newsletter.kinsoku import NO_BREAK_SPACE, WORD_JOINER


class Say(Protocol):
    """Says a phrase of the [newsletter] table in the text's language."""

    def __call__(self, key: str, **values: object) -> str:
        """Return the phrase."""
        ...


@dataclass(slots=True)
class Links:
    """The addresses that a text leads to, numbered as they come."""

    _labels: dict[str, str] = field(default_factory=dict)
    _listed: int = 0

    def number(self, url: str, label: str) -> int:
        """Return the number of an address; `label` is what it is called where it first stands."""
        self._labels.setdefault(url, label)
        return list(self._labels).index(url) + 1

    def unlisted(self) -> Iterator[tuple[int, str, str]]:
        """Yield number, label and address of each one that came since the last call."""
        for number, (url, label) in enumerate(self._labels.items(), 1):
            if number > self._listed:
                yield number, label, url
        self._listed = len(self._labels)


@dataclass(frozen=True, slots=True)
class Wording:
    """Turns elements within a block into words; `spaced` for languages with spaces."""

    say: Say
    links: Links
    spaced: bool

    def inside(self, element: etree._Element) -> str:
        """Return the words within an element, white space folded; a newline is a `<br>`."""
        parts = [folded(element.text)]
        for child in element:
            if isinstance(child.tag, str):
                parts.append(self.of(child))
            parts.append(folded(child.tail))
        return "".join(parts)

    def of(self, element: etree._Element) -> str:
        """Return an element's words with the signs that say what it is."""
        return _SAID.get(str(element.tag), Wording.inside)(self, element)

    def linked(self, text: str, url: str, label: str) -> str:
        """Return a text with the number of what it leads to."""
        before = NO_BREAK_SPACE if self.spaced else WORD_JOINER
        return f"{text}{before}[{self.links.number(url, label)}]"


def folded(text: str | None) -> str:
    """Return a text whose line ends in HTML are spaces."""
    return (text or "").replace("\n", " ")


def _link(wording: Wording, element: etree._Element) -> str:
    """Return a link with its number; one that says its address itself needs none."""
    kind, text = element.get("class"), wording.inside(element)
    if kind == "footnote-backref":
        return ""
    if kind == "footnote-ref":
        mark = wording.say("note", n=text.strip()).replace(" ", NO_BREAK_SPACE)
        return f"{WORD_JOINER}[{mark}]"
    url = element.get("href", "")
    shown = text.strip().replace(WORD_JOINER, "")
    if not url or url.startswith("#") or shown in {url, url.removeprefix("mailto:")}:
        return text
    return wording.linked(text, url.removeprefix("mailto:"), shown)


def _image(wording: Wording, element: etree._Element) -> str:
    alt = folded(element.get("alt")).strip()
    said = f"{wording.say('figure')}{alt}"
    return wording.linked(said, element.get("src", ""), said) if alt else ""


def _signed(before: str, after: str) -> Callable[[Wording, etree._Element], str]:
    """Return what puts words between two signs, which are not parted from them."""

    def sign(wording: Wording, element: etree._Element) -> str:
        text = wording.inside(element)
        return f"{before}{WORD_JOINER}{text}{WORD_JOINER}{after}" if text.strip() else text

    return sign


def _quoted(wording: Wording, element: etree._Element) -> str:
    return f"{wording.say('quote_begins')}{wording.inside(element)}{wording.say('quote_ends')}"


def _raised(wording: Wording, element: etree._Element) -> str:
    text = wording.inside(element)
    is_note = text.startswith(WORD_JOINER)
    return text if is_note or not text.strip() else f"{WORD_JOINER}^{text}"


def _ruby(wording: Wording, element: etree._Element) -> str:
    """Return a word with its reading behind it: 輻輳(ふくそう)."""
    parts = [folded(element.text)]
    for child in element:
        if child.tag == "rt":
            parts.append(f"{WORD_JOINER}({wording.inside(child)})")
        elif child.tag != "rp":
            parts.append(wording.of(child))
        parts.append(folded(child.tail).strip())
    return "".join(parts)


_SAID: dict[str, Callable[[Wording, etree._Element], str]] = {
    "a": _link,
    "img": _image,
    **dict.fromkeys(("strong", "b", "em", "i", "mark"), _signed("*", "*")),
    **dict.fromkeys(("code", "kbd", "samp"), _signed("`", "`")),
    **dict.fromkeys(("del", "s"), _signed("~", "~")),
    "q": _quoted,
    "sup": _raised,
    "ruby": _ruby,
    "br": lambda _wording, _element: "\n",
}
