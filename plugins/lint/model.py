"""What plugins hand to the lint and what it hands back. Imports only the source's types.

A plugin that has rules defines `lint_rules(settings) -> Rules` in its `__init__`; the lint
asks every plugin in PLUGINS, so a new rule or header needs no other place.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from os.path import realpath
from pathlib import Path, PurePosixPath
from typing import Any

from columns.source import Place, Source

_PLACEHOLDER = re.compile(r"〈[^〈〉]+〉")
_IN_TOML = re.compile(
    r"\[(?P<table>[^\]]+)\]: |(?P<entry>\w+)\[(?P<index>\d+)\](?:\.(?P<key>[\w-]+))?"
)
_FILLERS = frozenset("\u115f\u1160\u2800")
"""Letters of Hangul and a sign of Braille that have no ink."""

_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
)
CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff"
    f"{_NONCHARACTERS}]"
)
"""What no source and no page may hold, be it written by number.

U+2028 and U+2029 break lines for some programs only, the bidirectional controls show a reviewer
another order than the browser's (CVE-2021-42574), and HTML refuses noncharacters.
"""

TEXTS = frozenset({".md", ".toml", ".svg"})
"""What is read as UTF-8."""

RASTERS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif"})
OFFERED = RASTERS | {".pdf", ".txt", ".csv", ".pcap"}
"""What may lie beside a text and be published as it is; none of it can run in a browser."""

Settings = Mapping[str, Any]  # Any: Pelican's settings hold whatever a plugin reads


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault: `path` below `content/`, `line` from 1, and a message with the cure."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"content/{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class HeaderField:
    """A header that files may carry.

    `meaning` explains it in one sentence, `example` is a value that passes, `check`
    returns what is wrong with a value (with rule and example) or None; the lint puts
    the name in front. `kinds` holds "column", "page" or both; `required` says where
    it must stand; a new draft carries it where `offered`. Neither `meaning` nor `example`
    holds the brackets 〈 and 〉.
    """

    name: str
    meaning: str
    example: str
    kinds: frozenset[str] = frozenset({"column"})
    required: frozenset[str] = frozenset()
    check: Callable[[str], str | None] | None = None
    offered: bool = True

    @property
    def advice(self) -> str:
        """Say what to write: an example, and the meaning behind it."""
        return f"write e.g. {self.name}: {self.example} ({self.meaning.rstrip('.')})"

    @property
    def placeholder(self) -> str:
        """The value that a new draft carries until its author writes one."""
        return f"〈{self.meaning.rstrip('.')}; e.g. {self.example}〉"


def control_fault(character: str) -> str:
    """Say of a character that CONTROL finds, as it is written, what is wrong with it."""
    return f"{character}: a control character or none at all; delete it"


def why_unreadable(root: Path, path: str) -> Problem | None:
    """Return why nothing else may be asked of a file: its kind or its encoding, or None."""
    if fault := _kind_fault(root, root / path):
        return Problem(path, 1, fault)
    if PurePosixPath(path).suffix not in TEXTS:
        return None
    data = (root / path).read_bytes()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        return Problem(path, line, message)
    return None


def line_in_toml(text: str, message: str) -> int:
    """Return the line of a TOML file that a message about it means, or 1 where that is not found.

    It begins with a table, `[dns]: …`, or with an entry counted from 0 and perhaps its key,
    `routes[3].source: …`, or is tomllib's own and holds `at line 3`.
    """
    if told := re.search(r"\(at line (\d+),", message):
        return int(told[1])
    place = _IN_TOML.match(message)
    if place is None:
        return 1
    lines = text.split("\n")
    name = re.escape(place["table"] or place["entry"])
    brackets = r"\[\[" if place["entry"] else r"\["
    header = re.compile(rf"""\s*{brackets}\s*["']?{name}["']?\s*\]""")
    begins = [number for number, line in enumerate(lines) if header.match(line)]
    begin = next(iter(begins[int(place["index"] or 0) :]), None)
    if begin is None:
        return 1
    inside = takewhile(lambda line: not line.lstrip().startswith("["), lines[begin + 1 :])
    key = re.compile(rf"\s*{re.escape(place['key'] or '')}\s*[.=]")
    keys = (number for number, line in enumerate(inside, begin + 2) if key.match(line))
    return next(keys, begin + 1)


def visible(text: str) -> str:
    """Return a text that may quote a file or its name: it neither steers a terminal nor breaks."""
    hidden = {char for char in text if unicodedata.category(char).startswith("C")}
    return "".join(f"\\u{ord(char):04x}" if char in hidden else char for char in text)


def is_placeholder(text: str) -> bool:
    """Tell a text that only says what is to stand in its place: all of it in 〈…〉."""
    return _PLACEHOLDER.fullmatch(text.strip()) is not None


def is_blank(text: str) -> bool:
    """Tell a text of which nothing is to be seen: white space, control and zero-width characters.

    Full-width forms count as what they stand for; marks need a letter to stand on.
    """
    plain = unicodedata.normalize("NFKC", text)
    return all(char in _FILLERS or unicodedata.category(char)[0] in "CMZ" for char in plain)


def without_placeholders(source: Source) -> Source:
    """Return the source without headers that are placeholders: they say nothing yet."""
    headers = tuple(header for header in source.headers if not is_placeholder(header.value))
    return replace(source, headers=headers)


@dataclass(frozen=True, slots=True)
class Content:
    """All sources that could be parsed, in path order, and the folder they lie in.

    `offers` say what addresses a site of such sources has: see `Rules.addresses`. `notices` are
    the texts that a plugin reads itself: they are no columns and no pages, but words for readers
    all the same.
    """

    root: Path
    sources: tuple[Source, ...]
    offers: tuple[Callable[["Content"], Iterable[str]], ...] = ()
    notices: tuple[Source, ...] = ()

    def addresses(self) -> frozenset[str]:
        """Return every address that a text may link to, without the site's base path."""
        return frozenset(address for offer in self.offers for address in offer(self))


@dataclass(frozen=True, slots=True)
class Rules:
    """One plugin's part of the lint: headers, rules for one file, rules for all of them.

    `owns` returns the place of a path below `content/` whose text the plugin reads itself, and
    None of any other. `addresses` return where a site of that content has the plugin's pages,
    feeds and files, such as `/ja/topics/dns/`; archives of feeds, which only software follows,
    are left out.
    """

    headers: tuple[HeaderField, ...] = ()
    each: tuple[Callable[[Source], Iterable[Problem]], ...] = ()
    overall: tuple[Callable[[Content], Iterable[Problem]], ...] = ()
    owns: tuple[Callable[[str], Place | None], ...] = ()
    addresses: tuple[Callable[[Content], Iterable[str]], ...] = ()


def asked(rule: Callable[[Source], Iterable[Problem]], source: Source) -> Iterator[Problem]:
    """Yield what a rule finds in a text; where it stumbles, that is a problem of this text."""
    try:
        yield from rule(source)
    except ValueError as error:  # its text says what is wrong with the file
        yield Problem(source.path, source.body_line, str(error))
    except Exception as error:  # noqa: BLE001  one text must not hide the others' problems
        fault = f"cannot be checked: {type(error).__name__}: {error}"
        yield Problem(source.path, source.body_line, fault)


def _kind_fault(root: Path, file: Path) -> str | None:
    # Not Path.resolve(), which raises for links in a circle before Python 3.13.
    if file.is_symlink() and not Path(realpath(file)).is_relative_to(realpath(root)):
        return "a symbolic link that leaves content/; put the file itself here"
    if file.is_symlink() and file.is_dir():
        return "a symbolic link to a folder; put the folder itself here"
    if file.is_symlink() and not file.is_file():
        return "a symbolic link to no file; put the file itself here"
    if not file.is_file():
        return "neither a file nor a folder; delete it"
    return None
