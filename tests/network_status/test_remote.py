"""Sources on other hosts: their addresses, and whom a secret may be told."""

import pytest
from pydantic import ValidationError

from network_status.errors import NetworkSettingsError
from network_status.sources.prometheus import Prometheus
from network_status.sources.remote import check_secrets, may_carry
from network_status.wire import Secret

TOKYO = "ATOGAKI_SOURCE_TOKYO"


def source(url="https://prometheus.example", **values):
    return Prometheus(id="tokyo", url=url, **values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"url": "prometheus.example"}, "is no address; write one like https://host.example/"),
        ({"url": "ftp://prometheus.example"}, "is no address"),
        ({"url": "file:///etc/passwd"}, "is no address"),
        ({"url": "https://"}, "is no address"),
        ({"url": "https://a b.example"}, "is no address"),
        ({"url": "https://a.example:70000"}, "is no address"),
        ({"url": "https://me:mine@a.example"}, "holds a user; name it in user"),
        ({"url": "https://a.example/?x=1"}, "ends in a query"),
        ({"url": "https://a.example/#x"}, "ends in a #"),
        ({"secret": "hunter2"}, "should match pattern"),
        ({"secret": "HOME"}, "should match pattern"),
        ({"url": "http://a.example", "secret": TOKYO}, "would cross the network in clear"),
        ({"user": "me"}, "has no password; write secret"),
        ({"tokn": "x"}, "Extra inputs are not permitted"),
    ],
)
def test_a_bad_address_or_secret_is_an_error_of_the_settings(values, message):
    with pytest.raises(ValidationError, match=message):
        source(**values)


def test_a_secret_may_go_in_clear_to_this_machine_only():
    """A Prometheus beside us needs no TLS."""
    for url in ("http://127.0.0.1:9090", "http://[::1]:9090", "http://localhost"):
        assert Secret(TOKYO, None) == source(url, secret=TOKYO).sent_secret


@pytest.mark.parametrize(
    ("hosts", "problem"),
    [
        ({}, f'{TOKYO} is bound to no host; add "{TOKYO}": "prometheus.example" to'),
        ({TOKYO: "a.example"}, f"{TOKYO} is for a.example and must not be sent to prometheus.exa"),
        ({TOKYO: "prometheus.example:8443"}, f"{TOKYO} is for prometheus.example:8443 and must"),
    ],
    ids=["unbound", "another host", "another port"],
)
def test_a_secret_for_another_host_is_an_error_of_the_settings(hosts, problem):
    """Content is written by many hands: it cannot send a secret where the server does not."""
    with pytest.raises(NetworkSettingsError) as caught:
        check_secrets([source(secret=TOKYO)], hosts)
    assert str(caught.value).startswith(f"content/status/network.toml: source tokyo: {problem}")


@pytest.mark.parametrize("bound", ["prometheus.example", "Prometheus.Example:443"])
def test_a_secret_for_its_host_is_fine(bound):
    check_secrets([source(secret=TOKYO), source()], {TOKYO: bound})


@pytest.mark.parametrize(
    "address",
    ["https://prometheus.example.evil.example/", "https://evil.example/prometheus.example"],
)
def test_a_host_that_looks_alike_is_another(address):
    assert not may_carry(Secret(TOKYO), address, {TOKYO: "prometheus.example"})
