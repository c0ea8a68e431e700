"""Where a site has its editions, from its texts' places alone."""

from collections.abc import Iterator

from lint.model import Content, Rules, Settings
from newsletter.model import PAGE, TEXT, folder_of
from newsletter.settings import newsletter_of


def lint_rules(settings: Settings) -> Rules:
    """Return the addresses of each column's edition, and of the page about the newsletter.

    A digest is written for one week only; no text may lead there.
    """
    newsletter = newsletter_of(settings)
    if newsletter is None:
        return Rules()

    def addresses(content: Content) -> Iterator[str]:
        yield from (f"/{lang}/subscribe/" for lang in newsletter.senders)
        for source in content.sources:
            if source.is_column and source.place.lang in newsletter.senders:
                folder = folder_of(source.place.slug, source.place.lang)
                yield from (f"/{folder}/{PAGE}", f"/{folder}/{TEXT}")

    return Rules(addresses=(addresses,))
