"""Typesetting: Markdown to HTML, links to addresses, figures into the page."""

import logging
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from pelican import Pelican, signals
from pelican.contents import Content
from pelican.generators import Generator
from pelican.readers import BaseReader, Readers

from lint.model import Rules, Settings
from typesetting import rules
from typesetting.figures import Figures
from typesetting.links import Address, Linker
from typesetting.markdown import Typesetter
from typesetting.phrases import break_phrases
from typesetting.reader import ColumnReader
from typesetting.reading import reading_minutes

__all__ = ["lint_rules", "register"]

_log = logging.getLogger(__name__)


def lint_rules(settings: Settings) -> Rules:
    """Return what a text must keep to so that its page is whole."""
    return rules.rules_of(_typesetter_of(settings), _languages_of(settings))


def prepare(pelican: Pelican) -> None:
    """Put the build's one Typesetter into the settings."""
    pelican.settings["TYPESETTER"] = Typesetter(pelican.settings["MARKDOWN"])


def read_columns(readers: Readers) -> None:
    """Make ours the only reader: nothing but a `.md` file is a column or page."""
    readers.reader_classes = {"static": BaseReader, "md": ColumnReader}


def finish_texts(generators: Sequence[Generator]) -> None:
    """Resolve the links and place the figures of every text that is not held back.

    Gives each text `title_html` and `reading_minutes`, and puts photographs among the
    context's `files`. What leads nowhere is an error of the build.
    """
    context, settings = generators[0].context, generators[0].settings
    base = urlsplit(settings["SITEURL"]).path.rstrip("/")
    figures = Figures(Path(settings["PATH"]), base)
    texts = {path: text for path, text in context["generated_content"].items() if text}

    def address_of(path: str) -> Address | None:
        text = texts.get(path)
        if text is None:
            return None
        return text.url if text.url.startswith("/") else f"{base}/{text.url}", text.lang

    linker = Linker(_languages_of(settings), address_of, figures.address_of, figures.show, base)
    for path, text in sorted(texts.items()):
        _finish(text, path, linker)
    context.setdefault("files", {}).update(figures.published)


def _finish(text: Content, path: str, linker: Linker) -> None:
    text.title_html = break_phrases(text.title, text.lang)
    text.reading_minutes = reading_minutes(text._content, text.lang)  # noqa: SLF001  no public way
    text._content, faults = linker.rewrite(text._content, path, text.lang)  # noqa: SLF001
    for fault in faults:
        _log.error("content/%s: %s", path, fault)


def register() -> None:
    """Connect to Pelican."""
    signals.initialized.connect(prepare)
    signals.readers_init.connect(read_columns)
    signals.all_generators_finalized.connect(finish_texts)


def _typesetter_of(settings: Settings) -> Typesetter:
    """Return the build's Typesetter, or one of our own where no build runs."""
    return settings.get("TYPESETTER") or Typesetter(settings["MARKDOWN"])


def _languages_of(settings: Settings) -> tuple[str, ...]:
    return tuple(settings.get("LANGUAGES") or (settings["DEFAULT_LANG"],))
