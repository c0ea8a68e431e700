"""Typeset HTML as plain text: what a mail shows where HTML is not shown.

Knows the HTML that a column may hold (`typesetting.allowed`): blocks become paragraphs with a
blank line between them; code and tables stand as they are.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from lxml import etree

from newsletter.kinsoku import NO_BREAK_SPACE, WORD_JOINER, Measure
from newsletter.wording import Wording, folded

_INDENT = 4
"""Columns before code, tables and definitions."""

_MOST_SPANNED = 50
"""Columns of a table that one cell may span."""

_ENDLESS = 10_000
"""The measure of what stays on one line."""

_DONE = ((NO_BREAK_SPACE, " "), (WORD_JOINER, ""), ("\u00ad", ""), ("\u200b", ""))
"""What has done its work once the lines are broken, and what is left of it."""

Block = list[str]
"""A paragraph's lines."""


def tidy(blocks: Iterable[Block]) -> str:
    """Return blocks as a text, each line ended by LF."""
    text = "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks)
    for sign, left in _DONE:
        text = text.replace(sign, left)
    return f"{text}\n"


def hung(before: str, lines: Sequence[str], measure: Measure) -> Block:
    """Return lines with a mark before the first and as much space before the others."""
    space = " " * measure.width(before)
    first, *rest = lines
    return [before + first, *(space + line if line else "" for line in rest)]


def labelled(before: str, text: str, measure: Measure) -> Block:
    """Return a text in lines that hang behind a mark."""
    return hung(before, measure.narrower(measure.width(before)).lines(text), measure)


@dataclass(frozen=True, slots=True)
class PlainText:
    """Turns elements into blocks of lines within a measure."""

    measure: Measure
    wording: Wording

    def whole(self, element: etree._Element) -> Iterator[Block]:
        """Yield everything within an element, and then where its links lead."""
        yield from self.inside(element, self.measure)
        for number, label, url in self.wording.links.unlisted():
            yield [*labelled(f"[{number}] ", label, self.measure), url]

    def inside(self, element: etree._Element, measure: Measure) -> Iterator[Block]:
        """Yield the blocks within an element; words that stand loose in it are a paragraph."""
        loose = [folded(element.text)]
        for child in element:
            if make := _BLOCKS.get(str(child.tag)):
                yield from self.paragraph("".join(loose), measure)
                yield from make(self, child, measure)
                loose = []
            elif isinstance(child.tag, str):
                loose.append(self.wording.of(child))
            loose.append(folded(child.tail))
        yield from self.paragraph("".join(loose), measure)

    def paragraph(self, text: str, measure: Measure) -> Iterator[Block]:
        """Yield a text in lines, unless it is empty."""
        if text.strip():
            yield measure.lines(text.strip())

    def words(self, element: etree._Element) -> str:
        """Return the words of an element that holds no blocks."""
        return self.wording.inside(element).strip()


def _heading(plain: PlainText, element: etree._Element, measure: Measure) -> Iterator[Block]:
    sign = "■" if element.tag in {"h1", "h2"} else "□"
    yield labelled(f"{sign} ", plain.words(element), measure)


def _list(plain: PlainText, element: etree._Element, measure: Measure) -> Iterator[Block]:
    """Yield the items as one block, or each as its own where they hold paragraphs."""
    items = [item for item in element if item.tag == "li"]
    marks = _marks(plain, element, items)
    wide = max((measure.width(mark) for mark in marks), default=0)
    tight: Block = []
    for mark, item in zip(marks, items, strict=True):
        before = " " * (wide - measure.width(mark)) + mark
        loose = any(child.tag == "p" for child in item)
        made = hung(before, _joined(plain, item, measure.narrower(wide), apart=loose), measure)
        if loose:
            yield made
        else:
            tight += made
    if tight:
        yield tight


def _marks(plain: PlainText, element: etree._Element, items: Sequence[etree._Element]) -> list[str]:
    if element.tag == "ul":
        return [plain.wording.say("bullet")] * len(items)
    step = -1 if element.get("reversed") is not None else 1
    number = _number(element.get("start"), len(items) if step < 0 else 1) - step
    marks = []
    for item in items:
        number = _number(item.get("value"), number + step)
        marks.append(f"{number}. ")
    return marks


def _definitions(plain: PlainText, element: etree._Element, measure: Measure) -> Iterator[Block]:
    """Yield each term with what it means indented below it."""
    block: Block = []
    for child in element:
        if child.tag == "dt":
            if block and block[-1].startswith(" "):
                yield block
                block = []
            block += measure.lines(plain.words(child))
        elif child.tag == "dd":
            block += _indented(_joined(plain, child, measure.narrower(_INDENT), apart=True))
    if block:
        yield block


def _quote(plain: PlainText, element: etree._Element, measure: Measure) -> Iterator[Block]:
    yield [f"> {line}" for line in _joined(plain, element, measure.narrower(2), apart=True)]


def _code(_plain: PlainText, element: etree._Element, _measure: Measure) -> Iterator[Block]:
    yield _indented("".join(map(str, element.itertext())).strip("\n").split("\n"))


def _line(_plain: PlainText, _element: etree._Element, _measure: Measure) -> Iterator[Block]:
    yield ["* * *"]


def _figure(plain: PlainText, element: etree._Element, measure: Measure) -> Iterator[Block]:
    """Yield what a figure is called, what it shows, and where it is."""
    caption = element.find("figcaption")
    called = plain.words(caption) if caption is not None else ""
    for image in element.iter("img"):
        shows = folded(image.get("alt")).strip()
        if called or shows:
            lines = measure.lines(plain.wording.say("figure") + (called or shows))
            if called and shows:
                lines += measure.lines(plain.wording.say("shows") + shows)
            yield [*lines, image.get("src", "")]
    for child in element:
        if child is not caption and next(child.iter("img"), None) is None:
            yield from plain.inside(child, measure)


def _table(plain: PlainText, element: etree._Element, measure: Measure) -> Iterator[Block]:
    """Yield a table as aligned text with a line below its head, and nothing in it wrapped."""
    for caption in element.iter("caption"):
        yield from plain.paragraph(plain.words(caption), measure)
    rows = [(row, list(_cells(plain, row, measure))) for row in element.iter("tr")]
    columns = zip_longest(*(cells for _, cells in rows), fillvalue=("", ""))
    widths = [max(measure.width(text) for text, _ in column) for column in columns]
    lines: Block = []
    for row, cells in rows:
        fitted = (
            _fitted(text, side, width - measure.width(text))
            for (text, side), width in zip(cells, widths, strict=False)
        )
        lines.append("  ".join(fitted))
        parent = row.getparent()
        if parent is not None and parent.tag == "thead":
            lines.append("  ".join("-" * width for width in widths))
    if lines:
        yield _indented(lines)


def _cells(
    plain: PlainText, row: etree._Element, measure: Measure
) -> Iterator[tuple[str, str | None]]:
    """Yield each cell's text and its side; one that spans several is followed by empty ones."""
    for cell in row:
        if cell.tag in {"td", "th"}:
            blocks = plain.inside(cell, Measure(_ENDLESS, measure.ambiguous))
            yield _in_one([line for block in blocks for line in block]), cell.get("class")
            spanned = min(_number(cell.get("colspan"), 1), _MOST_SPANNED)
            yield from [("", None)] * (spanned - 1)


def _in_one(lines: Sequence[str]) -> str:
    """Return lines as one, with a slash where the text breaks; at an address only we broke it."""
    text = "".join(lines[:1])
    for before, line in pairwise(lines):
        text += f"{' ' if '://' in before + line else ' / '}{line}"
    return text


def _fitted(text: str, side: str | None, room: int) -> str:
    """Return a cell's text with the space that its column leaves it."""
    if side == "align-right":
        return " " * room + text
    before = room // 2 if side == "align-center" else 0
    return " " * before + text + " " * (room - before)


def _section(plain: PlainText, element: etree._Element, measure: Measure) -> Iterator[Block]:
    notes = element.find("ol")
    if element.get("class") != "footnote" or notes is None:
        yield from plain.inside(element, measure)
        return
    for number, note in enumerate(notes, 1):
        before = f"[{plain.wording.say('note', n=number)}] "
        inner = measure.narrower(measure.width(before))
        yield hung(before, _joined(plain, note, inner, apart=True), measure)


def _joined(
    plain: PlainText, element: etree._Element, measure: Measure, *, apart: bool
) -> list[str]:
    """Return the blocks within an element as lines, with or without blank ones between."""
    lines: list[str] = []
    for block in plain.inside(element, measure):
        lines += ["", *block] if lines and apart else block
    return lines or [""]


def _indented(lines: Iterable[str]) -> Block:
    return [" " * _INDENT + line if line else "" for line in lines]


def _number(value: str | None, default: int) -> int:
    digits = (value or "").strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 6 else default


_BLOCKS: dict[str, Callable[[PlainText, etree._Element, Measure], Iterator[Block]]] = {
    **dict.fromkeys(("p", "div", "section", "details", "summary"), _section),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _heading),
    **dict.fromkeys(("ul", "ol"), _list),
    "dl": _definitions,
    "blockquote": _quote,
    "pre": _code,
    "hr": _line,
    "figure": _figure,
    "table": _table,
}
