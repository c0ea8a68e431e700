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
    sections = (section for section in _told(settings, "section") if section)
    offers = (pair for pairs in _told(settings, "offers") for pair in pairs)
    return LanguageBinder(site, phrases, written, sections, offers)


def _told(settings: Mapping[str, Any], what: str) -> Iterator[Any]:  # Any: as each hook says
    """Yield what every plugin in PLUGINS returns from a function of this name, if it has one.

    `section` names a page for the main navigation, or None; `offers` yields languages and pages
    for the foot of every page of the language.
    """
    for name in settings.get("PLUGINS", ()):
        module = import_module(name)
        if hasattr(module, what):
            yield getattr(module, what)(settings)
