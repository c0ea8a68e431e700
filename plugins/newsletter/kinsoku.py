"""Kinsoku: where a line of plain text may end, by the character classes of JLREQ.

The classes (https://www.w3.org/TR/jlreq/#character_classes) hold their members of Japanese text
and the ASCII characters that stand for them there. Widths are in columns of a fixed-width face,
half-width characters taking one (UAX #11).
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, groupby, repeat
from operator import itemgetter
from typing import Literal
from unicodedata import category, east_asian_width

OPENING_BRACKETS = "‘“（〔［｛〈《「『【⦅〘〖«〝｟｢([{"  # cl-01
CLOSING_BRACKETS = "’”）〕］｝〉》」』】⦆〙〗»〟｠｣)]}"  # cl-02
HYPHENS = "‐〜゠–～"  # cl-03; ～ is how many systems write 〜
DIVIDING_PUNCTUATION = "！？‼⁇⁈⁉!?"  # cl-04
MIDDLE_DOTS = "・：；･:;"  # cl-05
FULL_STOPS = "。．｡."  # cl-06
COMMAS = "、，､,"  # cl-07
INSEPARABLE = "—―…‥〳〴〵"  # cl-08
ITERATION_MARKS = "ヽヾゝゞ々〻"  # cl-09
PROLONGED_SOUND_MARK = "ーｰ"  # cl-10
SMALL_KANA = (  # cl-11
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿｧｨｩｪｫｬｭｮｯ"
)
PREFIXED = "￥＄￡＃№"  # cl-12, not parted from the number behind
POSTFIXED = "％￠℃‰°′″㎏㎜㎝㎞㎡㏄"  # cl-13, not parted from the number before

UNIT_SYMBOLS = (  # cl-25, not parted from the number before, also where a space stands between
    *("bit", "bps", "pps", "B", "Hz", "m", "s", "g", "W", "V", "A"),
    *("min", "h", "dB", "dBm", "%", "‰", "°C"),
)
UNIT_PREFIXES = "kKMGTPcmnpµμ"
"""SI's; the capital ones may have an `i` behind them (IEC 80000-13)."""

NOT_AT_START = (
    CLOSING_BRACKETS
    + HYPHENS
    + DIVIDING_PUNCTUATION
    + MIDDLE_DOTS
    + FULL_STOPS
    + COMMAS
    + ITERATION_MARKS
    + PROLONGED_SOUND_MARK
    + SMALL_KANA
)
NOT_AT_END = OPENING_BRACKETS
HANGING = "。．、，"
"""The full-width ones of cl-06 and cl-07 may stand beyond the measure (JLREQ §3.1.12)."""
_WIDTH_OF_HANGING = 2

NO_BREAK_SPACE = "\u00a0"
WORD_JOINER = "\u2060"

_GLUE = f"{NO_BREAK_SPACE}\u2007\u202f{WORD_JOINER}\ufeff"
_JOINER = "\u200d"
_EXTENDING = (  # ranges: combining marks, variation selectors, skin tones, tags
    "\u0300-\u036f\u0483-\u0489\u1160-\u11ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302f"
    f"\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f{_JOINER}\U0001f3fb-\U0001f3ff\U000e0020-\U000e01ef"
)
_FLAGS = "\U0001f1e6-\U0001f1ff"  # a pair of them is a flag
_WESTERN = (  # ranges: letters, digits and signs of words, which break at spaces only
    "!-~\u00a1-\u10ff\u1200-\u2013\u2016-\u2024\u2027-\u2059\u205f-\u218f０-９Ａ-Ｚａ-ｚ"
)
_DIGITS = "0-9０-９"


def _members(*classes: str) -> str:
    """Return the inside of a regular expression's set."""
    return re.sub(r"([\[\]\\^])", r"\\\1", "".join(classes))


_UNIT = (
    f"(?:[{UNIT_PREFIXES}]i?)?(?:{'|'.join(map(re.escape, UNIT_SYMBOLS))})"
    "(?![A-Za-z0-9\u00c0-\u024f])"
)
_SPACE = re.compile(f"[^\\S{_GLUE}]+")
_START, _END, _PAIR = _members(NOT_AT_START), _members(NOT_AT_END), _members(INSEPARABLE)
_BREAK = re.compile(
    rf"""
    (?<=[^{_END}])([ \u3000])(?=[^{_START}]) (?! (?<=[{_DIGITS}][ ]){_UNIT} )
    | (?<=[^\s{_END}{_GLUE}{_JOINER}]) (?=[^\s{_START}{_GLUE}{_EXTENDING}])
      (?! (?<=[{_WESTERN}])[{_WESTERN}{_PAIR}] | (?<=[{_PAIR}])[{_PAIR}] | (?<=[{_FLAGS}])[{_FLAGS}]
        | (?<=[{PREFIXED}])[{_DIGITS}] | (?<=[{_DIGITS}])[{POSTFIXED}] )
    """,
    re.VERBOSE,
)
"""Where a text may be parted: at a space, which is then dropped, or between two characters."""

_IN_URL = "[A-Za-z0-9\\-._~:/?#@!$&'*+,;=%\\[\\]]"
_URL = re.compile(
    rf"(?<![A-Za-z0-9])(https?://(?:{_IN_URL}|\({_IN_URL}*\))*"
    rf"(?:[A-Za-z0-9\-_~/#@$&+=%]|\({_IN_URL}*\)))",
    re.IGNORECASE,
)
"""An address as it stands in a text: the full stop or bracket behind it is not its own."""

_CLUSTER = re.compile(f"[{_FLAGS}]{{2}}|.(?:(?<={_JOINER}).|[{_EXTENDING}])*", re.DOTALL)


_Unit = tuple[str | None, str, bool]
"""The space before it, what stays on one line, and whether that line is its own."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How wide lines may be: `columns`, where characters of `ambiguous` width take one or two."""

    columns: int
    ambiguous: Literal[1, 2]

    def narrower(self, columns: int) -> "Measure":
        """Return the measure of what is indented by so many columns."""
        return Measure(max(self.columns - columns, 1), self.ambiguous)

    def width(self, text: str) -> int:
        """Return how many columns a text takes."""
        if text.isascii() and text.isprintable():
            return len(text)
        return sum(_columns(cluster, self.ambiguous) for cluster in _CLUSTER.findall(text))

    def lines(self, text: str) -> list[str]:
        """Return a text in lines; a newline ends one, other white space is folded.

        A line is wider than the measure where nothing in it may be parted: a word, an address,
        brackets and what they hold on to; or by one hanging full stop or comma. An address has
        its line for itself, but for brackets and punctuation that may not be parted from it,
        which a space sets off. No-break spaces and word joiners hold together and stay.
        """
        return [line for part in text.split("\n") for line in self._fill(_units(part))]

    def _fill(self, units: Iterable[_Unit]) -> list[str]:
        lines: list[str] = []
        for alone, group in groupby(units, key=itemgetter(2)):
            run = list(group)
            lines += [text for _, text, _ in run] if alone else self._filled(run)
        return lines or [""]

    def _filled(self, units: list[_Unit]) -> Iterator[str]:
        """Yield lines as full as they can be, which bisection finds faster than counting."""
        parts = [f"{space}{text}" if space else text for space, text, _ in units]
        widths = [_width(part, self.ambiguous) for part in parts]
        ends = list(accumulate(widths))
        first = 0
        while first < len(units):
            space, text, _ = units[first]
            start = ends[first] - widths[first] + (self.width(space) if space else 0)
            after = max(bisect_right(ends, start + self.columns, first), first + 1)
            if after < len(units) and parts[after][-1] in HANGING:
                after += ends[after] - _WIDTH_OF_HANGING <= start + self.columns
            yield text + "".join(parts[first + 1 : after])
            first = after


def _units(text: str) -> list[_Unit]:
    """Return what a text without newlines consists of, for the filling of lines."""
    units: list[_Unit] = []
    text = _SPACE.sub(_folded, text)
    for index, piece in enumerate(_URL.split(text) if "://" in text else [text]):
        is_url = index % 2 == 1
        found: list[_Unit] = [(None, piece, True)] if is_url else _parted(piece.strip(" \u3000"))
        if units and found and (is_url or units[-1][2]):
            (space, before, _), (_, after, _) = units[-1], found[0]
            if before[-1] in NOT_AT_END or after[0] in NOT_AT_START:
                units[-1:] = []
                found[0] = (space, f"{before} {after}", True)
        units += found
    return units


def _parted(text: str) -> list[_Unit]:
    if not text:
        return []
    first, *more = _BREAK.split(text)
    return [(None, first, False), *zip(more[::2], more[1::2], repeat(False))]  # noqa: FBT003  a field


def _folded(space: re.Match[str]) -> str:
    return "\u3000" if "\u3000" in space[0] else " "


@lru_cache(maxsize=8192)
def _width(text: str, ambiguous: Literal[1, 2]) -> int:
    return Measure(1, ambiguous).width(text)


@lru_cache(maxsize=8192)
def _columns(cluster: str, ambiguous: int) -> int:
    """Return the width of a character with all that combines with it."""
    first = cluster[0]
    if "\ufe0f" in cluster or (len(cluster) == 2 and "\U0001f1e6" <= first <= "\U0001f1ff"):
        return 2
    if category(first) in {"Mn", "Me", "Cf", "Cc"} or "\u1160" <= first <= "\u11ff":
        return 0
    kind = east_asian_width(first)
    if kind == "A":
        return ambiguous
    return 2 if kind in "WF" else 1
