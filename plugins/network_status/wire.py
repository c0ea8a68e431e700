"""What is asked of a source, and how that can fail. Imports no sibling."""

from enum import StrEnum
from typing import NamedTuple


class Secret(NamedTuple):
    """A secret by the name of its environment variable: a bearer token, or a user's password."""

    variable: str
    user: str | None = None


class Request(NamedTuple):
    """One thing to fetch: an address (http:, https:), or a path below `content/`.

    With a `form` it is posted; either way asking twice is as good as asking once. `accept` are
    the media types that may come back, and none means whatever a file holds.
    """

    address: str
    form: tuple[tuple[str, str], ...] = ()
    accept: tuple[str, ...] = ()
    secret: Secret | None = None


class Fault(StrEnum):
    """How a source failed: the key of a phrase on the page, beside which the detail stands."""

    REFUSED = "refused"
    """Nothing takes connections there, or the way there is cut."""
    UNKNOWN_HOST = "unknown-host"
    SLOW = "slow"
    """No whole answer in time."""
    UNTRUSTED = "untrusted"
    """Its certificate, or the TLS around it, does not hold."""
    HTTP_STATUS = "http-status"
    MOVED = "moved"
    """It sends us to another host, and we do not go."""
    WRONG_TYPE = "wrong-type"
    """Something else than measurements, such as an error page."""
    TOO_LARGE = "too-large"
    BROKEN_OFF = "broken-off"
    """The answer ended early or cannot be unpacked."""
    MISSING_FILE = "missing-file"
    NO_SECRET = "no-secret"  # noqa: S105  the name of a fault
    """The environment variable with its secret is not set."""
    UNREADABLE = "unreadable"
    """An answer, but not in the source's format."""
    EMPTY = "empty"
    """An answer in its format, without a measurement."""
    OLD = "old"
    """It answers, and its newest measurements are too old to judge by."""
    AHEAD = "clock-ahead"
    """It tells of a time that has not come: its clock runs ahead, and nothing of it holds."""
    BLIND = "blind"
    """Our own prober cannot send: a permission or the network is missing."""


class Failure(NamedTuple):
    """A source that could not be asked; its last bins stay, and their age decides."""

    fault: Fault
    detail: str

    def __str__(self) -> str:
        """Return it as it is kept in the history: `slow: https://… gave no answer in 8 s`."""
        return f"{self.fault}: {self.detail}"

    @classmethod
    def parse(cls, text: str) -> "Failure | None":
        """Return what `str` gave, or None where the text is no such thing."""
        fault, _, detail = text.partition(": ")
        return cls(Fault(fault), detail) if fault in set(Fault) else None


class Failed(Exception):  # noqa: N818  carries a Failure to whoever asked
    """A request that failed."""

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(detail)
        self.failure = Failure(fault, detail)
