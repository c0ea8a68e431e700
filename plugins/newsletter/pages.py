"""What the site shows of the newsletter: `/{lang}/subscribe/`, its form, who sends it."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from bilingual.model import Binder
from newsletter.edition import Imprint, Privacy
from newsletter.settings import SUBSCRIBE, Newsletter
from press.model import Sheet

PRIVACY = "privacy"


@dataclass(frozen=True, slots=True)
class Choice:
    """A language to receive mail in: its tag, its own name, whether it is chosen."""

    lang: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class SubscribeForm:
    """The form to subscribe, empty or as somebody filled it in.

    `faults` say by field what is wrong with it.
    """

    action: str
    choices: tuple[Choice, ...]
    privacy: Privacy | None
    address: str = ""
    name: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)


def subscribe_sheets(
    newsletter: Newsletter,
    binder: Binder,
    privacy: Mapping[str, Privacy | None],
    weeks: Mapping[str, str],
) -> Iterator[Sheet]:
    """Yield the page of each language that has a sender; `weeks` are pages of digests."""
    for lang in filter(newsletter.senders.__contains__, binder.languages):
        site = binder.language(lang).site_name
        form = SubscribeForm(
            f"{endpoint_path(newsletter, binder)}/{lang}/{SUBSCRIBE}",
            choices_of(newsletter, binder, (lang,)),
            privacy[lang],
        )
        yield binder.sheet(
            binder.wherever(newsletter.senders, lang, SUBSCRIBE),
            SUBSCRIBE,
            title=binder.phrase(lang, "subscribe.title"),
            description=binder.phrase(lang, "subscribe.about", site=site),
            contact=newsletter.contact_address,
            sender=newsletter.senders[lang],
            columns=newsletter.measure,
            week=weeks.get(lang),
            languages=[
                binder.phrase(lang, f"language.{other}")
                for other in binder.languages
                if other in newsletter.senders
            ],
            form=form if newsletter.endpoint else None,
        )


def endpoint_path(newsletter: Newsletter, binder: Binder) -> str:
    """Return the path of the endpoint, the site's base path included."""
    return f"{binder.address().rstrip('/')}{newsletter.endpoint}"


def choices_of(newsletter: Newsletter, binder: Binder, chosen: Sequence[str]) -> tuple[Choice, ...]:
    """Return the languages that there are mails in, in the site's order."""
    return tuple(
        Choice(lang, binder.language(lang).name, lang in chosen)
        for lang in binder.languages
        if lang in newsletter.senders
    )


def privacy_of(lang: str, binder: Binder, written: Container[tuple[str, str]]) -> Privacy | None:
    """Return the page about privacy in a language, else in the first other that has one.

    `written` are language and slug of the pages that exist.
    """
    for other in (lang, *binder.languages):
        if (other, PRIVACY) in written:
            url = binder.absolute(binder.address(other, PRIVACY))
            return Privacy(url, binder.phrase(other, "nav.privacy"), other)
    return None


def imprint_of(
    lang: str, newsletter: Newsletter, binder: Binder, privacy: Privacy | None
) -> Imprint:
    """Return what all mails of a language say of their sender."""
    return Imprint(
        site=binder.language(lang).site_name,
        sender=newsletter.senders[lang],
        contact=newsletter.contact_address,
        privacy=privacy,
        columns=newsletter.measure,
        say=partial(binder.phrase, lang),
    )
