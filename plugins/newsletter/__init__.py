"""The newsletter: column → edition → message → delivery."""

from collections.abc import Iterable

from lint.model import Rules, Settings

__all__ = ["lint_rules", "offers", "register"]


def lint_rules(settings: Settings) -> Rules:
    """Return where a site has its editions and the pages about them."""
    from newsletter import rules

    return rules.lint_rules(settings)


def offers(settings: Settings) -> Iterable[tuple[str, str]]:
    """Return the page about the newsletter, for each language that has one."""
    from newsletter.settings import SUBSCRIBE, newsletter_of

    newsletter = newsletter_of(settings)
    return [(lang, SUBSCRIBE) for lang in newsletter.senders] if newsletter else []


def register() -> None:
    """Connect to Pelican and to the library.

    What sends and what answers run without either: hence the imports here.
    """
    from pelican import signals

    from bilingual.model import feeds_ready
    from newsletter.generator import add_editions, check_settings

    signals.initialized.connect(check_settings)
    feeds_ready.connect(add_editions)
