"""The kinds of probes: one file each, and one row here."""

from collections.abc import Awaitable, Callable, Mapping

from network_status.model import Probe
from network_status.probes import dns, http, icmp, tcp
from network_status.probes.outcome import Outcome
from network_status.sources.local import Target

Attempt = Callable[[Target, float], Awaitable[Outcome]]
"""Sends one packet (or connection, question, request) and waits a number of seconds."""

ATTEMPTS: Mapping[Probe, Attempt] = {
    Probe.DNS: dns.attempt,
    Probe.HTTP: http.attempt,
    Probe.ICMP: icmp.attempt,
    Probe.TCP: tcp.attempt,
}
