"""Feeds: what other plugins hand over as values becomes Atom, RSS, JSON Feed and OPML.

A plugin appends `feeds.model.Feed` values to `context["feeds"]` when the library is ready, wherever
it stands in PLUGINS.
"""


def register() -> None:
    """Connect to Pelican, which others can do without, and to the library: hence the imports."""
    from blinker import signal
    from pelican import signals

    from feeds.generator import publish, share

    signals.generator_init.connect(share)
    signal("feeds_ready").connect(publish)
