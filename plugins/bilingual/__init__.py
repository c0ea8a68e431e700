"""Languages: pairs, addresses, the lists of each language, the sitemap."""

from pelican import signals

from bilingual.generator import build_library, check_settings, give_address
from bilingual.rules import lint_rules

__all__ = ["lint_rules", "register"]


def register() -> None:
    """Connect to Pelican."""
    signals.initialized.connect(check_settings)
    signals.article_generator_context.connect(give_address)
    signals.page_generator_context.connect(give_address)
    signals.all_generators_finalized.connect(build_library)
