"""The newsletter: column → edition → message → delivery."""


def register() -> None:
    """Connect to Pelican and to the library.

    What sends and what answers run without either: hence the imports here.
    """
    from pelican import signals

    from bilingual.model import feeds_ready
    from newsletter.generator import add_editions, check_settings

    signals.initialized.connect(check_settings)
    feeds_ready.connect(add_editions)
