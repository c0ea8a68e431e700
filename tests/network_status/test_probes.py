"""Probes of real servers on loopback: live, dead, refusing, slow and lying."""

import asyncio
import errno
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import dns.message
import dns.rcode
import dns.rrset
import icmplib
import pytest

from network_status.probes import ATTEMPTS
from network_status.probes.outcome import Answered, Lost, NotSent, of_error
from network_status.sources.local import Target
from tests.network_status import hostile

PATIENCE_S = 0.4
PLUGINS = Path(__file__).parents[2] / "plugins"


def attempt(timeout_s=PATIENCE_S, **select):
    target = Target(**select)
    return asyncio.run(ATTEMPTS[target.probe](target, timeout_s))


def serve(sock, answer, stop):
    sock.settimeout(0.05)
    while not stop.is_set():
        try:
            answer(sock)
        except TimeoutError:
            continue
        except (OSError, ssl.SSLError):
            continue


@contextmanager
def served(sock, answer):
    """A server that answers in its own thread; its host and port."""
    stop = threading.Event()
    with sock:
        thread = threading.Thread(target=serve, args=(sock, answer, stop))
        thread.start()
        host, port = sock.getsockname()[:2]
        try:
            yield f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        finally:
            stop.set()
            thread.join()


def has_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


ENDS = [
    pytest.param("127.0.0.1", socket.AF_INET, id="IPv4"),
    pytest.param(
        "::1",
        socket.AF_INET6,
        id="IPv6",
        marks=pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6"),
    ),
]


# --- ICMP -------------------------------------------------------------------------------------


NAMESPACE = """
set -e
ip link set lo up
echo "0 2147483647" >/proc/sys/net/ipv4/ping_group_range
exec "$@"
"""
"""A network of its own, which has this machine alone and in which all may ping."""

PING = """
import asyncio
from pathlib import Path
from network_status.probes import icmp
from network_status.sources.local import Target

def ping(host):
    print(asyncio.run(icmp.attempt(Target(icmp=host), 0.5)))

ping("127.0.0.1")
ping("::1")
ping("198.51.100.1")
Path("/proc/sys/net/ipv4/icmp_echo_ignore_all").write_text("1")
ping("127.0.0.1")
"""


def test_pings_come_back_or_are_lost_or_never_leave():
    """Real echo requests: this machine, a network that is not there, and silence."""
    command = [sys.executable, "-c", PING]
    done = subprocess.run(  # noqa: S603  our own
        ["unshare", "--net", "sh", "-c", NAMESPACE, "sh", *command],  # noqa: S607  found by PATH
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(PLUGINS)},
        check=False,
    )
    if done.returncode and "perm" in done.stderr.lower() and not os.environ.get("CI"):
        pytest.skip(f"no network of its own: {done.stderr.strip()}")
    assert "" == done.stderr
    near, near6, nowhere, silent = done.stdout.splitlines()
    assert near.startswith("Answered(rtt_ms=")
    assert near6.startswith("Answered(rtt_ms=")
    assert "Lost(kind='timeout')" == silent
    assert "NotSent(reason='[Errno 101] Network is unreachable')" == nowhere


def test_a_ping_without_permission_is_blind_and_tells_the_cure(monkeypatch):
    """Permission refused is a blind probe, never loss."""

    def refuse(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(icmplib.ICMPv4Socket, "_create_socket", refuse)
    cure = 'sysctl -w net.ipv4.ping_group_range="0 2147483647"'
    expected = NotSent(f"no permission to send ICMP; cure it by: {cure}")
    assert expected == attempt(icmp="127.0.0.1")


# --- TCP --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("host", "family"), ENDS)
def test_a_connection_is_answered(host, family):
    with socket.create_server((host, 0), family=family) as server:
        where = f"[{host}]" if ":" in host else host
        outcome = attempt(tcp=f"{where}:{server.getsockname()[1]}")
    assert isinstance(outcome, Answered)
    assert 0 < outcome.rtt_ms < 1000


def test_a_refused_connection_is_lost():
    assert Lost("refused") == attempt(tcp=f"127.0.0.1:{hostile.closed_port()}")


def test_a_connection_into_silence_is_lost_in_time():
    """A full backlog drops what knocks, as a filter does."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            begun = time.monotonic()
            assert Lost("timeout") == attempt(tcp=f"127.0.0.1:{port}")
            assert 2 > time.monotonic() - begun


@pytest.mark.parametrize("select", [{"tcp": "no-such-host.invalid:1"}, {"icmp": "nope.invalid"}])
def test_a_name_that_does_not_resolve_sent_nothing(select):
    """Nothing left this machine, so nothing was lost."""
    assert isinstance(attempt(timeout_s=5, **select), NotSent)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ECONNREFUSED, Lost("refused")),
        (errno.ECONNRESET, Lost("reset")),
        (errno.ETIMEDOUT, Lost("timeout")),
        (errno.EHOSTUNREACH, Lost("unreachable")),
        (errno.ENETUNREACH, NotSent("Network is unreachable")),
        (errno.EPERM, NotSent("Operation not permitted")),
        (errno.EADDRNOTAVAIL, NotSent("Cannot assign requested address")),
        (errno.EMFILE, NotSent("Too many open files")),
        (errno.ENOBUFS, NotSent("No buffer space available")),
    ],
)
def test_only_what_left_this_machine_can_be_lost(number, expected):
    assert expected == of_error(OSError(number, os.strerror(number)))


# --- DNS --------------------------------------------------------------------------------------


def dns_server(rcode=dns.rcode.NOERROR, address="192.0.2.7", *, garble=False):
    """Answers one question as told."""

    def answer(sock):
        data, asker = sock.recvfrom(4096)
        reply = dns.message.make_response(dns.message.from_wire(data))
        reply.set_rcode(rcode)
        if address:
            reply.answer.append(dns.rrset.from_text("a.example.", 60, "IN", "A", address))
        sock.sendto(data[:2] + b"\x81" if garble else reply.to_wire(), asker)

    sock = socket.socket(type=socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    return served(sock, answer)


@pytest.mark.parametrize(
    ("server", "select", "expected"),
    [
        ({}, {}, Answered),
        ({}, {"answer": "192.0.2.7"}, Answered),
        ({}, {"answer": "192.0.2.8"}, Lost("wrong-answer")),
        ({"rcode": dns.rcode.NXDOMAIN, "address": ""}, {}, Lost("nxdomain")),
        ({"rcode": dns.rcode.NXDOMAIN, "address": ""}, {"rcode": "nxdomain"}, Answered),
        ({"rcode": dns.rcode.SERVFAIL}, {}, Lost("servfail")),
        ({"rcode": dns.rcode.REFUSED}, {}, Lost("refused")),
        ({"address": ""}, {}, Lost("nodata")),
        ({"garble": True}, {}, Lost("garbled")),
    ],
)
def test_a_question_is_judged_by_its_answer(server, select, expected):
    """The answer code decides, and where it is known, the answer."""
    with dns_server(**server) as where:
        outcome = attempt(dns=where, name="a.example", timeout_s=2, **select)
    assert expected == (Answered if isinstance(outcome, Answered) else outcome)


def test_a_silent_resolver_is_a_timeout():
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{sock.getsockname()[1]}"
        assert Lost("timeout") == attempt(dns=where, name="a.example")


# --- HTTP -------------------------------------------------------------------------------------


def http_server(reply, context=None, hold_s=0.0):
    def answer(sock):
        connection, _ = sock.accept()
        with connection:
            if context:
                connection = context.wrap_socket(connection, server_side=True)
            connection.settimeout(2)
            connection.recv(65_536)
            time.sleep(hold_s)
            connection.sendall(reply)
            connection.close()

    return served(socket.create_server(("127.0.0.1", 0)), answer)


FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.mark.parametrize(
    ("reply", "select", "expected"),
    [
        (FINE, {}, Answered),
        (b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", {}, Answered),
        (b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", {"status": 200}, Lost("status-302")),
        (b"HTTP/1.1 500 Oops\r\n\r\n", {}, Lost("status-500")),
        (b"HTTP/1.1 403 No\r\n\r\n", {"status": 403}, Answered),
        (b"SSH-2.0-OpenSSH\r\n", {}, Lost("garbled")),
        (b"HTTP/1.1 abc\r\n\r\n", {}, Lost("garbled")),
        (b"", {}, Lost("reset")),
    ],
)
def test_a_page_is_judged_by_its_status(reply, select, expected):
    with http_server(reply) as where:
        outcome = attempt(http=f"http://{where}/x?y=1", timeout_s=2, **select)
    assert expected == (Answered if isinstance(outcome, Answered) else outcome)


def test_a_slow_page_is_a_timeout():
    with http_server(FINE, hold_s=0.8) as where:
        assert Lost("timeout") == attempt(http=f"http://{where}/", timeout_s=0.2)


def test_a_page_has_phases_and_its_time_is_all_but_the_name():
    with http_server(FINE, hold_s=0.1) as where:
        outcome = attempt(http=f"http://{where}/", timeout_s=2)
    assert ["resolve", "connect", "processing", "transfer"] == [p for p, _ in outcome.phases_ms]
    assert dict(outcome.phases_ms)["processing"] > 90
    assert outcome.rtt_ms == pytest.approx(sum(ms for p, ms in outcome.phases_ms if p != "resolve"))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1, and a context that shows it."""
    folder = tmp_path_factory.mktemp("tls")
    key, path = folder / "key.pem", folder / "certificate.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9"
    names = ["-subj", "/CN=atogaki", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(  # noqa: S603  our own
        [*command.split(), *names, "-keyout", key, "-out", path], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key)
    return path, context


def test_a_certificate_says_when_it_runs_out(certificate, monkeypatch):
    path, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with http_server(FINE, context) as where:
        outcome = attempt(http=f"https://{where}/", timeout_s=2)
    assert isinstance(outcome, Answered), outcome
    assert ["resolve", "connect", "tls", "processing", "transfer"] == [
        phase for phase, _ in outcome.phases_ms
    ]
    assert 9 * 86_400 == pytest.approx(outcome.certificate_until - time.time(), abs=3600)


def test_a_certificate_that_nobody_vouches_for_is_lost(certificate):
    """A forged certificate is how some networks read along."""
    _, context = certificate
    with http_server(FINE, context) as where:
        assert Lost("certificate") == attempt(http=f"https://{where}/", timeout_s=2)


def test_no_tls_where_tls_should_be_is_lost():
    with http_server(FINE) as where:
        assert Lost("tls") == attempt(http=f"https://{where}/", timeout_s=2)
