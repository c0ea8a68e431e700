"""The state of the lines: probe results in, pages, data, charts and feeds out.

`fetch` (the only input) → `sources/<kind>` (bytes in, measurements out) → `history` (counts per
five minutes) → `summary` (windows, quantiles, coverage) → `status` (what follows from them) →
`picture` (everything at one moment) → pages, charts, documents, feeds.
"""

from lint.model import Rules, Settings

__all__ = ["lint_rules", "register"]


def lint_rules(settings: Settings) -> Rules:
    """Return what the status' files must keep to."""
    from network_status import rules

    return rules.lint_rules(settings)


def register() -> None:
    """Connect to Pelican and to the library.

    What measures and what refreshes the status run without either: hence the imports here.
    """
    from pelican import signals

    from bilingual.model import library_ready
    from network_status.generator import add_status, announce

    signals.initialized.connect(announce)
    library_ready.connect(add_status)
