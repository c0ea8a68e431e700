"""Where the newsletter's commands find everything: settings, environment, store, what is live."""

import runpy
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from newsletter.errors import NewsletterError, NewsletterSettingsError
from newsletter.journal import Journal
from newsletter.model import Sender
from newsletter.settings import NEWSLETTER, Newsletter, newsletter_of, sender_of
from newsletter.store import Store
from newsletter.subscribers import Subscribers
from newsletter.tokens import signer_from

STORE = "var/newsletter.sqlite"


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command works with.

    `live` is the folder of the live release; without one, the public site at `site_url` is asked.
    """

    newsletter: Newsletter
    languages: tuple[str, ...]
    site_url: str
    zone: ZoneInfo
    store_path: Path
    output: Path
    live: Path | None
    environ: Mapping[str, str] = field(repr=False)

    @contextmanager
    def open_store(self, now: int) -> Iterator[Store]:
        """Open the people's file, tended. Raises NewsletterSettingsError, StoreError."""
        with Store(self.store_path, signer_from(self.environ)) as store:
            Subscribers(store).tend(now)
            yield store

    @property
    def journal(self) -> Journal:
        """The journal beside the store."""
        return Journal.beside(self.store_path)

    @property
    def sending(self) -> Path:
        """The lock of whoever sends."""
        return self.store_path.with_suffix(".sending")

    def sender(self, lang: str) -> Sender:
        """Return who sends in a language."""
        return sender_of(self.newsletter, lang, self.site_url)


def desk_of(
    settings_file: Path,
    environ: Mapping[str, str],
    store: Path | None = None,
    live: Path | None = None,
) -> Desk:
    """Return the desk of a site on this machine, or with `store` and `live` that of a server.

    Raises NewsletterSettingsError.
    """
    site = runpy.run_path(str(settings_file))
    root = settings_file.parent
    newsletter = newsletter_of(site)
    if newsletter is None:
        raise NewsletterSettingsError([f"pelicanconf.py: {NEWSLETTER} is not set; see README.md"])
    return Desk(
        newsletter,
        tuple(newsletter.senders),
        site["SITEURL"],
        ZoneInfo(site["TIMEZONE"]),
        store or root / site.get("NEWSLETTER_STORE", STORE),
        root / site["OUTPUT_PATH"],
        live,
        environ,
    )


def told(command: Callable[[], int]) -> int:
    """Run a command and return its exit status; what is wrong is said and not shown as a crash."""
    try:
        return command()
    except (NewsletterError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
