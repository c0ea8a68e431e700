"""Postscripts: the last section of a column stands apart, and has a list of its own."""

from collections.abc import Iterable
from typing import Any

from pelican import Pelican, signals
from pelican.generators import ArticlesGenerator, Generator, PagesGenerator

from bilingual.model import library_ready
from postscripts.feeds import feeds_of
from postscripts.markdown import PostscriptExtension, split, unwrap
from postscripts.pages import sheets_of
from postscripts.rules import lint_rules

__all__ = ["lint_rules", "register"]


def extend_markdown(pelican: Pelican) -> None:
    """Let Markdown know the headings that open a postscript."""
    headings = pelican.settings["POSTSCRIPT_HEADINGS"]
    names = (name for names in headings.values() for name in names)
    pelican.settings["MARKDOWN"]["extensions"].append(PostscriptExtension(names))


def split_articles(generators: Iterable[Generator]) -> None:
    """Take each article's postscript out of its body, and out of the portable one as well.

    `article.postscript` and `article.portable_postscript` are HTML or None. A page keeps
    its last section as it is.
    """
    for generator in generators:
        if isinstance(generator, PagesGenerator):
            for page in generator.pages:
                page._content = unwrap(page._content)  # noqa: SLF001  `content` is read-only
        if isinstance(generator, ArticlesGenerator):
            for article in generator.articles:
                body, article.postscript = split(article._content)  # noqa: SLF001  `content` is read-only
                article._content = body  # noqa: SLF001
                article.portable, article.portable_postscript = split(article.portable)


def add_lists(
    context: dict[str, Any],
) -> None:  # Any: Pelican's context
    """Add the lists of postscripts to the build's sheets, and their feeds to its feeds."""
    context["sheets"] += sheets_of(context["library"], context["binder"])
    context["feeds"] += feeds_of(context["library"], context["binder"])


def register() -> None:
    """Connect to Pelican and to the library."""
    signals.initialized.connect(extend_markdown)
    signals.all_generators_finalized.connect(split_articles)
    library_ready.connect(add_lists)
