"""Feeds: what other plugins hand over as values becomes Atom, RSS, JSON Feed and OPML.

A plugin appends `feeds.model.Feed` values to `context["feeds"]` when the library is ready, wherever
it stands in PLUGINS.
"""

from lint.model import Rules, Settings

__all__ = ["lint_rules", "register"]


def lint_rules(settings: Settings) -> Rules:
    """Return where each language has its page about feeds, and the list for software."""
    addresses = [
        address
        for lang in settings["LANGUAGES"]
        for address in (f"/{lang}/feeds/", f"/{lang}/feeds.opml")
    ]
    return Rules(addresses=(lambda _: addresses,))


def register() -> None:
    """Connect to Pelican, which others can do without, and to the library: hence the imports."""
    from blinker import signal
    from pelican import signals

    from feeds.generator import publish, share

    signals.generator_init.connect(share)
    signal("feeds_ready").connect(publish)
