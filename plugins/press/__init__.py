"""From sheets to whole files: templates, style and policy in the page, atomic writes."""


def register() -> None:
    """Connect the press to Pelican, which others can do without: hence the imports here."""
    from pelican import signals

    from press import generator

    signals.initialized.connect(generator.set_up_templates)
    signals.generator_init.connect(generator.share)
    signals.article_generator_finalized.connect(generator.drop_lists)
    signals.get_generators.connect(generator.provide_generator)
    signals.get_writer.connect(generator.provide_writer)


def __getattr__(name: str) -> object:
    """Return StrictPelican, which the settings name without loading it."""
    if name == "StrictPelican":
        from press.build import StrictPelican

        return StrictPelican
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
