"""An edition for one subscriber as a whole message (RFC 5322); pure."""

from base64 import b32encode
from collections.abc import Iterator
from datetime import datetime
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from html import escape
from typing import Any

from newsletter.model import LANGUAGE_PLACE, UNSUBSCRIBE_PLACE, Edition, Sender, Subscriber
from newsletter.tokens import Purpose, Signer

ONE_CLICK = "List-Unsubscribe=One-Click"
"""What a mailbox posts to unsubscribe somebody (RFC 8058 §3.1), and a header announces."""


def compose(
    edition: Edition, sender: Sender, subscriber: Subscriber, signer: Signer, at: datetime
) -> EmailMessage:
    """Return the message; apart from its Date it is the same whenever it is composed.

    Raises ValueError where a name, a subject or an address would break out of its header.
    """
    now = int(at.timestamp())
    unsubscribe, language = _places(sender, subscriber, signer, now)
    stamp = _stamp(edition, subscriber, signer)
    message = EmailMessage(_policy())
    for name, value in (
        ("From", Address(sender.name, addr_spec=sender.address)),
        ("To", Address(subscriber.name, addr_spec=subscriber.address)),
        ("Subject", edition.subject),
        ("Date", at),
        ("Message-ID", f"<{stamp}@{sender.address.rpartition('@')[2]}>"),
        ("List-Id", f"<{sender.list_id}>"),
        *_leaving(sender, subscriber, signer, now),
        ("List-Archive", f"<{sender.archive}>"),
        ("Auto-Submitted", "auto-generated"),
    ):
        message[name] = value
    places = {UNSUBSCRIBE_PLACE: unsubscribe, LANGUAGE_PLACE: language}
    escaped = {place: escape(address) for place, address in places.items()}
    # base64: quoted-printable would triple Japanese, and 8bit is not every server's.
    message.set_content(_filled(edition.text, places), cte="base64")
    message.add_alternative(_filled(edition.html, escaped), subtype="html", cte="base64")
    message.set_boundary(f"={stamp}")
    message["Content-Language"] = edition.lang  # last: setting content clears it
    return message


def _places(sender: Sender, subscriber: Subscriber, signer: Signer, now: int) -> tuple[str, str]:
    """Return where a recipient unsubscribes and changes languages: on the web, else by mail."""
    leave, change = (
        signer.link(sender.endpoint, purpose, subscriber.person, now)
        if sender.endpoint
        else _mailto(sender, purpose, signer.sign(purpose, subscriber.person, now))
        for purpose in (Purpose.UNSUBSCRIBE, Purpose.LANGUAGE)
    )
    return leave, change


def _leaving(
    sender: Sender, subscriber: Subscriber, signer: Signer, now: int
) -> Iterator[tuple[str, str]]:
    """Yield the headers by which a mailbox unsubscribes; one click takes an endpoint (RFC 8058)."""
    token = signer.sign(Purpose.UNSUBSCRIBE, subscriber.person, now)
    ways = [_mailto(sender, Purpose.UNSUBSCRIBE, token)]
    if sender.endpoint:
        ways.insert(0, signer.link(sender.endpoint, Purpose.UNSUBSCRIBE, subscriber.person, now))
    yield "List-Unsubscribe", ", ".join(f"<{way}>" for way in ways)
    if sender.endpoint:
        yield "List-Unsubscribe-Post", ONE_CLICK


def _mailto(sender: Sender, purpose: Purpose, token: str) -> str:
    return f"mailto:{sender.unsubscribe_to}?subject={purpose}%20{token}"


def _stamp(edition: Edition, subscriber: Subscriber, signer: Signer) -> str:
    """Return what names an edition for one subscriber and tells nobody which."""
    digest = signer.digest("message", subscriber.person + edition.id.encode())
    return b32encode(digest[:20]).decode().lower()


def _filled(text: str, places: dict[str, str]) -> str:
    for place, address in places.items():
        text = text.replace(place, address)
    return text


class _PlainHeader(UnstructuredHeader, BaseHeader):
    """A text that is taken as it is, even where it looks like something encoded."""

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:  # Any: as the library has it
        super().parse(value, kwds)
        kwds["decoded"] = value


class _AddressesHeader(_PlainHeader):
    """Addresses in angle brackets: broken between them only, and never encoded."""

    def fold(self, *, policy: Policy) -> str:
        lines = str(self).split(", ")
        return f"{self.name}: " + f",{policy.linesep} ".join(lines) + policy.linesep


class _SubjectHeader(_PlainHeader):
    """A subject; a column about mail may have one with an encoded word in it."""

    def fold(self, *, policy: Policy) -> str:
        if "=?" not in self:
            return super().fold(policy=policy)
        words = Header(str(self), "utf-8", header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {words}{policy.linesep}"


def _policy() -> "EmailPolicy[EmailMessage]":
    registry = HeaderRegistry()
    registry.map_to_type("subject", _SubjectHeader)
    for name in ("list-id", "list-unsubscribe", "list-archive"):
        registry.map_to_type(name, _AddressesHeader)
    return SMTP.clone(header_factory=registry)
