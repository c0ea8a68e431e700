"""DKIM (RFC 6376) where we sign ourselves and do not leave it to the relay."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import dkim

from newsletter.errors import NewsletterSettingsError

KEY_VARIABLE = "ATOGAKI_DKIM_KEY"
SELECTOR_VARIABLE = "ATOGAKI_DKIM_SELECTOR"
DOMAIN_VARIABLE = "ATOGAKI_DKIM_DOMAIN"

# From twice: a second one, added on the way, then breaks the signature (RFC 6376 §8.15).
SIGNED = (
    b"from",
    b"from",
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"mime-version",
    b"content-type",
    b"content-language",
    b"list-id",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
    b"list-archive",
    b"auto-submitted",
)


@dataclass(frozen=True, slots=True)
class Signature:
    """A private key (PEM), and where its public half lies: `<selector>._domainkey.<domain>`."""

    key: bytes = field(repr=False)
    selector: str
    domain: str

    def signed(self, message: bytes) -> bytes:
        """Return a message with lines ended by CRLF with its signature before it."""
        header = dkim.sign(
            message,
            self.selector.encode(),
            self.domain.encode(),
            self.key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=list(SIGNED),
        )
        return bytes(header) + message


def signature_from(environ: Mapping[str, str], domain: str) -> Signature | None:
    """Return what signs for `domain`, or None without a key. Raises NewsletterSettingsError.

    The variable holds the key itself or the path of its file.
    """
    given = environ.get(KEY_VARIABLE, "").strip()
    if not given:
        return None
    selector = environ.get(SELECTOR_VARIABLE, "").strip()
    if not selector:
        raise NewsletterSettingsError(
            [f"{SELECTOR_VARIABLE}: is not set; it names the public key in DNS, as in 2026a"]
        )
    found = Signature(_pem(given), selector, environ.get(DOMAIN_VARIABLE, "").strip() or domain)
    try:
        found.signed(b"From: a@b.example\r\n\r\n")
    except (dkim.DKIMException, ValueError) as error:
        raise NewsletterSettingsError(
            [f"{KEY_VARIABLE}: is no RSA key that signs ({error}); write it in PEM form"]
        ) from None
    return found


def _pem(given: str) -> bytes:
    if given.startswith("-----BEGIN"):
        return given.encode()
    try:
        return Path(given).read_bytes()
    except OSError as error:
        raise NewsletterSettingsError(
            [f"{KEY_VARIABLE}: {given}: {error.strerror}; write the path of a PEM file"]
        ) from None
