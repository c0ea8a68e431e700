"""Pulling: all sources into the history, and what happens to it when they fail."""

import json
import re
from urllib.parse import parse_qs

import pytest

from network_status import intake, settings
from network_status.errors import NetworkSettingsError
from network_status.fetch import Policy
from network_status.history import History
from network_status.intake import pull
from network_status.model import BIN_S, DAY_S, HOUR_S
from network_status.wire import Failure, Fault
from tests.network_status import hostile
from tests.network_status.builders import (
    T0,
    measurement,
    route_table,
    table,
    write_network,
)

NOW = T0 + 2 * DAY_S


def json_source(id_, url, **values):
    """A source of our own format with one route."""
    source = table("sources", id=id_, kind="json", url=url, **values)
    return source + route_table(f"route-{id_}", id_, {"series": "a"})


def prometheus(url, *routes, **values):
    """A Prometheus with these routes, of which each is a job."""
    source = table("sources", id="p", kind="prometheus", url=url, **values)
    tables = (route_table(route, "p", {"labels": {"job": route}}) for route in routes)
    return source + "".join(tables)


def rounds(*starts):
    found = [{"series": "a", "at": at, "sent": 20, "lost": 0} for at in starts]
    return json.dumps({"format": "atogaki-measurements/1", "rounds": found}).encode()


@pytest.fixture
def server():
    with hostile.serving() as server:
        yield server


@pytest.fixture
def history(tmp_path):
    with History(tmp_path / "status.sqlite", NOW) as history:
        yield history


def network(tmp_path, *sources):
    return settings.load(write_network(tmp_path / "content", *sources), ["en"])


def policy(tmp_path, **values):
    return Policy(tmp_path / "content", **{"timeout_s": 1.0, "budget_s": 2.0} | values)


def test_a_failing_source_harms_no_other(tmp_path, history, server):
    """One answers and one does not: bins of the first, the fault of the second."""
    found = network(
        tmp_path,
        json_source("near", "file:rounds.json"),
        json_source("far", f"{server.url}/500"),
    )
    (tmp_path / "content" / "rounds.json").write_bytes(rounds(NOW - 60))
    pulled = pull(found, history, policy(tmp_path), NOW)
    assert (("near", "far"), ["far"], 1) == (pulled.asked, list(pulled.failures), pulled.changed)
    assert not pulled.all_failed
    assert {"route-near"} == set(history.newest())
    health = history.source_health()
    assert (NOW, None) == (health["near"].last_success, health["near"].fault)
    assert (NOW, f"http-status: {server.url}/500: answers 500") == (
        health["far"].failing_since,
        health["far"].fault,
    )


def test_a_failure_leaves_the_last_bins_as_they_are(tmp_path, history, server):
    """It counts neither as up nor as lost packets."""
    history.add([measurement("route-far", start=NOW - HOUR_S)], NOW)
    before = history.bins(0)
    pulled = pull(
        network(tmp_path, json_source("far", f"{server.url}/huge")),
        history,
        policy(tmp_path),
        NOW,
    )
    assert pulled.all_failed
    assert before == history.bins(0)


def test_pulling_twice_changes_nothing(tmp_path, history):
    found = network(tmp_path, json_source("near", "file:rounds.json"))
    (tmp_path / "content" / "rounds.json").write_bytes(rounds(NOW - 400, NOW - 60))
    assert [2, 0] == [pull(found, history, policy(tmp_path), NOW).changed for _ in range(2)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{", Fault.UNREADABLE),
        (b"", Fault.UNREADABLE),
        (rounds(), Fault.EMPTY),
        (rounds(NOW - 20 * DAY_S), Fault.EMPTY),
    ],
    ids=["broken", "empty file", "no rounds", "old rounds"],
)
def test_an_answer_without_measurements_is_a_failure(tmp_path, history, body, expected):
    """An empty list is a failed source, and never all well."""
    found = network(tmp_path, json_source("near", "file:rounds.json"))
    (tmp_path / "content" / "rounds.json").write_bytes(body)
    pulled = pull(found, history, policy(tmp_path), NOW)
    assert expected == pulled.failures["near"].fault


def write_rounds(tmp_path, *starts):
    (tmp_path / "content" / "rounds.json").write_bytes(rounds(*starts))


def test_a_source_whose_clock_is_ahead_has_failed(tmp_path, history):
    """Clocks may differ by a minute; beyond it nothing that it tells holds."""
    found = network(tmp_path, json_source("near", "file:rounds.json"))
    write_rounds(tmp_path, NOW - 600, NOW + 61)
    assert Fault.AHEAD is pull(found, history, policy(tmp_path), NOW).failures["near"].fault
    assert {} == history.newest()
    write_rounds(tmp_path, NOW - 600, NOW + 60)
    assert {} == pull(found, history, policy(tmp_path), NOW).failures
    assert {"route-near": NOW - 600} == history.newest()


def test_a_source_that_goes_on_telling_old_rounds_fails(tmp_path, history):
    """It is named with what is wrong; its bins stay, and their age decides as ever."""
    found = network(tmp_path, json_source("near", "file:rounds.json"))
    write_rounds(tmp_path, *range(NOW - 7200, NOW, 60))
    assert {} == pull(found, history, policy(tmp_path), NOW + 899).failures
    pulled = pull(found, history, policy(tmp_path), NOW + 900)
    assert Fault.OLD is pulled.failures["near"].fault
    assert pulled.all_failed
    assert NOW + 900 == history.source_health()["near"].failing_since
    assert {"route-near": NOW - BIN_S} == history.newest()


def test_a_prober_that_sends_too_little_is_told_what_to_write(tmp_path, history):
    """Run each five minutes by cron, where four times a minute is expected, no bin ever counts."""
    target = {"icmp": "192.0.2.1"}
    found = network(
        tmp_path,
        table("sources", id="here", kind="local"),
        route_table("a", "here", target, packets=1, interval_s=15),
    )
    own = [measurement("a", 0, "r", 1)._replace(start=NOW - n * BIN_S) for n in range(1, 12)]
    history.add(own, NOW)
    (advice,) = pull(found, history, policy(tmp_path), NOW).advice
    assert advice.startswith("content/status/network.toml: a: 1 packets come in five minutes")
    assert advice.endswith("where 20 are expected, so that none count; write what is sent, as in"
                           " packets = 1 and interval_s = 300")  # fmt: skip


def test_rounds_told_before_their_time_are_none_when_it_has_come(tmp_path, history):
    """A prober two hours ahead that died would look alive for as long."""
    found = network(tmp_path, json_source("near", "file:rounds.json"))
    write_rounds(tmp_path, *range(NOW - 3600, NOW + 7200, 60))
    for minutes in range(0, 240, 5):
        pull(found, history, policy(tmp_path), NOW + 60 * minutes)
    assert max(history.newest().values(), default=0) <= NOW


def test_a_clock_that_was_set_right_is_believed_again(tmp_path, history):
    found = network(tmp_path, json_source("near", "file:rounds.json"))
    write_rounds(tmp_path, NOW + 7200)
    pull(found, history, policy(tmp_path), NOW)
    write_rounds(tmp_path, NOW + 290)
    pull(found, history, policy(tmp_path), NOW + 300)
    assert {"route-near": NOW} == history.newest()


def test_a_secret_that_is_not_bound_stops_all(tmp_path, history, server):
    """It is an error of the settings, before anything is asked."""
    source = json_source("far", f"{server.url}/fine", secret="ATOGAKI_SOURCE_FAR")  # noqa: S106  the name of a variable
    with pytest.raises(NetworkSettingsError, match="source far: ATOGAKI_SOURCE_FAR is bound to no"):
        pull(network(tmp_path, source), history, policy(tmp_path), NOW)
    assert [] == server.seen


def test_without_network_only_the_store_is_read(tmp_path, history, server):
    """STATUS_FETCH = False is no failure of a source, and reads no file of content either."""
    found = network(
        tmp_path,
        json_source("far", f"{server.url}/fine"),
        json_source("near", "file:rounds.json"),
    )
    write_rounds(tmp_path, NOW - 60)
    pulled = pull(found, history, policy(tmp_path, asking=False), NOW)
    assert ((), {}) == (pulled.asked, pulled.failures)
    assert {} == history.newest()
    assert {} == history.source_health()


def spans_of(server):
    """From how many hours before NOW each posted query asks, at the first and at the last."""
    starts = [int(parse_qs(body)["start"][0]) - BIN_S for body in server.posted]
    return [round((NOW - start) / HOUR_S, 2) for start in starts]


@pytest.mark.parametrize(
    ("newest_s", "failure", "hours"),
    [
        (None, None, 6),
        (HOUR_S, None, 2),
        (3 * DAY_S, None, 6),
        (None, Failure(Fault.SLOW, "x"), 2),
        (None, Failure(Fault.REFUSED, "x"), 6),
        (HOUR_S, Failure(Fault.SLOW, "x"), 2),
        (-HOUR_S, None, 6),
    ],
    ids=["new", "an hour", "three days", "new and slow", "new and refused", "slow", "future"],
)
def test_pulling_goes_on_from_the_newest_bin(tmp_path, history, server, newest_s, failure, hours):
    """An hour is asked for again; six at most, or two after an answer that took too long."""
    if newest_s is not None:
        history.add([measurement("route-p", start=NOW - newest_s)], NOW)
    if failure:
        history.source_failed("p", NOW - 60, str(failure))
    pull(network(tmp_path, prometheus(server.url, "route-p")), history, policy(tmp_path), NOW)
    assert [hours] == spans_of(server)


def test_a_series_without_data_does_not_make_others_ask_for_theirs(tmp_path, history, server):
    """A route whose labels are misspelt costs its own empty question only."""
    history.add([measurement("route-p", start=NOW - HOUR_S)], NOW)
    found = network(tmp_path, prometheus(server.url, "route-p", "typo"))
    front = intake._plan(found.sources[0], found, history, NOW).front
    assert {("typo",): 6, ("route-p",): 2} == {
        tuple(part.names): (NOW - part.span.since) / HOUR_S for part in front
    }


@pytest.mark.parametrize(
    ("advised", "interval_s"),
    [(False, 15), (False, 60), (True, 5)],
    ids=["what is sent", "far less than is sent", "far more"],
)
def test_settings_that_expect_more_than_comes_are_told(
    tmp_path, history, remembering, advised, interval_s
):
    """Twenty packets in five minutes: no bin would ever count, and nobody would know why."""
    source = table("sources", id="p", kind="prometheus", url=f"{remembering.url}/remember")
    route = route_table("a", "p", {"labels": {"job": "a"}}, interval_s=interval_s)
    pulled = pull(network(tmp_path, source, route), history, policy(tmp_path), NOW)
    assert advised is bool(pulled.advice)
    assert not advised or pulled.advice[0].endswith("packets = 1 and interval_s = 15")


# --- The past, in pieces ----------------------------------------------------------------------


class Server:
    """A Prometheus that has measured each route every five minutes for ever."""

    def __init__(self):
        self.asked = []

    def answer(self, form):
        query, start, end = form["query"], int(form["start"]), int(form["end"])
        routes = sorted(set(re.findall(r'"series", "([a-z0-9-]+)"', query)))
        self.asked.append((routes, start - BIN_S, end))
        values = [[at, "20"] for at in range(start, end + 1, BIN_S)]
        result = [
            {"metric": {"series": route, "figure": figure}, "values": values}
            for route in routes
            for figure in ("sent", "answered")
        ]
        return {"status": "success", "data": {"resultType": "matrix", "result": result}}


@pytest.fixture
def remembering(server):
    """The server behind an address, and what it was asked; `slow` and `refuse` are its moods."""
    server.memory = Server()
    return server


AMPLE = {"timeout_s": 60, "budget_s": 60, "spare_s": 60}


def pull_on(tmp_path, history, server, *routes, now=NOW, days=10, **values):
    """Pull from a server that remembers; a busy machine has time enough for all pieces."""
    found = network(tmp_path, prometheus(f"{server.url}/remember", *routes, history_days=days))
    return pull(found, history, policy(tmp_path, **AMPLE | values), now)


def hours_kept(history, route="a", now=NOW):
    """The hours of a route that lie before now, as how many hours ago they begin."""
    return [(now - hour.start) // HOUR_S for hour in history.series(route, 0, 0).hours]


def test_the_past_is_asked_for_backwards_in_pieces_of_a_day(tmp_path, history, remembering):
    pull_on(tmp_path, history, remembering, "a")
    spans = [((NOW - first) / HOUR_S, (NOW - last) / HOUR_S) for _, first, last in
             remembering.memory.asked]  # fmt: skip
    days = [(6 + 24 * n, 6 + 24 * (n - 1)) for n in range(1, 10)]
    assert [(6, 0), *days, (240, 222)] == spans
    assert [*range(240, 0, -1)] == hours_kept(history)


def test_what_was_told_is_not_asked_for_again(tmp_path, history, remembering):
    pull_on(tmp_path, history, remembering, "a")
    remembering.memory.asked.clear()
    pull_on(tmp_path, history, remembering, "a", now=NOW + 300)
    assert [(["a"], NOW - 2 * HOUR_S, NOW + 300)] == remembering.memory.asked


def test_a_pull_with_no_time_left_leaves_the_past_for_the_next(tmp_path, history, remembering):
    """The front comes first, whatever there is time for after it."""
    pull_on(tmp_path, history, remembering, "a", spare_s=0)
    assert 1 == len(remembering.memory.asked)
    assert 6 == len(hours_kept(history))
    pull_on(tmp_path, history, remembering, "a")
    assert [*range(240, 0, -1)] == hours_kept(history)


@pytest.mark.parametrize(
    ("mood", "timeout_s"), [("slow", 3), ("refuse", 60), ("lie", 60)], ids=["slow", "refuse", "lie"]
)
def test_a_piece_that_fails_is_asked_for_again_and_harms_nothing(
    tmp_path, history, remembering, mood, timeout_s
):
    """The second question is not answered, not allowed, or not in the format."""
    remembering.moods = {2: mood}
    pulled = pull_on(tmp_path, history, remembering, "a", days=3, timeout_s=timeout_s)
    assert {} == pulled.failures
    assert 30 not in hours_kept(history)
    pull_on(tmp_path, history, remembering, "a", days=3)
    assert [*range(72, 0, -1)] == hours_kept(history)


def test_after_a_long_pause_the_hole_is_filled_and_nothing_else(tmp_path, history, remembering):
    pull_on(tmp_path, history, remembering, "a")
    later = NOW + 3 * DAY_S
    remembering.memory.asked.clear()
    pull_on(tmp_path, history, remembering, "a", now=later)
    assert NOW == min(first for _, first, _ in remembering.memory.asked)
    assert [*range(10 * 24 + 72, 0, -1)] == hours_kept(history, now=later)


def test_a_new_route_gets_its_past_and_the_others_are_left_alone(tmp_path, history, remembering):
    pull_on(tmp_path, history, remembering, "a", days=3)
    remembering.memory.asked.clear()
    pull_on(tmp_path, history, remembering, "a", "b", days=3)
    past = {tuple(routes) for routes, _, last in remembering.memory.asked if last < NOW}
    assert {("b",)} == past
    assert [*range(72, 0, -1)] == hours_kept(history, "b")


def test_a_source_that_is_asked_further_back_fills_what_lies_before(tmp_path, history, remembering):
    pull_on(tmp_path, history, remembering, "a", days=1)
    pull_on(tmp_path, history, remembering, "a", days=2)
    assert [*range(48, 0, -1)] == hours_kept(history)


def test_many_routes_share_questions(tmp_path, history, remembering):
    routes = [f"r{number}" for number in range(10)]
    pull_on(tmp_path, history, remembering, *routes, days=1)
    asked = [len(some) for some, _, last in remembering.memory.asked if last < NOW]
    assert [4, 4, 2] == asked


def test_the_settings_of_the_site_say_what_may_be_fetched(tmp_path):
    rules = intake.policy_of(
        {"PATH": str(tmp_path), "STATUS_FETCH": False, "STATUS_SECRETS": {"A": "b"}}, {"A": "s"}
    )
    assert (tmp_path, False, {"A": "b"}) == (rules.content, rules.asking, rules.hosts)
    assert "'s'" not in repr(rules)
