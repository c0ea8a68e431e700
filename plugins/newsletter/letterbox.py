"""Sends the mail that asks for confirmation, to one person while they wait."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import BoundedSemaphore

from newsletter.confirmation import confirmation
from newsletter.edition import Imprint
from newsletter.errors import RelayError
from newsletter.model import Sender
from newsletter.relay import Connection, Fate, Outcome, Relay
from newsletter.signature import Signature
from newsletter.tokens import Signer

AT_ONCE = 3
"""Mails on their way at a time: fewer than a server has threads, so that others get answers."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes in a language."""

    sender: Sender
    imprint: Imprint
    signature: Signature | None


class Letterbox:
    """Sends through a relay, a few mails at a time."""

    def __init__(self, relay: Relay, letterheads: Mapping[str, Letterhead], signer: Signer) -> None:
        self._relay = relay
        self._letterheads = letterheads
        self._signer = signer
        self._free = BoundedSemaphore(AT_ONCE)

    def ask(
        self, address: str, request: bytes, languages: Sequence[str], lang: str, now: int
    ) -> Outcome:
        """Ask whoever reads an address to confirm a request, in `lang`. Raises RelayError."""
        head = self._letterheads[lang]
        at = datetime.fromtimestamp(now, UTC)
        message = confirmation(
            address, request, languages, lang, head.sender, head.imprint, self._signer, at
        ).as_bytes()
        if head.signature:
            message = head.signature.signed(message)
        if not self._free.acquire(blocking=False):
            raise RelayError(f"{self._relay}: {AT_ONCE} mails are on their way already")
        try:
            return self._sent(head.sender.address, address, message)
        finally:
            self._free.release()

    def _sent(self, sender: str, address: str, message: bytes) -> Outcome:
        with closing(Connection(self._relay)) as connection:
            connection.open()
            outcome = connection.send(sender, address, message)
        if outcome.fate is Fate.PUT_OFF:
            raise RelayError(f"{self._relay}: {outcome.code}", passing=True)
        return outcome
