"""What flows from a column to a mail. Imports no sibling."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

UNSUBSCRIBE_PLACE = "{{unsubscribe}}"
"""Where an edition's text and HTML get the recipient's own address for unsubscribing."""
LANGUAGE_PLACE = "{{language}}"
"""Where they get the recipient's own address for changing languages."""

DATA = "edition.json"
"""The file that holds an edition, as an object with just its fields."""

PAGE, TEXT = "edition.html", "edition.txt"
"""The files beside it: a page that shows the mail, and its text."""

_DIGEST = re.compile(r"\d{4}-W\d{2}")


def folder_of(slug: str, lang: str) -> str:
    """Return the folder of an edition's files below the output: a column's, or that of a week.

    A week's is not below the status, which no release of a server holds.
    """
    return f"{lang}/{'subscribe' if _DIGEST.fullmatch(slug) else 'columns'}/{slug}"


@dataclass(frozen=True, slots=True)
class Edition:
    """A column in one language as a mail, the same for all recipients; pure.

    `id` is `<Id of the column>/<lang>` and never changes: the ledger knows the edition by it. A
    digest of the network status has `<week>/<lang>`, where `slug` is the week, too: `2026-W47`.
    `text` has lines ended by LF; `text` and `html` hold the two places above, each standing
    where an address stands. `preheader` is what a mailbox shows behind the subject. `url` is the
    column's address, `alternates` that of its other languages; all are absolute.
    """

    id: str
    slug: str
    lang: str
    subject: str
    preheader: str
    text: str
    html: str
    url: str
    alternates: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends the editions of one language, as their headers say it.

    `endpoint` is the address below which a recipient's own links lie, with the language at its
    end, or empty where they are mails to write; `archive` is that of the list of columns.
    `unsubscribe_to` is a mailbox that people read.
    """

    name: str
    address: str
    list_id: str
    archive: str
    endpoint: str
    unsubscribe_to: str


@dataclass(frozen=True, slots=True)
class Consent:
    """When (Unix seconds) and how somebody agreed to get mail."""

    at: int
    how: str


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who gets editions in some languages.

    `person` is an opaque key of 16 bytes, the same for one address for ever. `suspended` says
    why nothing is sent, if nothing is.
    """

    person: bytes
    address: str
    name: str
    languages: tuple[str, ...]
    consent: Consent
    suspended: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of an edition since its sending began; times are Unix seconds.

    `reserved` counts every message that was ever begun. A finished edition goes to nobody who
    subscribed since.
    """

    id: str
    slug: str
    subject: str
    via: str
    begun_at: int
    reserved: int
    finished_at: int | None
