"""Columns: the file's format, its headers, and when it may be seen."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the lint's types themselves need `columns.source`
    from lint.model import Rules, Settings

__all__ = ["lint_rules", "register"]


def lint_rules(settings: "Settings") -> "Rules":
    """Return the headers and rules of columns and pages."""
    from columns import rules

    return rules.lint_rules(settings)


def register() -> None:
    """Connect to Pelican, which others can do without: hence the imports here."""
    from pelican import signals

    from columns.generator import hold_back

    signals.article_generator_context.connect(hold_back)
    signals.page_generator_context.connect(hold_back)
