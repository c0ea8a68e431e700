"""What only the holder of our key can make: links for one person, and the key of a person.

A token is a person's key or that of a request, for some purposes the end of its life, and a
signature over both, in URL-safe base64 behind a letter: a command line takes what begins with a
hyphen for an option. It holds no address, and a token for one purpose opens no other.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from enum import StrEnum

from newsletter.errors import NewsletterSettingsError, TokenError, TokenExpired

KEY_VARIABLE = "ATOGAKI_NEWSLETTER_KEY"
KEY_LENGTH = 32
"""Characters that a key has at least."""
CONFIRM_S = 2 * 86_400
"""How long somebody may take to confirm a subscription."""
PERSON_BYTES = 16
REQUEST_BYTES = PERSON_BYTES + 8
"""The key of a request is that of the person who made it, and a digest of what it says."""

_MARK = "t"
_UNMARKED = 43
"""The length of tokens that older mails hold: they have no mark."""
_SIGNATURE_BYTES = 16  # what RFC 2104 §5 allows of SHA-256; nobody can guess 128 bits
_EXPIRY_BYTES = 8


class Purpose(StrEnum):
    """What a link does, and the part of its path that says so."""

    UNSUBSCRIBE = "unsubscribe"
    LANGUAGE = "language"
    CONFIRM = "confirm"


_LIFE_S = {Purpose.CONFIRM: CONFIRM_S}
_KEY_BYTES = {Purpose.CONFIRM: REQUEST_BYTES}


class Signer:
    """Our key at work."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, purpose: Purpose, key: bytes, now: int) -> str:
        """Return a token for one purpose, with the key of a person, or to confirm of a request.

        Only that to confirm depends on `now`.
        """
        life_s = _LIFE_S.get(purpose)
        body = key + ((now + life_s).to_bytes(_EXPIRY_BYTES) if life_s else b"")
        return _MARK + _encoded(body + self._signature(purpose, body))

    def open(self, purpose: Purpose, token: str, now: int) -> bytes:
        """Return the key that a token holds. Raises TokenError, TokenExpired."""
        data = _decoded(token)
        body, signature = data[:-_SIGNATURE_BYTES], data[-_SIGNATURE_BYTES:]
        end = _KEY_BYTES.get(purpose, PERSON_BYTES)
        key, expiry = body[:end], body[end:]
        whole = len(expiry) == (_EXPIRY_BYTES if purpose in _LIFE_S else 0)
        if not hmac.compare_digest(signature, self._signature(purpose, body)) or not whole:
            raise TokenError("this link is not one of ours; copy the whole of it from the mail")
        if expiry and int.from_bytes(expiry) <= now:
            raise TokenExpired(f"this link was good for {CONFIRM_S // 3600} hours; subscribe again")
        return key

    def link(self, endpoint: str, purpose: Purpose, key: bytes, now: int) -> str:
        """Return the address of a token below an endpoint."""
        return f"{endpoint}/{purpose}/{self.sign(purpose, key, now)}"

    def person(self, address: str) -> bytes:
        """Return the key of whoever reads an address; upper and lower case make no difference."""
        return self.digest("person", address.lower().encode())[:PERSON_BYTES]

    def request(self, address: str, name: str, languages: Sequence[str]) -> bytes:
        """Return the key of a request: another for all that it may say."""
        said = self.digest("request", "\n".join((name, *languages)).encode())
        return self.person(address) + said[: REQUEST_BYTES - PERSON_BYTES]

    def digest(self, use: str, data: bytes) -> bytes:
        """Return 32 bytes that tell nothing of `data`, others for every use."""
        own = hmac.digest(self._key, f"atogaki newsletter {use}".encode(), "sha256")
        return hmac.digest(own, data, "sha256")

    def _signature(self, purpose: Purpose, body: bytes) -> bytes:
        return self.digest(f"token {purpose}", body)[:_SIGNATURE_BYTES]


def signer_from(environ: Mapping[str, str]) -> Signer:
    """Return a signer with the key of the environment. Raises NewsletterSettingsError."""
    key = environ.get(KEY_VARIABLE, "").strip()
    if len(key) < KEY_LENGTH:
        given = f"has {len(key)} characters" if key else "is not set"
        raise NewsletterSettingsError(
            [
                f"{KEY_VARIABLE}: {given}; it signs everybody's links and never changes. "
                f"Make one of {KEY_LENGTH} characters or more: "
                'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
            ]
        )
    return Signer(key.encode())


def _decoded(token: str) -> bytes:
    """Return the bytes of a token written in the one way we write them, else nothing."""
    text = token if len(token) == _UNMARKED else token.removeprefix(_MARK)
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Base64Error, ValueError):
        return b""
    return data if _encoded(data) == text else b""


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
