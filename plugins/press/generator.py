"""Brings to the writer what the plugins put into the build's context."""

import logging
from collections.abc import Iterator
from pathlib import Path

from pelican import Pelican
from pelican.generators import ArticlesGenerator, Generator

from press.errors import OutputError
from press.templates import options_of
from press.writer import PressWriter

SHEETS = "sheets"
"""The context's list of pages to print: `press.model.Sheet`."""

FILES = "files"
"""The context's other files: path below the output → bytes, or the file to copy."""

_log = logging.getLogger(__name__)


class PressGenerator(Generator):  # type: ignore[misc]  # the base class is untyped
    """Has every sheet printed and every file written."""

    def generate_output(self, writer: PressWriter) -> None:
        """Make all that the context holds, and write it only when nothing of it failed.

        Raises ExceptionGroup of every fault. In a preview (LINT_REPORT) two files at one path
        are a logged error, and the first keeps the path.
        """
        faults: list[Exception] = []
        made = [*self._pages(writer, faults), *self._files(writer, faults)]
        if faults:
            raise ExceptionGroup("the output cannot be made", faults)
        for path, content in made:
            writer.put(path, content)

    def _pages(self, writer: PressWriter, faults: list[Exception]) -> Iterator[tuple[str, bytes]]:
        for sheet in self.context[SHEETS]:
            by = sheet.source or f"template {sheet.template}"
            try:
                if self._claims(writer, sheet.path, by):
                    yield sheet.path, writer.print(sheet, self.get_template(sheet.template))
            except Exception as error:  # noqa: BLE001 - a template may raise anything
                faults.append(error)

    def _files(
        self, writer: PressWriter, faults: list[Exception]
    ) -> Iterator[tuple[str, bytes | Path]]:
        for path, content in self.context[FILES].items():
            by = str(content) if isinstance(content, Path) else "the build"
            try:
                if isinstance(content, Path):
                    content.open("rb").close()
                if self._claims(writer, path, by):
                    yield path, content
            except (OSError, OutputError) as error:
                faults.append(error)

    def _claims(self, writer: PressWriter, path: str, by: str) -> bool:
        try:
            writer.output.claim(path, by)
        except OutputError as error:
            if not self.settings.get("LINT_REPORT"):
                raise
            _log.error("%s", error)
            return False
        return True


def set_up_templates(pelican: Pelican) -> None:
    """Make every template escape what it prints and fail on a name it was not given."""
    settings = pelican.settings
    settings["JINJA_ENVIRONMENT"].update(options_of(Path(settings["CACHE_PATH"])))


def share(generator: Generator) -> None:
    """Give all generators the first one's templates, and every plugin a place for its files."""
    generator.env = generator.context.setdefault("jinja_environment", generator.env)
    generator.context.setdefault(SHEETS, [])
    generator.context.setdefault(FILES, {})


def drop_lists(generator: ArticlesGenerator) -> None:
    """Spare Pelican its own lists, which nobody prints and whose cost grows with the square."""
    generator.tags, generator.categories, generator.authors = {}, [], []


def provide_generator(_pelican: Pelican) -> type[PressGenerator]:
    """Name the class that hands the context's sheets and files over."""
    return PressGenerator


def provide_writer(_pelican: Pelican) -> type[PressWriter]:
    """Name the class that writes this site."""
    return PressWriter
