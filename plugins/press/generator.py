"""Brings to the writer what the plugins put into the build's context."""

from pathlib import Path

from pelican.generators import Generator

from press.writer import PressWriter

SHEETS = "sheets"
"""The context's list of pages to print: `press.model.Sheet`."""

FILES = "files"
"""The context's other files: path below the output → bytes, or the file to copy."""


class PressGenerator(Generator):  # type: ignore[misc]  # the base class is untyped
    """Has every sheet printed and every file written."""

    def generate_output(self, writer: PressWriter) -> None:
        """Write what the context holds. Raises OutputError where two files share a path."""
        for sheet in self.context[SHEETS]:
            writer.print(sheet, self.get_template(sheet.template))
        for path, data in self.context[FILES].items():
            if isinstance(data, Path):
                writer.copy_asset(path, data)
            else:
                writer.write_bytes(path, data)
