"""Fenced code: where it stands, and how it gets into a list.

Python-Markdown takes a fence for one only where it begins its line. A columnist indents the
code that belongs to a step; left alone it would be set as a sentence, its HTML still alive.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown import Markdown
from markdown.preprocessors import Preprocessor

_FENCE = re.compile(r" *(`{3,}|~{3,})")
_ITEM = re.compile(r" *(?:[*+-]|\d+\.|:) +")
"""What a fence can stand in when it is indented: items of lists, definitions."""

_TAB = 4
"""Python-Markdown's indentation of whatever belongs to an item."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of a text that are fenced code: the first and the last are the fences.

    `depth` counts the items that it stands in, `indent` the characters before its fence: spaces,
    or the mark of the item that begins with it.
    """

    first: int
    last: int
    indent: int
    depth: int


def blocks(lines: Sequence[str]) -> Iterator[Block]:
    """Yield the blocks of fenced code of a text, counted from 0, those in items included."""
    items: list[int] = []
    new_paragraph = True
    end = -1
    for number, line in enumerate(lines):
        if number <= end:
            continue
        column = _column(line)
        if item := _ITEM.match(line):
            items = [*_holding(items, column // _TAB * _TAB), column]
            column = item.end()
        elif new_paragraph and line.strip():
            items = _holding(items, column)
        new_paragraph = not line.strip()
        fence = _FENCE.match(line, column)
        holding = _holding(items, column)
        if fence and (holding or not column):
            end = _end(lines, number, column, fence[1])
            if end > 0:
                depth = holding[-1] // _TAB + 1 if holding else 0
                yield Block(number, end, column, depth)
                new_paragraph = True


def _column(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _holding(items: Sequence[int], column: int) -> list[int]:
    """Return the columns of those items that something at `column` belongs to."""
    return [item for item in items if item < column]


def _end(lines: Sequence[str], first: int, column: int, fence: str) -> int:
    """Return the line that closes a fence, no deeper than it was opened, or -1."""
    for number in range(first + 1, len(lines)):
        line = lines[number]
        if line.strip() == fence and _column(line) <= column:
            return number
    return -1


class NestedFences(Preprocessor):
    """Sets the fenced code of items as code, and hands the rest to the stock processor."""

    def __init__(self, md: Markdown, stock: Preprocessor) -> None:
        super().__init__(md)
        self._stock = stock

    def run(self, lines: list[str]) -> list[str]:
        """Put in the place of each block what stands for its HTML, indented as its item asks."""
        if not any("```" in line or "~~~" in line for line in lines):
            return lines
        result: list[str] = []
        done = 0
        for block in blocks(lines):
            if block.depth:
                result += [*_without_blank_end(lines[done : block.first]), *self._set(lines, block)]
                done = block.last + 1
                while done < len(lines) and not lines[done].strip():
                    done += 1
                result += [""] if done < len(lines) else []
        return [*result, *lines[done:]]

    def _set(self, lines: Sequence[str], block: Block) -> list[str]:
        """Return what goes in the place of a block's lines, behind one blank line."""
        opening, *rest = lines[block.first : block.last + 1]
        margin = re.compile(f" {{0,{block.indent}}}")
        written = [opening[block.indent :], *(margin.sub("", line, count=1) for line in rest)]
        standing = self._stock.run(written)
        if standing == written:  # a fence with words that mean nothing to the stock processor
            return ["", opening, *rest]
        mark = opening[: block.indent]
        before = mark if mark.strip() else " " * _TAB * block.depth
        return ["", *(f"{before}{line}" for line in standing if line)]


def _without_blank_end(lines: Sequence[str]) -> Sequence[str]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return lines[:end]
