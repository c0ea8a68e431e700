"""What a typeset text holds that the lint has an opinion on."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CODE = frozenset({"code", "pre", "kbd", "samp"})


@dataclass(slots=True)
class Heading:
    """A heading's level, 1 to 6, and its text."""

    level: int
    text: str = ""


@dataclass(slots=True)
class Link:
    """A link's address as written, and its words, those of images in it included."""

    reference: str
    text: str = ""


@dataclass(slots=True)
class Survey:
    """The parts of a text, in their order: attributes by name, as a browser reads them.

    `prose` is what a reader reads, code aside; `links` are the addresses of all links, each
    with its words.
    """

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    prose: str = ""

    def all(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of every element of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def ids(self) -> frozenset[str]:
        """Every id that a link in this text can lead to."""
        return frozenset(given["id"] for _, given in self.elements if "id" in given)


def survey(html: str) -> Survey:
    """Read a typeset text with the standard library's parser."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = Survey()
        self._heading: Heading | None = None
        self._link: Link | None = None
        self._in_code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.found.elements.append((tag, given))
        self._in_code += tag in _CODE
        if tag == "a" and "href" in given:
            self._link = Link(given["href"])
            self.found.links.append(self._link)
        if tag == "img" and self._link:
            self._link.text += given.get("alt", "")
        if tag in _HEADINGS:
            self._heading = Heading(int(tag[1]))
            self.found.headings.append(self._heading)

    def handle_endtag(self, tag: str) -> None:
        self._in_code -= tag in _CODE
        if tag in _HEADINGS:
            self._heading = None
        if tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        if not self._in_code:
            self.found.prose += data
        if self._heading:
            self._heading.text += data
        if self._link:
            self._link.text += data
