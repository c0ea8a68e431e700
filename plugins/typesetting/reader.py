"""Pelican's way to a column: headers as metadata, body as HTML."""

from pathlib import Path
from typing import Any

from pelican.readers import BaseReader

from columns.source import DECIDING, Header, ending_fault, has_time, parse_date, read
from lint.model import without_placeholders


class ColumnReader(BaseReader):  # type: ignore[misc]  # Pelican ships no types
    """Reads a Markdown file in the house form with the build's Typesetter."""

    file_extensions = ("md",)

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:  # Any: as Pelican's metadata
        """Return a file's HTML and its headers by lower-case name.

        Dates are read by the lint's rule, tags by Pelican's; all else, the summary too, is
        plain text; `timed` and `modified_timed` tell whether
        the dates name a time of day. Of a header given
        twice the first counts, as in Pelican. Raises ValueError for a date that is none, for
        headers that end in no blank line, and for what cannot be typeset.
        """
        content = Path(self.settings["PATH"]).absolute()
        path = Path(source_path).absolute().relative_to(content).as_posix()
        source = without_placeholders(read(content, path))
        if fault := ending_fault(source, DECIDING):
            raise ValueError(f"line {source.body_line}: {fault}")
        metadata = {header.name: self._value(header) for header in reversed(source.headers)}
        metadata["timed"] = has_time(source.value("date"))
        metadata["modified_timed"] = has_time(source.value("modified"))
        return self.settings["TYPESETTER"].typeset(source.body), metadata

    def process_metadata(self, name: str, value: str) -> object:
        """Return what Pelican makes of a value; of a folder's day, without its slow parser."""
        date = parse_date(value) if name == "date" else None
        return date or super().process_metadata(name, value)

    def _value(self, header: Header) -> object:
        if header.name not in {"date", "modified"}:
            return self.process_metadata(header.name, header.value)
        if date := parse_date(header.value):
            return date
        raise ValueError(
            f'line {header.line}: {header.name.capitalize()}: "{header.value}" is no date;'
            " write 2014-03-24 or 2014-03-24 09:00"
        )
