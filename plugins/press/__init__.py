"""From sheets to whole files: templates, style and policy in the page, atomic writes."""

from typing import Any

from jinja2 import StrictUndefined
from pelican import Pelican, signals
from pelican.generators import ArticlesGenerator, Generator

from press.generator import FILES, SHEETS, PressGenerator
from press.writer import PressWriter


def register() -> None:
    """Connect the press to Pelican."""
    signals.initialized.connect(set_up_templates)
    signals.generator_init.connect(share)
    signals.article_generator_finalized.connect(drop_lists)
    signals.get_generators.connect(provide_generator)
    signals.get_writer.connect(provide_writer)


def set_up_templates(pelican: Pelican) -> None:
    """Make every template escape what it prints and fail on a name it was not given."""
    environment: dict[str, Any] = pelican.settings["JINJA_ENVIRONMENT"]  # Any: Jinja's options
    environment |= {
        "auto_reload": False,
        "autoescape": True,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }


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
