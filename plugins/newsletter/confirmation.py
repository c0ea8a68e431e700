"""The mail that asks whether somebody wants mail: who was named in the form decides (pure)."""

from base64 import b32encode
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from newsletter.edition import Imprint, closing, leading, measure_of
from newsletter.model import Sender
from newsletter.plain import Block, tidy
from newsletter.tokens import CONFIRM_S, Purpose, Signer

HOURS = CONFIRM_S // 3600


def confirmation(
    address: str,
    request: bytes,
    languages: Sequence[str],
    lang: str,
    sender: Sender,
    imprint: Imprint,
    signer: Signer,
    at: datetime,
) -> EmailMessage:
    """Return the message to an address for which `languages` were asked in the form of `lang`.

    `request` is the key that its link holds. It holds nothing else that was written into the
    form, which would be a way to send anybody anything in our name. Raises ValueError where the
    address would break out of its header.
    """
    link = signer.link(sender.endpoint, Purpose.CONFIRM, request, int(at.timestamp()))
    stamp = b32encode(signer.digest("confirmation", link.encode())[:20]).decode().lower()
    message = EmailMessage(SMTP)
    for name, value in (
        ("From", Address(sender.name, addr_spec=sender.address)),
        ("To", Address(addr_spec=address)),
        ("Subject", imprint.say("confirmation.subject", site=imprint.site)),
        ("Date", at),
        ("Message-ID", f"<{stamp}@{sender.address.rpartition('@')[2]}>"),
        ("Auto-Submitted", "auto-generated"),
    ):
        message[name] = value
    text = tidy(_blocks(link, languages, lang, imprint))
    message.set_content(text, cte="base64")  # as editions have it
    message["Content-Language"] = lang
    return message


def _blocks(link: str, languages: Sequence[str], lang: str, imprint: Imprint) -> Iterator[Block]:
    say, measure = imprint.say, measure_of(imprint, lang)
    named = say("endpoint.comma").join(say(f"language.{one}") for one in languages)
    yield measure.lines(say("confirmation.asked", site=imprint.site, languages=named))
    yield leading(say("confirmation.open"), link, measure)
    yield measure.lines(say("confirmation.ignore", hours=HOURS))
    yield from closing(imprint, measure)
