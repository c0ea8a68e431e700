"""One HTTP(S) request in phases: resolve, connect, tls, processing, transfer.

HTTP/1.1 with a connection of its own, no redirect followed; the round-trip time is all of it
but the resolution of the name.
"""

import asyncio
import ssl
from contextlib import suppress
from time import perf_counter
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

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
from network_status.probes.tcp import connected
from network_status.sources.local import Target

BODY_CAP = 1_000_000
AGENT = "atogaki-status/1"
_PORTS = {"http": 80, "https": 443}
_GOOD = range(200, 400)


class _Watch:
    """Notes how long each phase takes."""

    def __init__(self) -> None:
        self.phases_ms: list[tuple[str, float]] = []
        self._last = perf_counter()

    def lap(self, phase: str) -> None:
        now = perf_counter()
        self.phases_ms.append((phase, (now - self._last) * 1000))
        self._last = now


class _Reply(NamedTuple):
    status: int
    certificate_until: int | None


async def attempt(target: Target, timeout_s: float) -> Outcome:
    """Ask for the address once."""
    url = urlsplit(target.where)
    watch = _Watch()
    try:
        port = url.port or _PORTS[url.scheme]
        place = await resolve(url.hostname or "", port, target.family, timeout_s)
        watch.lap("resolve")
        async with asyncio.timeout(timeout_s):
            reply = await _exchange(url, place, watch)
    except NotSentError as error:
        return NotSent(str(error))
    except (OSError, asyncio.IncompleteReadError, ValueError) as error:
        return _failed(error)
    right = reply.status == target.status if target.status else reply.status in _GOOD
    if not right:
        return Lost(f"status-{reply.status}")
    rtt_ms = sum(ms for phase, ms in watch.phases_ms if phase != "resolve")
    return Answered(rtt_ms, tuple(watch.phases_ms), reply.certificate_until)


def _failed(error: Exception) -> Lost | NotSent:
    match error:
        case ssl.SSLCertVerificationError():
            return Lost("certificate")
        case ssl.SSLError():
            return Lost("tls")
        case TimeoutError() if not error.errno:
            return Lost("timeout")
        case OSError():
            return of_error(error)
        case asyncio.IncompleteReadError():
            return Lost("reset")
        case _:  # a line too long, a status that is no number
            return Lost("garbled")


async def _exchange(url: SplitResult, place: Place, watch: _Watch) -> _Reply:
    sock = await connected(place)
    watch.lap("connect")
    context = ssl.create_default_context() if url.scheme == "https" else None
    try:
        reader, writer = await asyncio.open_connection(
            sock=sock, ssl=context, server_hostname=url.hostname if context else None
        )
    except BaseException:
        sock.close()
        raise
    try:
        if context:
            watch.lap("tls")
        writer.write(_request(url))
        await writer.drain()
        status = _status(await reader.readuntil(b"\r\n"))
        watch.lap("processing")
        await _drain(reader)
        watch.lap("transfer")
        return _Reply(status, _certificate_until(writer))
    finally:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()


def _request(url: SplitResult) -> bytes:
    path = url.path or "/"
    lines = (
        f"GET {path}{'?' + url.query if url.query else ''} HTTP/1.1",
        f"Host: {url.netloc}",
        f"User-Agent: {AGENT}",
        "Accept: */*",
        "Connection: close",
    )
    return "\r\n".join((*lines, "", "")).encode("ascii", "replace")


def _status(line: bytes) -> int:
    version, _, rest = line.partition(b" ")
    if not version.startswith(b"HTTP/"):
        raise ValueError("no HTTP")
    return int(rest[:3])


async def _drain(reader: asyncio.StreamReader) -> None:
    """Read to the end, or as much as tells that the transfer works."""
    size = 0
    while size < BODY_CAP and (piece := await reader.read(65_536)):
        size += len(piece)


def _certificate_until(writer: asyncio.StreamWriter) -> int | None:
    certificate = writer.get_extra_info("peercert")
    return int(ssl.cert_time_to_seconds(certificate["notAfter"])) if certificate else None
