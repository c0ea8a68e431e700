"""What pelicanconf.py says of the site, as one frozen model."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from bilingual.errors import SettingsError

_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
_DAY = r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?"
_AUTHORITY = re.compile(rf"(?:[A-Za-z0-9._-]+@)?{_HOST},{_DAY}")
"""RFC 4151 §2.1: a host or mail address, and a day on which it was the owner's."""

_ICP_NUMBER = re.compile(r"[\u4e00-\u9fff]ICP[备证]\d{6,12}号(?:-\d{1,4})?")
"""As the registry writes it: the province, filed (备) or licensed (证), the number, the site's."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")


def _rule(holds: Callable[[str], object], advice: str) -> AfterValidator:
    """Return a validator that refuses a text with the text itself and what to write."""

    def check(value: str) -> str:
        if not holds(value):
            raise PydanticCustomError("rule", '"{value}" {advice}', _values(value, advice))
        return value

    return AfterValidator(check)


def _values(value: str, advice: str) -> dict[str, Any]:  # Any: as pydantic asks
    return {"value": value, "advice": advice}


def _several(value: object) -> object:
    """Refuse a bare text, which is what parentheses without a comma make."""
    if isinstance(value, str):
        advice = f'is one text; write a tuple with a comma, ("{value}",)'
        raise PydanticCustomError("rule", '"{value}" {advice}', _values(value, advice))
    return value


def _on_the_web(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_base(value: str) -> bool:
    return _on_the_web(value) and not {"?", "#"}.intersection(value)


def _is_zone(value: str) -> bool:
    try:
        ZoneInfo(value)
    except (OSError, ValueError, KeyError):  # a folder, a path that leads out, no such name
        return False
    return True


Text = Annotated[str, Field(min_length=1)]
Tag = Annotated[
    str, _rule(_LANGUAGE.fullmatch, "is no language tag (RFC 5646); write ja, en or zh-Hans")
]


class Language(BaseModel):
    """One language of the site: its own name, and what the site is called in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Text
    site_name: Text
    tagline: Text
    author: Text


class Site(BaseModel):
    """The site's own settings; each field is that of pelicanconf.py in upper case.

    With `noindex` every page asks crawlers to forget it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=str.upper)

    languages: Annotated[dict[Tag, Language], Field(min_length=1)]
    default_lang: str
    postscript_headings: dict[
        str, Annotated[tuple[Text, ...], Field(min_length=1), BeforeValidator(_several)]
    ]
    tag_authority: Annotated[
        str,
        _rule(_AUTHORITY.fullmatch, "is no tag authority (RFC 4151); write columns.example,2009"),
    ]
    websub_hub: (
        Annotated[str, _rule(_on_the_web, "is no address; write https://hub.example/ or None")]
        | None
    ) = None
    siteurl: Annotated[
        str,
        _rule(_is_base, "is no address of a site; write https://columns.example, without ? and #"),
    ]
    icp_number: (
        Annotated[
            str,
            _rule(_ICP_NUMBER.fullmatch, "is no ICP number; write 京ICP备12345678号-1, or None"),
        ]
        | None
    ) = None
    timezone: Annotated[str, _rule(_is_zone, "is no time zone; write Asia/Tokyo")]
    noindex: bool = False


def site_of(settings: Mapping[str, Any]) -> Site:  # Any: Pelican's settings
    """Return what Pelican's settings say of the site. Raises SettingsError with all faults."""
    names = [name.upper() for name in Site.model_fields]
    given = {name: settings[name] for name in names if name in settings}
    problems = list(_disagreements(given))
    try:
        site = Site.model_validate(given)
    except ValidationError as error:
        faults = [f"{_where(fault['loc'])}: {fault['msg']}" for fault in error.errors()]
        raise SettingsError(faults + problems) from None
    if problems:
        raise SettingsError(problems)
    return site


def _where(place: tuple[int | str, ...]) -> str:
    """Return where a fault is, as it is written: `pelicanconf.py: LANGUAGES["ja"].author`."""
    name, *inner = (part for part in place if part != "[key]")
    keyed = f'["{inner[0]}"]' if inner else ""
    return f"pelicanconf.py: {name}{keyed}" + "".join(f".{part}" for part in inner[1:])


def _disagreements(given: Mapping[str, Any]) -> Iterator[str]:
    """Yield what each setting lacks or has too much beside LANGUAGES."""
    languages, headings = given.get("LANGUAGES"), given.get("POSTSCRIPT_HEADINGS")
    if not isinstance(languages, Mapping):
        return
    if (default := given.get("DEFAULT_LANG")) not in languages:
        yield f'pelicanconf.py: DEFAULT_LANG: "{default}" is not in LANGUAGES'
    if not isinstance(headings, Mapping):
        return
    for lang in languages:
        if lang not in headings:
            yield (
                f'pelicanconf.py: POSTSCRIPT_HEADINGS: lacks "{lang}"; write the heading of a'
                f' postscript in that language, "{lang}": ("Postscript",)'
            )
    for lang in headings:
        if lang not in languages:
            yield f'pelicanconf.py: POSTSCRIPT_HEADINGS: "{lang}" is not in LANGUAGES'
