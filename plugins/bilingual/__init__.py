"""Languages: pairs, addresses, the lists of each language, the sitemap."""

from lint.model import Rules, Settings

__all__ = ["lint_rules", "register"]


def lint_rules(settings: Settings) -> Rules:
    """Return what a text's language, address and topics must keep to."""
    from bilingual import rules

    return rules.lint_rules(settings)


def register() -> None:
    """Connect to Pelican, which others can do without: hence the imports here."""
    from pelican import signals

    from bilingual.generator import build_library, check_settings, give_address

    signals.initialized.connect(check_settings)
    signals.article_generator_context.connect(give_address)
    signals.page_generator_context.connect(give_address)
    signals.all_generators_finalized.connect(build_library)
