"""Fetching: whatever a source does, the build goes on and says what happened."""

import time
from pathlib import Path

import pytest

from network_status.fetch import Policy, Questions, fetch
from network_status.wire import Failure, Fault, Request, Secret
from tests.network_status import hostile

JSON = ("application/json",)


@pytest.fixture
def server():
    with hostile.serving() as server:
        yield server


def policy(content=Path(), **values):
    return Policy(content, **{"timeout_s": 20.0, "budget_s": 30.0, "size_cap": 1_000_000} | values)


def ask(address, rules=None, **request):
    """The answer of one source to one request."""
    asked = Request(address, **{"accept": JSON} | request)
    (answer,) = fetch({"tokyo": Questions([asked])}, rules or policy()).values()
    return answer if isinstance(answer, Failure) else answer[asked]


def test_a_good_answer_comes_back_as_bytes(server):
    assert b'{"fine": true}' == ask(f"{server.url}/fine")


@pytest.mark.parametrize(
    ("path", "fault", "words"),
    [
        ("404", Fault.HTTP_STATUS, "answers 404"),
        ("500", Fault.HTTP_STATUS, "answers 500"),
        ("503", Fault.HTTP_STATUS, "answers 503"),
        ("401", Fault.HTTP_STATUS, "answers 401"),
        ("explained", Fault.HTTP_STATUS, "answers 422 (too many samples)"),
        ("page", Fault.WRONG_TYPE, "answers text/html, not application/json"),
        ("lying-page", Fault.WRONG_TYPE, "answers with a page of HTML"),
        ("untyped", Fault.WRONG_TYPE, "answers no media type, not application/json"),
        ("away", Fault.MOVED, "sends us to http://evil.example/fine; if that is right, write it"),
        ("other-port", Fault.MOVED, "sends us to http://127.0.0.1:1/fine; if that is right, write"),
        ("to-file", Fault.MOVED, "sends us to file:///etc/passwd; if that is right, write it"),
        ("round", Fault.MOVED, "redirects more than 3 times"),
        ("cut", Fault.BROKEN_OFF, "the answer ends early"),
        ("broken-gzip", Fault.BROKEN_OFF, "the answer cannot be unpacked"),
        ("bomb", Fault.TOO_LARGE, "more than 1,000,000 bytes"),
        ("huge", Fault.TOO_LARGE, "more than 1,000,000 bytes"),
    ],
)
def test_every_failure_is_told_in_words(server, path, fault, words):
    """What a source does wrong has a name for the page, and the address beside it."""
    failure = ask(f"{server.url}/{path}")
    assert fault == failure.fault
    assert failure.detail.startswith(f"{server.url}/{path}: {words}")


@pytest.mark.parametrize("path", ["slow", "drip", "drip-headers"])
def test_a_slow_source_does_not_hold_up_the_build(server, path):
    """Each source has its time and all have theirs, however the time is wasted."""
    begun = time.monotonic()
    failure = ask(f"{server.url}/{path}", policy(timeout_s=0.5, budget_s=0.8))
    assert Fault.SLOW == failure.fault
    assert 2 > time.monotonic() - begun


def test_a_drip_ends_with_its_own_time(server):
    """What trickles in is cut long before the time of all sources is over."""
    begun = time.monotonic()
    failure = ask(f"{server.url}/drip", policy(timeout_s=0.5, budget_s=10))
    assert Failure(Fault.SLOW, "no whole answer within 0.5 s") == failure
    assert 2 > time.monotonic() - begun


def test_sources_are_asked_at_once(server):
    """Three slow ones take as long as one, and a good one is not lost among them."""
    slow, fine = (Questions([Request(f"{server.url}/{p}", accept=JSON)]) for p in ("slow", "fine"))
    begun = time.monotonic()
    answers = fetch({"a": slow, "b": slow, "c": slow, "d": fine}, policy(timeout_s=0.6))
    assert 1.5 > time.monotonic() - begun
    assert {"a", "b", "c"} == {
        name for name, answer in answers.items() if isinstance(answer, Failure)
    }


def test_refused_and_unknown_hosts_are_told_apart():
    port = hostile.closed_port()
    assert Fault.REFUSED == ask(f"http://127.0.0.1:{port}/").fault
    assert Fault.UNKNOWN_HOST == ask("http://no-such-host.invalid/").fault


def test_a_source_that_stumbles_is_asked_again(server):
    """What is asked changes nothing, so a 503 is no reason to give up at once."""
    assert b'{"fine": true}' == ask(f"{server.url}/flaky", form=(("query", "up"),))
    assert ["query=up"] * 3 == server.posted


def test_one_failed_request_fails_its_source(server):
    """History must not go on behind a hole."""
    asked = [Request(f"{server.url}/{path}", accept=JSON) for path in ("fine", "404")]
    (answer,) = fetch({"tokyo": Questions(asked)}, policy()).values()
    assert Fault.HTTP_STATUS == answer.fault


def paths_answered(server, *more, **rules):
    """Which of `more` came back after /fine."""
    first, *others = (Request(f"{server.url}/{path}", accept=JSON) for path in ("fine", *more))
    (answer,) = fetch({"tokyo": Questions([first], others)}, policy(**rules)).values()
    return [request.address.rpartition("/")[2] for request in answer][1:]


@pytest.mark.parametrize(
    ("expected", "more"),
    [
        (["fine?1"], ["fine?1"]),
        (["fine?2"], ["404", "fine?2"]),
        ([], ["page", "fine?2"]),
        (["fine?1"], ["fine?1", "slow", "fine?3"]),
    ],
    ids=["there is time", "a refusal", "nonsense", "too slow"],
)
def test_what_may_wait_harms_nothing_that_must_be_answered(server, expected, more):
    """And where the source stumbles, no more is asked of it this time."""
    assert expected == paths_answered(server, *more, timeout_s=2, budget_s=10)


def test_what_may_wait_waits_where_time_runs_out(server):
    assert [] == paths_answered(server, "fine?1", spare_s=0)


def test_an_answer_that_outlasts_all_time_loses_none_that_came_before(server):
    """The thread still hangs in a drip; what came before it counts."""
    assert [] == paths_answered(server, "drip-headers", timeout_s=5, budget_s=0.5)


def test_a_redirect_on_the_same_host_is_followed(server):
    assert b'{"fine": true}' == ask(f"{server.url}/home")


# --- Secrets ----------------------------------------------------------------------------------

TOKYO = "ATOGAKI_SOURCE_TOKYO"


def trusting(**values):
    return policy(hosts={TOKYO: "127.0.0.1"}, environ={TOKYO: "s3cret"}, **values)


@pytest.mark.parametrize(
    ("user", "header"),
    [(None, "Bearer s3cret"), ("atogaki", "Basic YXRvZ2FraTpzM2NyZXQ=")],
    ids=["bearer", "basic"],
)
def test_a_secret_goes_to_its_host(server, user, header):
    ask(f"{server.url}/fine", trusting(), secret=Secret(TOKYO, user))
    assert header == server.seen[0][1]["Authorization"]


def test_a_redirect_never_carries_the_secret(server):
    ask(f"{server.url}/home", trusting(), secret=Secret(TOKYO))
    assert ["/home", "/fine"] == [path for path, _ in server.seen]
    assert "Authorization" not in server.seen[1][1]


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (policy(hosts={TOKYO: "127.0.0.1"}), "ATOGAKI_SOURCE_TOKYO is not set where this runs"),
        (policy(hosts={TOKYO: "prometheus.example"}, environ={TOKYO: "s3cret"}), "must not be"),
        (policy(environ={TOKYO: "s3cret"}), "must not be sent there"),
    ],
    ids=["unset", "another host", "no host"],
)
def test_without_its_secret_a_source_is_not_asked(server, rules, words):
    failure = ask(f"{server.url}/fine", rules, secret=Secret(TOKYO))
    assert (Fault.NO_SECRET, []) == (failure.fault, server.seen)
    assert words in failure.detail
    assert "s3cret" not in str(failure)


def test_netrc_is_not_read(server, tmp_path, monkeypatch):
    """A secret comes from its variable or not at all."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    ask(f"{server.url}/fine")
    assert "Authorization" not in server.seen[0][1]


# --- Files, and no network --------------------------------------------------------------------


def test_a_file_below_content_is_read(tmp_path):
    (tmp_path / "rounds.json").write_bytes(b"{}")
    assert b"{}" == ask("rounds.json", policy(tmp_path))


@pytest.mark.parametrize("address", ["../secret", "link", "/etc/hostname", "folder/../../secret"])
def test_nothing_outside_content_is_read(tmp_path, address):
    """Neither by dots, nor by a link, nor by an absolute path."""
    content = tmp_path / "content"
    (content / "folder").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    (content / "link").symlink_to(tmp_path / "secret")
    failure = ask(address, policy(content))
    assert Failure(Fault.MISSING_FILE, f"content/{address}: lies outside content/") == failure


def test_a_missing_or_huge_file_is_a_failure(tmp_path):
    (tmp_path / "huge").write_bytes(bytes(1_000_001))
    assert Fault.MISSING_FILE == ask("missing", policy(tmp_path)).fault
    assert Fault.TOO_LARGE == ask("huge", policy(tmp_path)).fault
    assert Fault.MISSING_FILE == ask(".", policy(tmp_path)).fault


def test_where_nothing_may_be_asked_no_file_is_read_either(server, tmp_path):
    """STATUS_FETCH = False: what is not asked has not failed either."""
    (tmp_path / "rounds.json").write_bytes(b"{}")
    far = Questions([Request(f"{server.url}/fine", accept=JSON)])
    asked = {"near": Questions([Request("rounds.json")]), "far": far}
    assert {} == fetch(asked, policy(tmp_path, asking=False))
    assert [] == server.seen


def test_a_failure_survives_the_store():
    """The history keeps a failure as text; the page finds its name and detail again."""
    failure = Failure(Fault.SLOW, "https://a.example/: does not answer in time")
    assert failure == Failure.parse(str(failure))
    assert None is Failure.parse("something else")
