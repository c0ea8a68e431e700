"""The mail server that takes our messages: where it is, and one connection to it.

What became of a message is told as exactly as SMTP (RFC 5321) allows. Before the end of DATA
nothing was sent, whatever happens; after it, only an answer says what happened.
"""

import re
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from newsletter.errors import NewsletterSettingsError, RelayError

URL_VARIABLE = "ATOGAKI_SMTP_URL"
USER_VARIABLE = "ATOGAKI_SMTP_USER"
PASSWORD_VARIABLE = "ATOGAKI_SMTP_PASSWORD"  # noqa: S105  the name of a variable

_ANSWER_S = 600.0  # RFC 5321 §4.5.3.2.6: so long may a server take to say yes to a message
# RFC 3463: no such mailbox, host or system, a bad address, moved away, no mail there, disabled
_LASTING = (
    ssl.SSLCertVerificationError,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPNotSupportedError,
    ValueError,
)
_CODE = re.compile(r"\d{3}(?: [245]\.\d{1,3}\.\d{1,3}\b)?")  # RFC 5321, and RFC 2034 behind it
_GONE = re.compile(r"^5\.(1\.(1|2|3|6|10)|2\.1)\b")


class Tls(StrEnum):
    """How the connection is kept from others: the scheme of ATOGAKI_SMTP_URL says it."""

    STARTTLS = "smtp"
    IMPLICIT = "smtps"
    NONE = "smtp+plain"


_PORTS = {Tls.STARTTLS: 587, Tls.IMPLICIT: 465, Tls.NONE: 25}


@dataclass(frozen=True, slots=True)
class Relay:
    """A mail server. `timeout_s` is for a connection and each answer but that to a message."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = field(default="", repr=False)
    timeout_s: float = 60.0
    answer_s: float = _ANSWER_S

    def __str__(self) -> str:
        """Return it as a person knows it, without the password."""
        return f"{self.tls}://{self.host}:{self.port}"


class Fate(Enum):
    """What became of a message."""

    ACCEPTED = "accepted"
    PUT_OFF = "put off"
    """Certainly not sent; another try may do."""
    REFUSED = "refused"
    GONE = "gone"
    """Refused, as there is no such mailbox."""
    UNKNOWN = "unknown"
    """Sent to its end, and no answer came."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message, and what the server said."""

    fate: Fate
    said: str

    @property
    def code(self) -> str:
        """Return what the server said without its words, which often name the mailbox."""
        return code_of(self.said)


class Connection:
    """A connection that is opened when it is needed, and again after it broke."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._smtp: smtplib.SMTP | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether it is connected, as far as it knows."""
        return self._smtp is not None

    def open(self) -> None:
        """Connect unless it is. Raises RelayError, which is `passing` where waiting may help."""
        if self._smtp is not None:
            return
        try:
            self._smtp = _connected(self._relay)
        except (OSError, ValueError) as error:
            passing = not isinstance(error, _LASTING)
            raise RelayError(f"{self._relay}: {_reason(error)}", passing=passing) from error

    def close(self) -> None:
        """Take leave, if the server still listens."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            try:
                smtp.quit()
            except OSError:
                smtp.close()

    def send(self, sender: str, recipient: str, message: bytes) -> Outcome:
        """Send a message to one recipient over the open connection.

        Raises RelayError where the server refuses the sender, which is nobody's mailbox's fault.
        """
        if self._smtp is None:
            raise RelayError(f"{self._relay}: not connected")
        try:
            refusal = self._envelope(self._smtp, sender, recipient, len(message))
        except OSError as error:
            self._drop()
            return Outcome(Fate.PUT_OFF, f"the line broke: {_reason(error)}")
        return refusal or self._content(self._smtp, message)

    def _envelope(
        self, smtp: smtplib.SMTP, sender: str, recipient: str, size: int
    ) -> Outcome | None:
        """Say from whom and to whom; return why not, or None when the server waits for content."""
        options = [f"SIZE={size}"] if smtp.has_extn("size") else []
        answer = smtp.mail(sender, options)
        if answer[0] >= 500:
            self.close()
            raise RelayError(f"{self._relay}: refuses mail from {sender}: {_said(answer)}")
        if answer[0] == 250:
            answer = smtp.rcpt(recipient)
        if answer[0] in (250, 251):
            answer = smtp.docmd("DATA")
        return None if answer[0] == 354 else self._refused(smtp, answer)

    def _content(self, smtp: smtplib.SMTP, message: bytes) -> Outcome:
        stuffed = re.sub(rb"(?m)^\.", b"..", message)
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(self._relay.answer_s)
            smtp.send(stuffed + b".\r\n")
            answer = smtp.getreply()
            if smtp.sock is not None:
                smtp.sock.settimeout(self._relay.timeout_s)
        except OSError as error:
            self._drop()
            return Outcome(Fate.UNKNOWN, f"no answer after the message: {_reason(error)}")
        match answer[0] // 100:
            case 2:
                return Outcome(Fate.ACCEPTED, _said(answer))
            case 4 | 5:
                return self._refused(smtp, answer)
        self._drop()
        return Outcome(Fate.UNKNOWN, f"an answer that is none after the message: {_said(answer)}")

    def _refused(self, smtp: smtplib.SMTP, answer: tuple[int, bytes]) -> Outcome:
        """Return what a refusal means, and make the connection ready for the next message."""
        code, said = answer[0], _said(answer)
        try:
            ready = code != 421 and smtp.rset()[0] == 250
        except OSError:
            ready = False
        if not ready:
            self._drop()
        if code < 500:
            return Outcome(Fate.PUT_OFF, said)
        return Outcome(Fate.GONE if _GONE.match(said[4:]) else Fate.REFUSED, said)

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None


def code_of(said: str) -> str:
    """Return the code and the enhanced one in an answer; all of what is no answer."""
    found = _CODE.match(said)
    return found[0] if found else said


def relay_from(environ: Mapping[str, str]) -> Relay:
    """Return the mail server that the environment names. Raises NewsletterSettingsError.

    User and password may stand in the URL or, as they are, in variables of their own.
    """
    given = environ.get(URL_VARIABLE, "").strip()
    advice = "write smtp://user@mail.example:587, or smtps://… for TLS from the first byte"
    if not given:
        raise NewsletterSettingsError([f"{URL_VARIABLE}: is not set; {advice}"])
    try:
        url = urlsplit(given)
        tls, host, port = Tls(url.scheme), url.hostname or "", url.port
        whole = host and url.path in ("", "/") and not (url.query or url.fragment)
    except ValueError:
        whole = ""
    if not whole:
        raise NewsletterSettingsError([f"{URL_VARIABLE}: is no mail server; {advice}"])
    if tls is Tls.NONE and not _is_loopback(host):
        raise NewsletterSettingsError(
            [f"{URL_VARIABLE}: would send to {host} in clear; {tls}: is for this machine alone"]
        )
    user = environ.get(USER_VARIABLE) or unquote(url.username or "")
    password = environ.get(PASSWORD_VARIABLE) or unquote(url.password or "")
    if bool(user) != bool(password):
        missing = PASSWORD_VARIABLE if user else USER_VARIABLE
        raise NewsletterSettingsError([f"{missing}: is not set, and the other of the two is"])
    return Relay(host, port or _PORTS[tls], tls, user, password)


def _connected(relay: Relay) -> smtplib.SMTP:
    context = ssl.create_default_context()
    smtp: smtplib.SMTP
    if relay.tls is Tls.IMPLICIT:
        smtp = smtplib.SMTP_SSL(relay.host, relay.port, timeout=relay.timeout_s, context=context)
    else:
        smtp = smtplib.SMTP(relay.host, relay.port, timeout=relay.timeout_s)
    try:
        if relay.tls is Tls.STARTTLS:
            smtp.starttls(context=context)
        if relay.user:
            smtp.login(relay.user, relay.password)
        smtp.ehlo_or_helo_if_needed()
    except BaseException:
        smtp.close()
        raise
    return smtp


def _said(answer: tuple[int, bytes]) -> str:
    """Return an answer in one line that disturbs no terminal: `550 5.1.1 no such user`."""
    words = answer[1].decode("utf-8", "replace").split()
    text = " ".join([str(answer[0]), *words])
    return "".join(char if char.isprintable() else "�" for char in text)[:200]


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return _said((error.smtp_code, said if isinstance(said, bytes) else said.encode()))
    return " ".join(str(error).split()) or type(error).__name__


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
