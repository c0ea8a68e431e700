"""From the settings to the binder."""

from collections.abc import Container, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from bilingual.binder import LanguageBinder
from bilingual.phrases import load_phrases
from bilingual.settings import site_of


def binder_of(
    settings: Mapping[str, Any],  # Any: Pelican's settings
    written: Container[tuple[str, str]],
) -> LanguageBinder:
    """Return the binder that a build's settings describe. Raises BilingualError.

    `written` are language and slug of the static pages that exist.
    """
    site = site_of(settings)
    phrases = load_phrases(Path(settings["THEME"], "strings"), site.languages, site.default_lang)
    return LanguageBinder(site, phrases, written, tuple(_sections(settings)))


def _sections(settings: Mapping[str, Any]) -> Iterator[str]:  # Any: Pelican's settings
    """Yield what every plugin in PLUGINS returns from its `section`, if it has one."""
    for name in settings.get("PLUGINS", ()):
        module = import_module(name)
        if hasattr(module, "section") and (section := module.section(settings)):
            yield section
