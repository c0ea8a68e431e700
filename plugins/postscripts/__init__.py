"""Postscripts: the last section of a column stands apart, and has a list of its own."""

from lint.model import Rules, Settings

__all__ = ["lint_rules", "register"]


def lint_rules(settings: Settings) -> Rules:
    """Return what a postscript must keep to."""
    from postscripts import rules

    return rules.lint_rules(settings)


def register() -> None:
    """Connect to Pelican, which others can do without: hence the imports here."""
    from pelican import signals

    from bilingual.model import library_ready
    from postscripts.generator import add_lists, extend_markdown, split_articles

    signals.initialized.connect(extend_markdown)
    signals.all_generators_finalized.connect(split_articles)
    library_ready.connect(add_lists)
