"""What the lint asks of a column's end."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from columns.source import Source
from lint.model import HeaderField, Problem, Rules, Settings
from postscripts.markdown import split


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


def lint_rules(settings: Settings) -> Rules:
    """A column ends with its postscript, unless its header says that it has none."""
    typesetter: Typesetter = settings["TYPESETTER"]
    headings: Mapping[str, tuple[str, ...]] = settings["POSTSCRIPT_HEADINGS"]

    def ends_with_postscript(source: Source) -> Iterable[Problem]:
        if not source.is_column:
            return
        postscript = split(typesetter.typeset(source.body))[1]
        if source.value("postscript") == "none":
            if postscript is not None:
                line = source.line_of("postscript")
                yield Problem(source.path, line, "Postscript: none, but the column ends with one")
        elif not postscript:
            example = headings.get(source.place.lang, ("Postscript",))[0]
            last = source.body_line + source.body.count("\n")
            yield Problem(
                source.path,
                last,
                f'the column must end with its postscript: a last section "## {example}"'
                " with text, or the header Postscript: none",
            )

    return Rules(headers=(HEADER,), each=(ends_with_postscript,))
