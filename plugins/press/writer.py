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
from press.printing import print_page
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

    def put(self, path: str, content: bytes | Path) -> None:
        """Write bytes, or those of another file, to a path that was claimed of the output."""
        self.output.put(path, content.read_bytes() if isinstance(content, Path) else content)

    def print(self, sheet: Sheet, template: Template) -> bytes:
        """Return a sheet as the bytes of its file."""
        return print_page(sheet, template, self.styles)
