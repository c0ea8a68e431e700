"""What flows from a column to a mail. Imports no sibling."""

from collections.abc import Mapping
from dataclasses import dataclass

UNSUBSCRIBE_PLACE = "{{unsubscribe}}"
"""Where an edition's text and HTML get the recipient's own address for unsubscribing."""
LANGUAGE_PLACE = "{{language}}"
"""Where they get the recipient's own address for changing languages."""


@dataclass(frozen=True, slots=True)
class Edition:
    """A column in one language as a mail, the same for all recipients; pure.

    `id` is `<Id of the column>/<lang>` and never changes: the ledger knows the edition by it.
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
