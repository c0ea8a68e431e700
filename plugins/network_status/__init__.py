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


def section(settings: Settings) -> str | None:
    """Return the status' place in the main navigation of a site that has one."""
    from network_status.conf import has_status

    return "status" if has_status(settings) else None


def register() -> None:
    """Connect to the library.

    What measures and what refreshes the status run without a build: hence the imports here.
    """
    from bilingual.model import library_ready
    from network_status.generator import add_status

    library_ready.connect(add_status)
