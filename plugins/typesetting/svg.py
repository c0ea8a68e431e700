"""An SVG file as part of a page: only what draws, in the page's own colour.

What may stand in a figure is a list; everything else is dropped and reported, so that a
figure can neither run, nor load, nor style anything outside itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from lxml import etree

MAX_DRAWN = 5_000
"""Elements that a browser draws, each `use` counted with all that it repeats."""

MAX_BYTES = 65_536
"""A figure is part of the page's one request; a larger file was never drawn by hand."""

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"

_SHAPES = "g path line polyline polygon rect circle ellipse text tspan use"
_DEFINITIONS = "defs marker pattern clipPath linearGradient stop title desc"
ELEMENTS = frozenset(f"svg {_SHAPES} {_DEFINITIONS}".split())

_WITH_TEXT = frozenset({"text", "tspan", "title", "desc"})

_GEOMETRY = (
    "d points x y x1 y1 x2 y2 cx cy r rx ry dx dy width height rotate transform viewBox"
    " preserveAspectRatio pathLength textLength lengthAdjust offset"
)
_PAINT = (
    "fill fill-opacity fill-rule stroke stroke-dasharray stroke-dashoffset stroke-linecap"
    " stroke-linejoin stroke-miterlimit stroke-opacity stroke-width opacity vector-effect"
    " shape-rendering paint-order stop-color stop-opacity clip-path clip-rule"
    " marker-start marker-mid marker-end"
)
_TYPE = "font-size font-weight text-anchor dominant-baseline baseline-shift writing-mode"
_UNITS = (
    "markerWidth markerHeight markerUnits refX refY orient patternUnits patternContentUnits"
    " patternTransform clipPathUnits gradientUnits gradientTransform spreadMethod"
)
ATTRIBUTES = frozenset(f"{_GEOMETRY} {_PAINT} {_TYPE} {_UNITS} id class href lang".split())

_COLOURS = frozenset({"fill", "stroke", "stop-color"})
_PAGE_COLOURS = frozenset({"currentcolor", "none", "inherit"})
_GIVEN_BY_THE_PAGE = frozenset(
    {"width", "height", "role", "version", "id", "aria-label", "aria-labelledby"}
)
_CLASSES = frozenset({"accent"})

_LOCAL_URL = re.compile(r"""url\(\s*["']?#([^"')\s]+)["']?\s*\)""")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_BOX_RULE = 'is no box; write four numbers, the last two above 0: viewBox="0 0 400 240"'
_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)(?:px)?\s*")


class FigureError(ValueError):
    """A file that is no figure at all; the message says what it is instead."""


_VIEW_BOX = re.compile(r'viewBox="\S+ \S+ (?P<width>\S+) (?P<height>\S+)"')


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something a figure may not hold: its line in the file, and what it is."""

    line: int
    what: str
    complete: bool = False

    @property
    def message(self) -> str:
        """Say what is wrong; some faults are no thing that stands in the figure."""
        return self.what if self.complete else f"{self.what} may not stand in a figure"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as HTML, and what had to be left out of it."""

    markup: str
    dropped: tuple[Dropped, ...]


def inline_svg(data: bytes, *, label: str, prefix: str) -> Figure:
    """Return an SVG file as an `<svg>` element for an HTML page.

    `label` is its text for those who cannot see it; every id gets `prefix`, so that two
    figures of one page never share one. Raises FigureError.
    """
    root = _parse(data)
    _refuse_bombs(root)
    pen = _Pen(prefix)
    for instruction in _instructions(root):
        pen.drop(instruction, f"<?{instruction.target!s}?>")
    if root.getroottree().docinfo.internalDTD is not None:
        pen.drop(root, "a DOCTYPE")
    attributes = [("viewBox", _view_box(root, pen)), ("role", "img"), ("aria-label", label)]
    given = "".join(f' {name}="{escape(value)}"' for name, value in attributes if value)
    rest = pen.attributes(root, ignore=_GIVEN_BY_THE_PAGE | {"viewBox"})
    return Figure(f"<svg{given}{rest}>{pen.content(root)}</svg>", tuple(pen.dropped))


def standalone_svg(data: bytes) -> tuple[bytes, tuple[str, str]]:
    """Return an SVG file as a picture of its own, for feeds and mail, with width and height.

    It stands on white, as nobody knows on what a reader of feeds would show it. Raises
    FigureError.
    """
    markup = inline_svg(data, label="", prefix="").markup
    box = _VIEW_BOX.search(markup)
    if box is None:
        raise FigureError('no viewBox; write one, such as viewBox="0 0 400 240"')
    sized = f'width="{box["width"]}" height="{box["height"]}" style="background:#fff"'
    picture = markup.replace("<svg", f'<svg xmlns="{_SVG[1:-1]}" {sized}', 1)
    return picture.encode(), (box["width"], box["height"])


def _parse(data: bytes) -> etree._Element:
    if len(data) > MAX_BYTES:
        raise FigureError(f"{len(data):,} bytes are too many for a drawing; at most {MAX_BYTES:,}")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise FigureError(f"not well-formed XML: {error}") from error
    if root.tag != f"{_SVG}svg":
        raise FigureError('not an SVG: write <svg xmlns="http://www.w3.org/2000/svg" viewBox="…">')
    return root


def _instructions(root: etree._Element) -> Iterator[etree._ProcessingInstruction]:
    """Yield every processing instruction, such as a style sheet's, before the root or inside."""
    for node in (*root.itersiblings(preceding=True), *root.iter()):
        if isinstance(node, etree._ProcessingInstruction):  # noqa: SLF001  lxml's only name for it
            yield node


def _view_box(root: etree._Element, pen: "_Pen") -> str:
    """Return the drawing's own coordinates, which also keep its proportions."""
    if box := root.get("viewBox"):
        numbers = box.replace(",", " ").split()
        if _is_box(numbers):
            return " ".join(numbers)
        pen.drop(root, f'viewBox="{_shortened(box)}" {_BOX_RULE}', complete=True)
        return ""
    sides = [_LENGTH.fullmatch(root.get(side) or "") for side in ("width", "height")]
    if all(sides):
        return " ".join(["0 0", *(side[1] for side in sides if side)])
    pen.drop(root, 'no viewBox; write one, such as viewBox="0 0 400 240"', complete=True)
    return ""


def _is_box(numbers: list[str]) -> bool:
    """Tell four numbers, of which the last two, width and height, are above 0."""
    whole = len(numbers) == 4 and all(map(_NUMBER.fullmatch, numbers))
    return whole and float(numbers[2]) > 0 and float(numbers[3]) > 0


def _refuse_bombs(root: etree._Element) -> None:
    """Raise FigureError where `use` repeats itself, or repeats more than a drawing needs."""
    owners = {given: node for node in root.iter() if (given := node.get("id"))}
    drawn: dict[etree._Element, int] = {}
    open_nodes: set[etree._Element] = set()

    def count(node: etree._Element) -> int:
        if node in open_nodes:
            raise FigureError("<use> repeats an element within itself; break the circle")
        if node not in drawn:
            open_nodes.add(node)
            used = owners.get((node.get("href") or node.get(_XLINK_HREF) or "").removeprefix("#"))
            repeated = [used] if used is not None and node.tag == f"{_SVG}use" else []
            drawn[node] = 1 + sum(map(count, [*node, *repeated]))
            open_nodes.remove(node)
        return drawn[node]

    try:
        total = count(root)
    except RecursionError:
        raise FigureError("<use> repeats <use> too deeply; draw the shapes") from None
    if total > MAX_DRAWN:
        raise FigureError(f"{total:,} elements to draw are too many; at most {MAX_DRAWN:,}")


@dataclass(slots=True)
class _Pen:
    """Writes the allowed part of a drawing and notes the rest."""

    prefix: str
    dropped: list[Dropped] = field(default_factory=list)

    def drop(self, node: etree._Element, what: str, *, complete: bool = False) -> None:
        self.dropped.append(Dropped(_line(node), what, complete))

    def content(self, node: etree._Element) -> str:
        shows_text = etree.QName(node).localname in _WITH_TEXT
        parts = [_text(node.text)] if shows_text else []
        for child in node:
            parts.append(self._element(child))
            if shows_text:
                parts.append(_text(child.tail))
        return "".join(parts)

    def _element(self, node: etree._Element) -> str:
        if not isinstance(node.tag, str):  # an entity; instructions are noted for the whole file
            if isinstance(node, etree._Entity):  # noqa: SLF001  lxml's only name for it
                self.drop(node, str(node.text))
            return ""
        name = node.tag.removeprefix(_SVG)
        if name not in ELEMENTS or name == "svg":
            self.drop(node, f"<{etree.QName(node).localname}>")
            return ""
        start, content = f"<{name}{self.attributes(node)}", self.content(node)
        return f"{start}>{content}</{name}>" if content else f"{start}/>"

    def attributes(self, node: etree._Element, ignore: frozenset[str] = frozenset()) -> str:
        """Return the allowed attributes of a node, each with a space before it."""
        written = [
            f' {name}="{escape(value)}"'
            for given, text in node.items()
            if given not in ignore
            for name, value in self._attribute(node, str(given), str(text))
        ]
        return "".join(written)

    def _attribute(self, node: etree._Element, name: str, value: str) -> Iterator[tuple[str, str]]:
        name = "href" if name == _XLINK_HREF else name
        value = " ".join(value.split())
        if name not in ATTRIBUTES or not self._stays_inside(name, value):
            self.drop(node, f'{etree.QName(name).localname}="{_shortened(value)}"')
        elif name in _COLOURS and not _is_page_colour(value):
            self.drop(node, f'{name}="{value}" (only currentColor and none follow the page)')
            yield name, "currentColor"
        else:
            yield name, self._with_prefix(name, value)

    def _stays_inside(self, name: str, value: str) -> bool:
        """Tell whether a value reaches for nothing outside the figure.

        A backslash would spell `url` in another way (CSS Syntax 3 §4.3.7).
        """
        if "\\" in value:
            return False
        if name == "href":
            return value.startswith("#")
        if name == "class":
            return set(value.split()) <= _CLASSES
        return "(" not in value or "url(" not in _LOCAL_URL.sub("", value).lower()

    def _with_prefix(self, name: str, value: str) -> str:
        if name == "id":
            return f"{self.prefix}{value}"
        if name == "href":
            return f"#{self.prefix}{value[1:]}"
        return _LOCAL_URL.sub(rf"url(#{self.prefix}\1)", value) if "(" in value else value


def _is_page_colour(value: str) -> bool:
    return value.lower() in _PAGE_COLOURS or bool(_LOCAL_URL.fullmatch(value))


def _line(node: etree._Element) -> int:
    line: int | None = node.sourceline  # type: ignore[assignment]  # the stubs leave it open
    return line or 1


def _text(text: str | None) -> str:
    return escape(re.sub(r"[ \t\r\n]+", " ", text), quote=False) if text else ""


def _shortened(value: str) -> str:
    return value if len(value) <= 40 else f"{value[:39]}…"
