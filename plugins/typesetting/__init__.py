"""Typesetting: Markdown to HTML, links to addresses, figures into the page."""

from lint.model import Rules, Settings

__all__ = ["lint_rules", "register"]


def lint_rules(settings: Settings) -> Rules:
    """Return what a text must keep to so that its page is whole."""
    from typesetting import rules

    return rules.lint_rules(settings)


def register() -> None:
    """Connect to Pelican, which others can do without: hence the imports here."""
    from pelican import signals

    from typesetting.generator import finish_texts, prepare, read_columns

    signals.initialized.connect(prepare)
    signals.readers_init.connect(read_columns)
    signals.all_generators_finalized.connect(finish_texts)
