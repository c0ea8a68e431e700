"""What the lint asks of a column's end."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from html import unescape
from typing import Protocol

from columns.source import Source
from feeds.model import feeds_beside
from lint.model import Content, HeaderField, Problem, Rules, Settings, is_blank
from postscripts.markdown import heading_of, split

_MARKUP = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)


class Typesetter(Protocol):
    """What turns a Markdown body into HTML, as the build does."""

    def typeset(self, body: str) -> str:
        """Return the HTML of a body."""
        ...


def _only_none(value: str) -> str | None:
    if value == "none":
        return None
    return f'"{value}" is no value for it; write none, or leave the line out'


HEADER = HeaderField(
    name="Postscript",
    meaning="none, for the rare column that ends without a postscript",
    example="none",
    check=_only_none,
)


def _line_of(source: Source, heading: str) -> int:
    """Return the last line that holds the heading's words."""
    lines = source.body.split("\n")
    holding = (number for number, line in enumerate(lines) if heading in line)
    return source.body_line + max(holding, default=0)


def lint_rules(settings: Settings) -> Rules:
    """A column ends with its postscript, unless its header says that it has none."""
    typesetter: Typesetter = settings["TYPESETTER"]
    headings: Mapping[str, tuple[str, ...]] = settings["POSTSCRIPT_HEADINGS"]

    def ends_with_postscript(source: Source) -> Iterable[Problem]:
        if not source.is_column:
            return
        html = typesetter.typeset(source.body)
        body, postscript = split(html)
        if _is_empty(body):
            yield Problem(source.path, source.body_line, "no text before the postscript; write it")
        own = headings.get(source.place.lang, ("Postscript",))
        last = source.body_line + source.body.count("\n")
        if source.value("postscript") == "none":
            if postscript is not None:
                line = source.line_of("postscript")
                yield Problem(source.path, line, "Postscript: none, but the column ends with one")
        elif postscript is None or _is_empty(postscript):
            yield Problem(
                source.path,
                last,
                f'the column must end with its postscript: a last section "## {own[0]}"'
                " with text, or the header Postscript: none",
            )
        elif (given := heading_of(html).removeprefix("■").strip()).casefold() not in {
            heading.casefold() for heading in own
        }:
            message = f'"{given}" opens the postscript in another language; write ## {own[0]}'
            yield Problem(source.path, _line_of(source, given), message)

    offer = partial(addresses_of, tuple(settings["LANGUAGES"]))
    return Rules(headers=(HEADER,), each=(ends_with_postscript,), addresses=(offer,))


def addresses_of(languages: Iterable[str], content: Content) -> Iterator[str]:
    """Yield where each language has its list, the list's feed, and its years.

    A column that lacks the language is listed with the postscript that it has.
    """
    works: dict[str, dict[str, Source]] = {}
    for source in content.sources:
        if source.is_column:
            works.setdefault(source.place.slug, {})[source.place.lang] = source
    for lang in languages:
        page = f"/{lang}/postscripts/"
        shown = (
            source
            for versions in works.values()
            for source in ([versions[lang]] if lang in versions else versions.values())
        )
        closed = (source for source in shown if source.value("postscript") != "none")
        years = {str(source.place.date)[:4] for source in closed}
        yield from (page, *feeds_beside(page), *(f"{page}{year}/" for year in sorted(years)))


def _is_empty(html: str) -> bool:
    """Tell HTML that shows nothing: comments, empty elements, no image."""
    return "<img" not in html and is_blank(unescape(_MARKUP.sub("", html)))
