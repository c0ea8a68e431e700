"""A file's headers against the fields that all plugins register."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from columns.source import Header, Source, ending_fault
from lint.model import HeaderField, Problem, is_blank, is_placeholder

Registry = Mapping[str, HeaderField]
"""Every field by its name in lower case."""


def registry_of(fields: Iterable[HeaderField]) -> Registry:
    """Return the fields by name. Raises ValueError where two plugins register one name."""
    registry: dict[str, HeaderField] = {}
    for field in fields:
        if registry.setdefault(field.name.lower(), field) is not field:
            raise ValueError(f"{field.name}: two plugins register this header")
    return registry


def check_headers(source: Source, registry: Registry) -> Iterator[Problem]:
    """Check which headers stand in a file and what each says."""
    for name, known in registry.items():
        if _kind(source) in known.required and source.header(name) is None:
            yield Problem(source.path, 1, f"{known.name}: missing; {known.advice}")
    for header in source.headers:
        field = registry.get(header.name)
        name = field.name if field else header.name.capitalize()
        if fault := _fault(source, header, field) if field else _unknown(header, registry):
            yield Problem(source.path, header.line, f"{name}: {fault}")
    if ending := ending_fault(source, registry):
        yield Problem(source.path, source.body_line, ending)


def check_placeholders(source: Source, registry: Registry) -> Iterator[Problem]:
    """Refuse what only says what is to stand in its place, unless the file is a draft."""
    if source.value("status").lower() == "draft":
        return
    for header in source.headers:
        if is_placeholder(header.value) and (field := registry.get(header.name)):
            cure = "" if _kind(source) in field.required else ", or delete the line"
            message = f"{field.name}: still a placeholder; {field.advice}{cure}"
            yield Problem(source.path, header.line, message)
    for number, line in enumerate(source.body.split("\n"), source.body_line):
        if is_placeholder(line.lstrip("#")):
            message = f"still a placeholder; write the text or delete the line: {line.strip()}"
            yield Problem(source.path, number, message)


def _kind(source: Source) -> str:
    return "column" if source.is_column else "page"


def _fault(source: Source, header: Header, field: HeaderField) -> str | None:
    first = source.line_of(header.name)
    if header.line != first:
        return f"given twice, first in line {first}; keep one"
    if _kind(source) not in field.kinds:
        return f"not for a {_kind(source)}; delete the line"
    if is_blank(header.value):
        reason = "nothing of it can be seen" if header.value else "empty"
        cure = "" if _kind(source) in field.required else ", or delete the line"
        return f"{reason}; {field.advice}{cure}"
    if is_placeholder(header.value) or field.check is None:
        return None
    return field.check(header.value)


def _unknown(header: Header, registry: Registry) -> str:
    close = get_close_matches(header.name, registry, n=1)
    if close:
        return f"no such header; did you mean {registry[close[0]].name}?"
    return f"no such header; known are {', '.join(field.name for field in registry.values())}"
