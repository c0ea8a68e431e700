"""Pulling: all sources into the history, and what happens to it when they fail."""

import json
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
from tests.network_status.builders import T0, measurement

NOW = T0 + 2 * DAY_S

HEAD = """
[[vantage_points]]
id = "tokyo"
name = { en = "Tokyo" }
[[vantage_points]]
id = "shanghai"
name = { en = "Shanghai" }
[[groups]]
id = "all"
name = { en = "All" }
"""

SOURCE = """
[[sources]]
id = "{id}"
kind = "{kind}"
{more}
[[routes]]
id = "route-{id}"
name = {{ en = "Route" }}
group = "all"
vantage = "tokyo"
target = "shanghai"
source = "{id}"
select = {{ {select} }}
"""


def json_source(id_, url, more=""):
    return SOURCE.format(id=id_, kind="json", more=f'url = "{url}"\n{more}', select='series = "a"')


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
    folder = tmp_path / "content" / "status"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "network.toml").write_text(HEAD + "".join(sources))
    return settings.load(tmp_path / "content", ["en"])


def policy(tmp_path, **values):
    return Policy(tmp_path / "content", timeout_s=1.0, budget_s=2.0, **values)


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


def test_measurements_from_the_future_are_left_out(tmp_path, history):
    """A clock that is ahead would keep a dead source fresh for ever."""
    found = network(tmp_path, json_source("near", "file:rounds.json"))
    (tmp_path / "content" / "rounds.json").write_bytes(rounds(NOW - 600, NOW + 600))
    pull(found, history, policy(tmp_path), NOW)
    assert {"route-near": NOW - 600} == history.newest()


def test_a_secret_that_is_not_bound_stops_all(tmp_path, history, server):
    """It is an error of the settings, before anything is asked."""
    source = json_source("far", f"{server.url}/fine", 'secret = "ATOGAKI_SOURCE_FAR"')
    with pytest.raises(NetworkSettingsError, match="source far: ATOGAKI_SOURCE_FAR is bound to no"):
        pull(network(tmp_path, source), history, policy(tmp_path), NOW)
    assert [] == server.seen


def test_without_network_only_the_store_is_read(tmp_path, history, server):
    """STATUS_FETCH = False is no failure of a source."""
    found = network(tmp_path, json_source("far", f"{server.url}/fine"))
    pulled = pull(found, history, policy(tmp_path, network=False), NOW)
    assert ((), {}) == (pulled.asked, pulled.failures)
    assert {} == history.source_health()


def spans_of(server):
    """From how long before NOW each posted query asks, in days."""
    starts = [int(parse_qs(body)["start"][0]) - BIN_S for body in server.posted]
    return sorted({round((NOW - start) / DAY_S, 2) for start in starts})


@pytest.mark.parametrize(
    ("newest_s", "failure", "days"),
    [
        (None, None, 11),
        (HOUR_S, None, 2 / 24),
        (3 * DAY_S, None, 3 + 1 / 24),
        (30 * DAY_S, None, 11),
        (None, Failure(Fault.SLOW, "x"), intake.SHORT_DAYS),
        (None, Failure(Fault.REFUSED, "x"), 11),
        (HOUR_S, Failure(Fault.SLOW, "x"), 2 / 24),
    ],
    ids=["new", "an hour", "three days", "a month", "new and slow", "new and refused", "slow"],
)
def test_pulling_goes_on_from_the_newest_bin(tmp_path, history, server, newest_s, failure, days):
    """An hour is asked for again; after an answer that took too long, less of the past."""
    source = SOURCE.format(
        id="p", kind="prometheus", more=f'url = "{server.url}"', select='labels = { job = "a" }'
    )
    if newest_s is not None:
        history.add([measurement("route-p", start=NOW - newest_s)], NOW)
        if newest_s > 11 * DAY_S:
            assert {} == history.newest()
    if failure:
        history.source_failed("p", NOW - 60, str(failure))
    # Four days at a time; the first request fails, and says how far back it went.
    pull(network(tmp_path, source), history, policy(tmp_path), NOW)
    assert round(days, 2) == max(spans_of(server))


def test_a_series_without_data_does_not_make_others_ask_for_theirs(tmp_path, history, server):
    """A route whose labels are misspelt costs its own empty question only."""
    good = SOURCE.format(
        id="p", kind="prometheus", more=f'url = "{server.url}"', select='labels = { job = "a" }'
    )
    misspelt = good[good.index("[[routes]]") :].replace("route-p", "typo")
    found = network(tmp_path, good, misspelt)
    history.add([measurement("route-p", start=NOW - HOUR_S)], NOW)
    parts = intake._spans(found.sources[0], found, history.newest(), NOW - 11 * DAY_S, NOW)
    assert {("typo",): 11.0, ("route-p",): round(2 / 24, 2)} == {
        tuple(one.series for one in part.wanted): round((NOW - part.span.since) / DAY_S, 2)
        for part in parts
    }


def test_the_settings_of_the_site_say_what_may_be_fetched(tmp_path):
    rules = intake.policy_of(
        {"PATH": str(tmp_path), "STATUS_FETCH": False, "STATUS_SECRETS": {"A": "b"}}, {"A": "s"}
    )
    assert (tmp_path, False, {"A": "b"}) == (rules.content, rules.network, rules.hosts)
    assert "'s'" not in repr(rules)
