"""What can become of one packet, and what the probes share: names, and errors of the network.

What counts as lost is what left this machine and did not come back as it should. All else is
the prober's own trouble: a name that does not resolve, a network that is not there, a
permission that is missing. Then nothing was measured.
"""

import asyncio
import errno
import socket
from dataclasses import dataclass
from typing import NamedTuple, cast


@dataclass(frozen=True, slots=True)
class Answered:
    """It came back. `phases_ms` are the parts of an HTTP exchange, in order.

    `certificate_until` is when the earliest of its certificates runs out, in Unix seconds.
    """

    rtt_ms: float
    phases_ms: tuple[tuple[str, float], ...] = ()
    certificate_until: int | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """It did not: `kind` says why ("timeout", "refused", "nxdomain", …)."""

    kind: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """It never left: the prober itself failed, and nothing was measured."""

    reason: str


Outcome = Answered | Lost | NotSent


class NotSentError(Exception):
    """Ends an attempt as NotSent, with the reason as its message."""


SocketAddress = tuple[str, int] | tuple[str, int, int, int]
"""Host and port; in IPv6 followed by flow and scope."""


class Place(NamedTuple):
    """An address as sockets want it."""

    family: socket.AddressFamily
    address: SocketAddress


_FAMILIES = {None: socket.AF_UNSPEC, 4: socket.AF_INET, 6: socket.AF_INET6}

_LOST = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset",
    errno.ECONNABORTED: "reset",
    errno.EPIPE: "reset",
    errno.ETIMEDOUT: "timeout",
    errno.EHOSTUNREACH: "unreachable",
}


async def resolve(host: str, port: int, family: int | None, timeout_s: float) -> Place:
    """Return the first address of a host. Raises NotSentError where there is none in time."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeout_s):
            found = await loop.getaddrinfo(
                host, port, family=_FAMILIES[family], type=socket.SOCK_STREAM
            )
    except TimeoutError as error:
        raise NotSentError(
            f"{host}: its name takes more than {timeout_s:g} s to resolve"
        ) from error
    except (OSError, UnicodeError) as error:
        raise NotSentError(f"{host}: {getattr(error, 'strerror', None) or error}") from error
    family, _, _, _, address = found[0]
    return Place(family, cast(SocketAddress, address))


def of_error(error: OSError) -> Lost | NotSent:
    """Return what an error of a socket means."""
    kind = _LOST.get(error.errno or 0)
    return Lost(kind) if kind else NotSent(error.strerror or str(error))
