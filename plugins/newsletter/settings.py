"""What pelicanconf.py says of the newsletter, as one frozen model."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from newsletter.errors import NewsletterSettingsError
from newsletter.model import Sender

NEWSLETTER = "NEWSLETTER"
"""The setting's name; a site without it has no newsletter."""

SUBSCRIBE = "subscribe"
"""The page about the newsletter, in each language that has one."""

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})+"
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"


def _rule(pattern: str, advice: str) -> AfterValidator:
    """Return a validator that refuses a text with the text itself and what to write."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            given = {"value": value, "advice": advice}
            raise PydanticCustomError("rule", '"{value}" {advice}', given)
        return value

    return AfterValidator(check)


Line = Annotated[str, _rule(r"\S(?:[^\x00-\x1f\x7f]*\S)?", "is no line of text")]
Address = Annotated[
    str, _rule(rf"{_LOCAL}@{_HOST}", "is no mail address; write columns@company.example")
]


class SenderLines(BaseModel):
    """Who sends in one language, as law asks a mail to say: a name, and where post goes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Line
    postal_address: Line


class Newsletter(BaseModel):
    """The settings of the newsletter; each field is a key of NEWSLETTER in pelicanconf.py.

    A language without a sender has no newsletter. `measure` counts half-width columns.
    `unsubscribe_address` takes mails that unsubscribe, `contact_address` those for a person;
    `endpoint` is the path below SITEURL at which subscriptions change; without one, None, all of
    that goes by mail.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    senders: Annotated[dict[str, SenderLines], Field(min_length=1)]
    from_address: Address
    unsubscribe_address: Address
    contact_address: Address
    list_id: Annotated[
        str, _rule(_HOST, "is no list's name (RFC 2919); write columns.company.example")
    ]
    endpoint: (
        Annotated[
            str, _rule(r"(?:/[A-Za-z0-9_.-]+)+", "is no path below SITEURL; write /newsletter")
        ]
        | None
    ) = "/newsletter"
    measure: Annotated[int, Field(ge=40, le=78)] = 72
    digest: bool = False


def newsletter_of(settings: Mapping[str, Any]) -> Newsletter | None:  # Any: Pelican's settings
    """Return what Pelican's settings say of the newsletter, or None for a site without one.

    Raises NewsletterSettingsError with all faults.
    """
    given = settings.get(NEWSLETTER)
    if given is None:
        return None
    problems = list(_strangers(given, settings["LANGUAGES"]))
    try:
        newsletter = Newsletter.model_validate(given)
    except ValidationError as error:
        faults = [f"{_where(fault['loc'])}: {fault['msg']}" for fault in error.errors()]
        raise NewsletterSettingsError(faults + problems) from None
    if problems:
        raise NewsletterSettingsError(problems)
    return newsletter


def _where(place: tuple[int | str, ...]) -> str:
    """Return where a fault is: `pelicanconf.py: NEWSLETTER.senders.ja.name`."""
    return ".".join(["pelicanconf.py: NEWSLETTER", *map(str, place)])


def _strangers(given: object, languages: Mapping[str, object]) -> Iterator[str]:
    """Yield the senders of languages that the site lacks."""
    senders = given.get("senders") if isinstance(given, Mapping) else None
    for lang in senders if isinstance(senders, Mapping) else ():
        if lang not in languages:
            known = ", ".join(languages)
            yield f'{_where(("senders", lang))}: "{lang}" is not in LANGUAGES, which has {known}'


def sender_of(newsletter: Newsletter, lang: str, site_url: str) -> Sender:
    """Return who sends the editions of a language of the site at `site_url`, a whole address."""
    return Sender(
        name=newsletter.senders[lang].name,
        address=newsletter.from_address,
        list_id=f"{lang}.{newsletter.list_id}",
        archive=f"{site_url}/{lang}/columns/",
        endpoint=f"{site_url}{newsletter.endpoint}/{lang}" if newsletter.endpoint else "",
        unsubscribe_to=newsletter.unsubscribe_address,
    )
