"""Pelican's writer, replaced: sheets in, whole files out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Template
from pelican.writers import Writer

from press.errors import SheetError
from press.faults import near
from press.files import Output
from press.model import Sheet
from press.printing import print_sheet
from press.styles import Styles


class PressWriter(Writer):  # type: ignore[misc]  # the base class is untyped
    """Writes every file of a build through one Output.

    Raises ThemeError or OutputError before anything in the output changes.
    """

    def __init__(self, output_path: str, settings: Mapping[str, Any]) -> None:  # Any: Pelican's
        super().__init__(output_path, settings=settings)
        self.styles = Styles(Path(settings["THEME"], "static", "css"))
        self.output = Output(Path(output_path))

    def write_file(self, name: str, *_: object, **given: object) -> None:
        """Let Pelican's own generators write nothing: every page has a sheet.

        Raises SheetError for content that has a path of Pelican's all the same.
        """
        if name:
            content = given.get("article") or given.get("page")
            source: str = getattr(content, "source_path", name)
            raise SheetError(f"{near(source)}: Pelican would write {name}; only sheets are printed")

    def print(self, sheet: Sheet, template: Template) -> None:
        """Render a sheet with just its own values and write it to its path."""
        by = sheet.source or f"template {sheet.template}"
        self.write_bytes(sheet.path, self._render(sheet, template), by)

    def write_bytes(self, path: str, data: bytes, by: str = "the build") -> None:
        """Write finished bytes to `path` below the output; `by` names whose they are."""
        self.output.write(path, data, by)

    def copy_asset(self, path: str, source: Path) -> None:
        """Publish the file `source` as `path` below the output."""
        self.output.copy(path, source)

    def _render(self, sheet: Sheet, template: Template) -> bytes:
        try:
            text = template.render(sheet.values)
            return print_sheet(text, self.styles) if sheet.path.endswith(".html") else text.encode()
        except Exception as error:
            error.add_note(f"while printing {sheet.path}")
            raise
