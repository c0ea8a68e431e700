"""From Pelican's articles to postscripts, and their lists into the build."""

from collections.abc import Iterable
from typing import Any

from pelican import Pelican
from pelican.generators import ArticlesGenerator, Generator, PagesGenerator

from postscripts.feeds import feeds_of
from postscripts.markdown import extension_of, split, unwrap
from postscripts.pages import sheets_of


def extend_markdown(pelican: Pelican) -> None:
    """Let Markdown know the headings that open a postscript."""
    settings = pelican.settings
    settings["MARKDOWN"]["extensions"].append(extension_of(settings["POSTSCRIPT_HEADINGS"]))


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


def add_lists(context: dict[str, Any]) -> None:  # Any: Pelican's context
    """Add the lists of postscripts to the build's sheets, and their feeds to its feeds."""
    context["sheets"] += sheets_of(context["library"], context["binder"])
    context["feeds"] += feeds_of(context["library"], context["binder"])
