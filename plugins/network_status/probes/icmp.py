"""ICMP echo without privileges, where `net.ipv4.ping_group_range` allows it (for IPv6, too)."""

import os
import socket
from time import perf_counter

from icmplib import (
    AsyncSocket,
    ICMPError,
    ICMPLibError,
    ICMPRequest,
    ICMPv4Socket,
    ICMPv6Socket,
    SocketPermissionError,
    TimeoutExceeded,
)

from network_status.probes.outcome import Answered, Lost, NotSent, NotSentError, Outcome, resolve
from network_status.sources.local import Target

CURE = 'sysctl -w net.ipv4.ping_group_range="0 2147483647"'


async def attempt(target: Target, timeout_s: float) -> Outcome:
    """Send one echo request and wait for its reply."""
    try:
        place = await resolve(target.where, 0, target.family, timeout_s)
        kind = ICMPv6Socket if place.family == socket.AF_INET6 else ICMPv4Socket
        request = ICMPRequest(place.address[0], int.from_bytes(os.urandom(2)), 0)
        with AsyncSocket(kind(privileged=False)) as sock:
            return await _exchange(sock, request, timeout_s)
    except NotSentError as error:
        return NotSent(str(error))
    except SocketPermissionError:
        return NotSent(f"no permission to send ICMP; cure it by: {CURE}")
    except ICMPLibError as error:
        return NotSent(str(error))


async def _exchange(sock: AsyncSocket, request: ICMPRequest, timeout_s: float) -> Outcome:
    begun = perf_counter()
    sock.send(request)
    try:
        reply = await sock.receive(request, timeout_s)
        rtt_ms = (perf_counter() - begun) * 1000
        reply.raise_for_status()
    except TimeoutExceeded:
        return Lost("timeout")
    except ICMPError:
        return Lost("unreachable")
    return Answered(rtt_ms)
