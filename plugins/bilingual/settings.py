"""LANGUAGES in pelicanconf.py as frozen models."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bilingual.errors import SettingsError

_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")


class Language(BaseModel):
    """One language of the site: its own name, and what the site is called in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    site_name: str = Field(min_length=1)
    tagline: str = Field(min_length=1)
    author: str = Field(min_length=1)


def languages_of(settings: Mapping[str, Any]) -> dict[str, Language]:  # Any: Pelican's settings
    """Return the site's languages by tag, in their order. Raises SettingsError."""
    problems: list[str] = []
    languages: dict[str, Language] = {}
    for tag, values in dict(settings.get("LANGUAGES") or {}).items():
        where = f'pelicanconf.py: LANGUAGES["{tag}"]'
        if not _TAG.fullmatch(tag):
            problems.append(f"{where}: no language tag (RFC 5646); write ja, en or zh-Hans")
        try:
            languages[tag] = Language.model_validate(values)
        except ValidationError as error:
            problems += [
                f"{where}.{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
                for fault in error.errors()
            ]
    default = settings.get("DEFAULT_LANG")
    if default not in dict(settings.get("LANGUAGES") or {}):
        problems.append(f'pelicanconf.py: DEFAULT_LANG: "{default}" is not in LANGUAGES')
    if problems:
        raise SettingsError(problems)
    return languages
