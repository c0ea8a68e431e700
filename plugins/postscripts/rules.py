"""What the lint asks of a column's end."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from columns.source import Source
from lint.model import HeaderField, Problem, Rules, Settings
from postscripts.markdown import heading_of, split


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
        postscript = split(html)[1]
        own = headings.get(source.place.lang, ("Postscript",))
        last = source.body_line + source.body.count("\n")
        if source.value("postscript") == "none":
            if postscript is not None:
                line = source.line_of("postscript")
                yield Problem(source.path, line, "Postscript: none, but the column ends with one")
        elif not postscript:
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

    return Rules(headers=(HEADER,), each=(ends_with_postscript,))
