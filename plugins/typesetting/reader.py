"""Pelican's way to a column: headers as metadata, body as HTML."""

from pathlib import Path
from typing import Any

from pelican.readers import BaseReader

from columns.source import read
from lint.model import without_placeholders


class ColumnReader(BaseReader):  # type: ignore[misc]  # Pelican ships no types
    """Reads a Markdown file in the house form with the build's Typesetter."""

    file_extensions = ("md",)

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:  # Any: as Pelican's metadata
        """Return a file's HTML and its headers by lower-case name.

        Dates and tags are what Pelican makes of them; all else, the summary too, is plain
        text. Of a header given twice the first counts, as in Pelican.
        """
        content = Path(self.settings["PATH"]).absolute()
        path = Path(source_path).absolute().relative_to(content).as_posix()
        source = without_placeholders(read(content, path))
        metadata = {
            header.name: self.process_metadata(header.name, header.value)
            for header in reversed(source.headers)
        }
        return self.settings["TYPESETTER"].typeset(source.body), metadata
