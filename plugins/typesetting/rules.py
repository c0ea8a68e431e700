"""What the lint asks of a text: links that lead somewhere, images one can read, no raw power.

The rules read the typeset HTML, so that Markdown and raw HTML are judged alike, and look
the offending words up in the source for the line.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit
from zoneinfo import ZoneInfo

from columns.model import Standing, standing_of
from columns.source import Source
from lint.model import CONTROL, Content, Problem, Rules, Settings, asked, control_fault, is_blank
from press.kept import Kept, edition
from typesetting import allowed
from typesetting.fences import blocks
from typesetting.figures import Figures
from typesetting.links import LinkError, Target, parts_of, path_on_site, target_of, text_at
from typesetting.markdown import TypesetError, Typesetter
from typesetting.survey import Heading, Survey, survey
from typesetting.svg import FigureError, inline_svg

MAX_IMAGE_BYTES = 300_000

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_IGNORED_IN_SCHEMES = re.compile(r"[\x00-\x20]")
"""Browsers skip these in a URL: `java&#10;script:` runs (WHATWG URL, basic parser)."""

_BRACKETED_HOST = re.compile(r"//[^/]*")
_NOT_IN_ADDRESSES = re.compile(r"""[\s"<>\[\\\]^`{|}]|%(?![0-9A-Fa-f]{2})""")
"""What the URL standard wants written by its number; browsers differ in what they make of it."""

_FROM_THE_TEMPLATE = frozenset({"", "top", "postscript"})
"""Fragments that every column's page has without its text saying so."""

IDS_OF_THE_TEMPLATE = frozenset(
    {"mail", "main", "postscript", "postscript-title", "reports", "related", "topics"}
)
"""Ids that a text's page gives to what stands around the text."""

_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104  to refuse it
"""Hosts of an address that was copied from the preview."""

ALREADY = datetime.min.replace(tzinfo=UTC)
"""Since when a text is public that readers see now: before any that they will see."""

_REFERENCE = re.compile(r"(&#([0-9]+|[xX][0-9a-fA-F]+);?)")
_POSTSCRIPT_MARK = re.compile(r"</?(x-postscript)\b", re.IGNORECASE)
_LEFTOVER = re.compile(r"!?\[[^\[\]\n]+\]\[[^\[\]\n]*\]|\[\^[^\[\]\s]+\]")
_ESCAPED = {"[": r"\\\[|&#91;|&#[xX]5[bB];", "]": r"\\\]|&#93;|&#[xX]5[dD];"}
_FOOTNOTE = re.compile(r" {0,3}\[\^([^\]\s]+)\]:")
_CODE_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")


def lint_rules(settings: Settings) -> Rules:
    """Return what a text must keep to so that its page is whole."""
    zone, now = ZoneInfo(settings["TIMEZONE"]), settings["NOW"]

    def public_from(source: Source) -> datetime | None:
        date = source.date(zone)
        standing = standing_of(source.value("status"), date, now)
        if standing is Standing.DRAFT:
            return None
        return date if standing is Standing.SCHEDULED else ALREADY

    # A build's, or one of our own where no build runs.
    typesetter = settings.get("TYPESETTER") or Typesetter(settings["MARKDOWN"])
    known = None
    if "CACHE_PATH" in settings:
        known = Kept(Path(settings["CACHE_PATH"], "faults"), edition(settings["MARKDOWN"]))
    languages, siteurl = languages_of(settings), settings.get("SITEURL", "")
    return rules_of(typesetter, languages, siteurl, public_from, known)


def languages_of(settings: Settings) -> tuple[str, ...]:
    """Return the site's languages, in its order."""
    return tuple(settings.get("LANGUAGES") or (settings["DEFAULT_LANG"],))


def rules_of(
    typesetter: Typesetter,
    languages: Sequence[str],
    siteurl: str = "",
    public_from: Callable[[Source], datetime | None] = lambda _: ALREADY,
    known: Kept | None = None,
) -> Rules:
    """Return the rules for texts as this typesetter sets them, for a site in `languages`.

    `public_from` says when readers may see a text: ALREADY, in the future, or, where it is None,
    who knows. A text may link to what is public when it is; a draft, to all. `known` holds what
    is wrong within texts that an earlier run has read.
    """
    texts = _Texts(typesetter, known)

    def overall(content: Content) -> Iterator[Problem]:
        begins = {source.path: public_from(source) for source in content.sources}

        @cache
        def desk_at(moment: datetime | None) -> _Desk:
            seen = tuple(
                source
                for source in content.sources
                if moment is None or ((begin := begins[source.path]) and begin <= moment)
            )
            return _Desk(content, seen, languages, siteurl, texts.survey_of)

        def leads(source: Source) -> Iterator[Problem]:
            desk = desk_at(begins[source.path])
            with suppress(TypesetError):  # `faults` names it
                found = texts.survey_of(source.body)
                yield from desk.links(source, found)
                yield from desk.images(source, found)

        def said(notice: Source) -> Iterator[Problem]:
            yield from texts.faults(notice)
            yield from desk_at(ALREADY).links(notice, texts.survey_of(notice.body))
            yield from _more_than_words(notice, texts.survey_of(notice.body))

        for source in content.sources:
            yield from asked(leads, source)
        desks = map(desk_at, set(begins.values()))
        yield from _drawings(content.root, {path for desk in desks for path in desk.shown})
        for notice in content.notices:
            yield from asked(said, notice)
        texts.keep()

    return Rules(each=(texts.faults,), overall=(overall,))


class _Texts:
    """Texts each by itself: what they hold, and what is wrong within them."""

    def __init__(self, typesetter: Typesetter, known: Kept | None) -> None:
        self._typesetter = typesetter
        self._known = known
        self._surveys: dict[str, Survey] = {}

    def survey_of(self, body: str) -> Survey:
        """Return what a text holds. Raises TypesetError."""
        if body not in self._surveys:
            self._surveys[body] = survey(self._typesetter.typeset(body))
        return self._surveys[body]

    def faults(self, source: Source) -> Iterator[Problem]:
        """Find what is wrong with a text whatever others there are. Raises TypesetError."""
        if self._known is None:
            yield from self._found(source)
            return

        def found() -> str:
            problems = self._found(source)
            return json.dumps([(one.line - source.body_line, one.message) for one in problems])

        for line, message in json.loads(self._known.get("faults", source.body, found)):
            yield Problem(source.path, source.body_line + line, message)

    def _found(self, source: Source) -> Iterator[Problem]:
        found = self.survey_of(source.body)
        html = self._typesetter.typeset(source.body)
        yield from _raw_power(source, html)
        yield from _characters(source, html)
        yield from _headings(source, found.headings)
        yield from _ids(source, found)
        yield from _footnotes(source)
        yield from _addresses(source, found)
        yield from _image_texts(source, found)
        yield from _leftovers(source, found.prose)

    def keep(self) -> None:
        """Leave what was found to the next run."""
        if self._known:
            self._known.save()


def line_of(source: Source, *patterns: str) -> int:
    """Return the line where the first pattern that occurs outside code does, else the body's first.

    Patterns are regular expressions, most telling first; case does not count.
    """
    return next(
        (lines[0] for each in patterns if (lines := _lines_of(source, each))), source.body_line
    )


def _lines_of(source: Source, pattern: str) -> list[int]:
    wanted = re.compile(pattern, re.IGNORECASE)
    return [number for number, line in _prose(source) if wanted.search(line)]


def _prose(source: Source) -> Iterator[tuple[int, str]]:
    """Yield the body's lines with their numbers, without fenced code and code spans."""
    return ((source.body_line + number, line) for number, line in _lines_of_prose(source.body))


@lru_cache(maxsize=1)
def _lines_of_prose(body: str) -> list[tuple[int, str]]:
    fenced = blocks(body.expandtabs(4).split("\n"))
    code = {number for block in fenced for number in range(block.first, block.last + 1)}
    lines = enumerate(body.split("\n"))
    return [(number, _CODE_SPAN.sub("", line)) for number, line in lines if number not in code]


def _raw_power(source: Source, html: str) -> Iterator[Problem]:
    """Find elements and attributes that are not on the list of what a text may hold."""
    for pattern, fault in allowed.faults(html):
        yield Problem(source.path, line_of(source, pattern), fault)
    for number, line in _prose(source):
        if found := _POSTSCRIPT_MARK.search(line):  # in the HTML it looks like the house's own
            message = f"<{found[1].lower()}> may not stand in a text; write Markdown"
            yield Problem(source.path, number, message)


def _headings(source: Source, headings: Sequence[Heading]) -> Iterator[Problem]:
    """Find headings that say nothing, a second h1, and levels that are skipped."""
    for before, heading in pairwise([Heading(1), *headings]):
        marks, text = "#" * heading.level, heading.text.strip()
        if not is_blank(text) and 1 < heading.level <= before.level + 1:
            continue
        line = line_of(source, rf"^ {{0,3}}{marks}(?!#)\s*{re.escape(text)}", re.escape(text))
        if is_blank(text):
            line = line_of(source, rf"^ {{0,3}}{marks}\s*(?:&\S*|\W*)$")
            yield Problem(source.path, line, f'"{marks}" is a heading of no words; write some')
        elif heading.level == 1:
            message = f'"# {text}": only the title is of the first level; write ## {text}'
            yield Problem(source.path, line, message)
        else:
            right = "#" * (before.level + 1)
            message = f'"{marks} {text}" skips a level; write {right} {text}'
            yield Problem(source.path, line, message)


def _ids(source: Source, found: Survey) -> Iterator[Problem]:
    """Find ids that are no word, that stand twice, or that the page gives to something else."""
    given = Counter(attributes["id"] for _, attributes in found.elements if "id" in attributes)
    for name, times in given.items():
        fault = None
        if is_blank(name) or name != "".join(name.split()):
            fault = "is no word; write one without spaces, e.g. {#repair}"
        elif times > 1:
            fault = f"is given {times} times; give each its own"
        elif name in IDS_OF_THE_TEMPLATE:
            fault = f"is one of the page's own; write another, e.g. {{#{name}-2}}"
        if fault:
            pattern = rf"""(?:\bid\s*=\s*["']?|\{{[^}}]*#){re.escape(name)}(?![\w-])"""
            line = max(_lines_of(source, pattern), default=source.body_line)
            yield Problem(source.path, line, f'id "{name}" {fault}')


def _footnotes(source: Source) -> Iterator[Problem]:
    """Find footnotes whose text is given twice: only the last would be printed."""
    first: dict[str, int] = {}
    for number, line in _prose(source):
        if found := _FOOTNOTE.match(line):
            label = found[1]
            if first.setdefault(label, number) != number:
                message = f"[^{label}]: defined twice, first in line {first[label]}; rename one"
                yield Problem(source.path, number, message)


def _addresses(source: Source, found: Survey) -> Iterator[Problem]:
    """Find links that run something and fragments that no heading or footnote carries."""
    for attributes in found.all("a"):
        reference = attributes.get("href", "")
        scheme = _SCHEME.match(_IGNORED_IN_SCHEMES.sub("", reference))
        fault = None
        if scheme and scheme[1].lower() not in _SCHEMES:
            fault = f"{scheme[1]}: does not lead to a page; write https:, mailto: or tel:"
        elif scheme and (odd := _NOT_IN_ADDRESSES.search(_BRACKETED_HOST.sub("//", reference))):
            fault = f'"{odd[0]}" may not stand in an address; write {quote(odd[0])}'
        elif "href" in attributes and reference.strip() in {"", "#"}:
            fault = "leads nowhere; write an address"
        elif (
            reference.startswith("#")
            and unquote(reference[1:]) not in found.ids | _FROM_THE_TEMPLATE
        ):
            fault = "nothing in this text has that id"
        elif _host_of(reference) in _THIS_MACHINE:
            fault = "leads to the reader's own machine; link to the file, ../<folder>/ja.md"
        if fault:
            line = _line_of_reference(source, reference)
            yield Problem(source.path, line, f'link "{reference}": {fault}')
    for link in found.links:
        if is_blank(link.text):
            line = _line_of_reference(source, link.reference)
            message = f'link "{link.reference}" has no words; write [where it leads](…)'
            yield Problem(source.path, line, message)


def _host_of(reference: str) -> str | None:
    with suppress(LinkError):  # the desk names it
        return parts_of(reference).hostname
    return None


def _characters(source: Source, html: str) -> Iterator[Problem]:
    """Find references to characters that no page may hold, be they written by number."""
    for written, number in dict.fromkeys(_REFERENCE.findall(html)):
        code = int(number[1:], 16) if number[0] in "xX" else int(number)
        if code > sys.maxunicode or CONTROL.search(chr(code)):
            line = line_of(source, re.escape(written))
            yield Problem(source.path, line, control_fault(written))


def _image_texts(source: Source, found: Survey) -> Iterator[Problem]:
    """Find images that say nothing to those who cannot see them, or that lie elsewhere."""
    for attributes in found.all("img"):
        reference = attributes.get("src", "")
        if not reference.strip():
            message = "an image without a file; write ![what it shows](figure.svg)"
            yield Problem(source.path, line_of(source, r"<img\b", r"!\["), message)
            continue
        line = _line_of_reference(source, reference)
        if is_blank(attributes.get("alt", "")):
            message = f'image "{reference}" has no text; write ![what it shows]({reference})'
            yield Problem(source.path, line, message)
        plain = _IGNORED_IN_SCHEMES.sub("", reference)
        if _SCHEME.match(plain) or plain.startswith("/"):
            message = f'image "{reference}" does not lie beside the text; put the file there'
            yield Problem(source.path, line, message)


def _leftovers(source: Source, prose: str) -> Iterator[Problem]:
    """Find references that Markdown left as written, as nothing defines what they name."""
    for left, times in Counter(_LEFTOVER.findall(prose)).items():
        if times <= _times_escaped(source, left):
            continue
        label = left.rpartition("[")[2]
        cure = f"write a line [{label}: … or a whole link; where it is code, `{left}`"
        line = line_of(source, rf"(?<!\\)(?:\\\\)*{re.escape(left)}", re.escape(label))
        yield Problem(source.path, line, f"{left}: nothing defines it; {cure}")


def _times_escaped(source: Source, words: str) -> int:
    """Return how often words with brackets stand in a text with a bracket that means itself."""
    either = "".join(
        rf"(?:{_ESCAPED[c]}|{re.escape(c)})" if c in "[]" else re.escape(c) for c in words
    )
    written = "\n".join(line.replace("\\\\", "") for _, line in _prose(source))
    return sum(found[0] != words for found in re.finditer(either, written))


def _more_than_words(notice: Source, found: Survey) -> Iterator[Problem]:
    """Find what a notice may not hold, since it is read in a terminal as well."""
    if found.all("img"):
        message = "an image may not stand in a notice; put it into a column, and name that"
        yield Problem(notice.path, line_of(notice, r"<img\b", r"!\["), message)
    if found.ids:
        message = "a footnote or an id may not stand in a notice: its page shows several"
        yield Problem(notice.path, line_of(notice, r"\[\^", r"\bid\s*=", r"\{:?\s*#"), message)


def _line_of_reference(source: Source, reference: str) -> int:
    escaped = re.escape(reference)
    return line_of(source, rf"""[(<"']{escaped}(?![\w./-])""", escaped)


class _Desk:
    """The texts `seen` at a time and their files: what one says of another can be looked up."""

    def __init__(
        self,
        content: Content,
        seen: tuple[Source, ...],
        languages: Sequence[str],
        siteurl: str,
        survey_of: Callable[[str], Survey],
    ) -> None:
        self._root: Path = content.root
        self._texts = {source.path: source for source in seen}
        self._written = {source.path: source for source in content.sources}
        self._addresses = replace(content, sources=seen).addresses()
        self._siteurl = siteurl
        self._survey_of = survey_of
        self._languages = languages
        self._figures = Figures(content.root)
        self.shown: set[str] = set()

    def links(self, source: Source, found: Survey) -> Iterator[Problem]:
        """Find links to texts and files that do not exist."""
        for attributes in found.all("a"):
            reference = attributes.get("href", "")
            try:
                target = target_of(reference, source.path)
            except LinkError as error:
                yield Problem(source.path, _line_of_reference(source, reference), f"link {error}")
                continue
            own = path_on_site(reference, self._siteurl)
            fault = None
            if own is not None and own not in self._addresses:
                fault = f"nothing of this site lies there; {self._advice(own)}"
            elif target and target.is_text:
                fault = self._text_fault(target, source.place.lang)
            elif target and self._figures.address_of(target.path) is None:
                fault = f"there is no content/{target.path} to link to"
            elif target:
                fault = self._weight_fault(target.path)
            if fault:
                message = f'link "{reference}": {fault}'
                yield Problem(source.path, _line_of_reference(source, reference), message)

    def _advice(self, address: str) -> str:
        close = get_close_matches(address, sorted(self._addresses), n=1, cutoff=0.85)
        if close:
            return f"did you mean {close[0]}?"
        return "link to a text by its file, ../<folder>/ja.md"

    def _text_fault(self, target: Target, lang: str) -> str | None:
        found = text_at(target.path, lang, self._languages, self._texts.get)
        if found is None:
            if text_at(target.path, lang, self._languages, self._written.get):
                return f"content/{target.path} is a draft, or dated later than this text"
            return f"there is no content/{target.path} to link to"
        fragment = unquote(urlsplit(target.tail).fragment)
        if fragment in _FROM_THE_TEMPLATE:
            return None
        with suppress(TypesetError):  # `each` names it
            if fragment not in self._survey_of(found.body).ids:
                return f"nothing in content/{found.path} has that id"
        return None

    def images(self, source: Source, found: Survey) -> Iterator[Problem]:
        """Find images that are missing, broken or too heavy."""
        for attributes in found.all("img"):
            reference = attributes.get("src", "")
            try:
                target = target_of(reference, source.path)
            except LinkError as error:
                yield Problem(source.path, _line_of_reference(source, reference), f"image {error}")
                continue
            if target and (fault := self._fault(target.path, attributes)):
                line = _line_of_reference(source, reference)
                yield Problem(source.path, line, f'image "{reference}": {fault}')

    def _fault(self, path: str, attributes: dict[str, str]) -> str | None:
        if path.lower().endswith(".svg") and self._figures.has(path):
            self.shown.add(path)
            return None
        try:
            self._figures.show(path, attributes, "")
        except ValueError as error:
            return str(error)
        return self._weight_fault(path)

    def _weight_fault(self, path: str) -> str | None:
        size = (self._root / path).stat().st_size
        if size > MAX_IMAGE_BYTES:
            return f"{size:,} bytes; at most {MAX_IMAGE_BYTES:,}, as pages are read over thin lines"
        return None


def _drawings(root: Path, paths: Iterable[str]) -> Iterator[Problem]:
    """Find what the SVG files that texts show may not hold."""
    for path in sorted(paths):
        try:
            figure = inline_svg((root / path).read_bytes(), label="", prefix="")
        except FigureError as error:
            yield Problem(path, 1, str(error))
            continue
        for dropped in figure.dropped:
            yield Problem(path, dropped.line, dropped.message)
