"""The page about the newsletter in each language that has one, `/{lang}/subscribe/`."""

from collections.abc import Iterator, Mapping

from bilingual.model import Binder, Place
from newsletter.settings import Newsletter
from press.model import Sheet

SUBSCRIBE = "subscribe"


def subscribe_sheets(
    newsletter: Newsletter, binder: Binder, weeks: Mapping[str, str]
) -> Iterator[Sheet]:
    """Yield the page of each language that has a sender; `weeks` are pages of digests."""
    addresses = {
        lang: binder.address(lang, SUBSCRIBE)
        for lang in binder.languages
        if lang in newsletter.senders
    }
    for lang, url in addresses.items():
        site = binder.language(lang).site_name
        yield binder.sheet(
            Place(lang, url, addresses),
            SUBSCRIBE,
            title=binder.phrase(lang, "subscribe.title"),
            description=binder.phrase(lang, "subscribe.about", site=site),
            contact=newsletter.contact_address,
            sender=newsletter.senders[lang],
            columns=newsletter.measure,
            week=weeks.get(lang),
        )
