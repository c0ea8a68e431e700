"""A TCP connection: the time from SYN to SYN-ACK, the name's resolution not counted."""

import asyncio
import socket
from time import perf_counter

from network_status.probes.outcome import (
    Answered,
    Lost,
    NotSent,
    NotSentError,
    Outcome,
    Place,
    of_error,
    resolve,
)
from network_status.sources.local import Target, endpoint_of


async def attempt(target: Target, timeout_s: float) -> Outcome:
    """Connect and hang up."""
    endpoint = endpoint_of(target.where)
    try:
        place = await resolve(endpoint.host, endpoint.port, target.family, timeout_s)
        begun = perf_counter()
        async with asyncio.timeout(timeout_s):
            (await connected(place)).close()
    except NotSentError as error:
        return NotSent(str(error))
    except TimeoutError as error:
        return of_error(error) if error.errno else Lost("timeout")
    except OSError as error:
        return of_error(error)
    return Answered((perf_counter() - begun) * 1000)


async def connected(place: Place) -> socket.socket:
    """Return a connected socket. Raises OSError."""
    sock = socket.socket(place.family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)  # noqa: FBT003  its only parameter
        await asyncio.get_running_loop().sock_connect(sock, place.address)
    except BaseException:
        sock.close()
        raise
    return sock
