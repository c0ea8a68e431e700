"""The status rules, one by one, at their borders."""

import pytest

from network_status.model import BIN_S, DAY_S, HOUR_S, Notice, Rule, State, Unknown, worst
from network_status.status import (
    NEEDED_S,
    Watched,
    headline,
    statuses,
)
from network_status.thresholds import Thresholds
from tests.network_status.builders import LIMITS, T0, bin_, bins, status_of

CLEAN = (0,) * 12
USUAL_50_MS = dict.fromkeys(range(T0, T0 + 2 * DAY_S, HOUR_S), 50.0)


def measured(own, now=None, **observed):
    status = status_of(own, now, **observed)
    return status.measured.value, status.decided and status.decided.rule.name


@pytest.mark.parametrize(
    ("expected", "own"),
    [
        (("unknown", None), bins(0, 0, 0, 0)),
        (("operational", "CLEARED"), bins(0, 0, 0, 0, 0)),
        (("operational", "CLEARED"), bins(1, 1, 1, 1, 1)),
        (("unknown", None), bins(2, 2, 2, 2, 2)),
        (("unknown", None), bins(0, 0, None, 0, 0, 0)),
        (("unknown", None), [*bins(0, 0), bin_(2, sent=49), *bins(0, 0, 0, first=3)]),
        (("operational", "CLEARED"), [*bins(0, 0), bin_(2, sent=50), *bins(0, 0, first=3)]),
        (("operational", "CLEARED"), bins(90, 90, 0, 0, 0, 0, 0)),
        (("outage", "OUTAGE_RUN"), bins(90, 90, 0, 0, 0, 0)),
        (("outage", "OUTAGE_RUN"), bins(90, 90, 5, 5, 5, 5, 5, 5)[:2] + bins(2, 2, first=2)),
    ],
    ids=[
        "four good bins are not enough",
        "five are",
        "under 2 % is good",
        "2 % is not",
        "a missing bin breaks the run",
        "so does one with less than half of its packets",
        "half of them are enough",
        "whatever the state was",
        "four do not end an outage",
        "nor does time",
    ],
)
def test_rule_4_five_good_bins_in_a_row_lead_to_operational(expected, own):
    assert expected == measured(own)


@pytest.mark.parametrize(
    ("expected", "own"),
    [
        (("degraded", "LOSS_WINDOWS"), bins(*CLEAN[:9], 20, 0, 20)),
        (("degraded", "LOSS_WINDOWS"), bins(*[3] * 12)),
        (("operational", "CLEARED"), bins(*CLEAN, 8)),
        (("operational", "CLEARED"), bins(*CLEAN[:9], 9, 9, 9)),
        (("degraded", "LOSS_RUN"), bins(*CLEAN, *CLEAN, 10, 10, 10)),
        (("operational", "CLEARED"), bins(*CLEAN, 10, 10)),
        (("degraded", "LOSS_RUN"), bins(*CLEAN, 10, None, 10, None, 10)),
        (("operational", "CLEARED"), bins(*CLEAN, 10, 0, 10, 10)),
        (("outage", "OUTAGE_RUN"), bins(*CLEAN, 50, 50)),
        (("outage", "OUTAGE_RUN"), bins(*CLEAN, 50, None, 50)),
        (("degraded", "LOSS_WINDOWS"), bins(*CLEAN, 49, 49)),
        (("degraded", "LOSS_WINDOWS"), bins(*CLEAN, 100)),
        (("outage", "OUTAGE_RUN"), bins(*CLEAN, 50, 50, 20, 20, 20)),
    ],
    ids=[
        "3 % over both windows",
        "exactly 3 % of every bin",
        "3 % over a quarter of an hour, but not over the hour",
        "just under 3 % over the hour",
        "10 % in three bins running",
        "two are not enough",
        "missing bins lie between",
        "a clean bin between breaks it",
        "50 % in two bins running",
        "with a missing bin between",
        "49 % is degraded",
        "all of one bin, nobody agreeing",
        "an outage does not improve to degraded",
    ],
)
def test_rule_3_loss_raises(expected, own):
    assert expected == measured(own)


def test_rule_3_below_60_packets_an_hour_windows_raise_nothing():
    quiet = [bin_(number, sent=5, expected=5) for number in range(6)]
    few = [bin_(number, lost=n % 2, sent=5, expected=5) for n, number in enumerate(range(6, 11))]
    assert ("operational", "CLEARED") == measured(quiet + few)
    assert ("degraded", "LOSS_WINDOWS") == measured([*quiet, *few, bin_(11, 1, 5, expected=5)])


def test_rule_8_one_packet_of_few_states_no_rate():
    """Five packets a bin: one lost in the last 15 minutes is 7 % and means nothing."""
    own = [bin_(n, lost=int(n in {6, 12}), sent=5, expected=5) for n in range(13)]
    assert "operational" == measured(own)[0]
    assert "operational" == measured([bin_(n, n == 5, sent=1, expected=1) for n in range(6)])[0]


@pytest.mark.parametrize(
    ("expected", "rtt_ms", "usual_ms"),
    [
        ("degraded", 95, 50),
        ("operational", 85, 50),
        ("operational", 130, 100),
        ("operational", 50, 20),
        ("degraded", 80, 20),
        ("operational", 500, None),
    ],
    ids=["both", "under 40 ms more", "under half more", "20 + 30", "20 + 60", "no baseline"],
)
def test_rule_3_a_median_far_over_its_baseline_raises(expected, rtt_ms, usual_ms):
    baselines_ms = {} if usual_ms is None else dict.fromkeys(USUAL_50_MS, usual_ms)
    calm = bins(*CLEAN, rtt_ms=usual_ms or 50)
    slow = bins(0, 0, 0, first=12, rtt_ms=rtt_ms)
    assert expected == measured(calm + slow, baselines_ms=baselines_ms)[0]
    assert "operational" == measured(calm + slow[:2], baselines_ms=baselines_ms)[0]


def test_rule_3_each_bin_is_judged_by_the_baseline_of_its_own_hour():
    """The evening is slow every day, so the evening's latency is no news."""
    evening = {T0: 50.0, T0 + HOUR_S: 150.0}
    own = bins(*CLEAN, rtt_ms=50) + bins(*CLEAN, first=12, rtt_ms=150)
    assert "operational" == measured(own, baselines_ms=evening)[0]
    assert "degraded" == measured(own, baselines_ms=USUAL_50_MS)[0]


@pytest.mark.parametrize(
    ("expected", "peer"),
    [
        ("outage", bins(60, first=12)),
        ("degraded", bins(40, first=12)),
        ("degraded", bins(60, first=11)),
        ("degraded", []),
    ],
    ids=["agrees", "loses less", "an earlier bin", "silent"],
)
def test_rule_3_one_dead_bin_is_an_outage_where_another_agrees(expected, peer):
    assert expected == measured(bins(*CLEAN, 100), peers=[peer])[0]
    assert "degraded" == measured(bins(*CLEAN, 99), peers=[peer])[0]


def test_rule_3_one_dead_bin_of_few_packets_is_never_operational():
    """With five packets a bin no window holds 60; one packet alone still proves nothing."""
    few = [bin_(n, lost=5 * (n == 5), sent=5, expected=5) for n in range(6)]
    assert ("degraded", "ALL_LOST") == measured(few)
    assert ("outage", "OUTAGE_CONFIRMED") == measured(few, peers=[bins(60, first=5)])


@pytest.mark.parametrize(
    ("expected", "now"), [(("operational", None), 14), (("unknown", "stale"), 15)]
)
def test_rule_5_a_route_without_fresh_bins_is_unknown_whatever_it_was(expected, now):
    for lost in (0, 100):
        status = status_of(bins(*[lost] * 12), now)
        state = expected[0] if not lost or expected[1] else "outage"
        assert (state, expected[1]) == (status.measured, status.reason)


def test_rule_5_a_state_says_until_when_it_holds():
    status = status_of(bins(*CLEAN), 13)
    assert T0 + HOUR_S == status.observed_until
    assert T0 + HOUR_S + 900 == status.valid_until
    assert status_of(bins(*CLEAN), 15).valid_until is None


def test_rule_5_an_old_route_is_stale_and_one_never_measured_has_no_data():
    old = status_of(bins(0), 12 * 24 * 5)
    assert (State.UNKNOWN, Unknown.STALE) == (old.measured, old.reason)
    assert T0 + BIN_S == old.observed_until
    assert Unknown.NO_DATA is status_of([]).reason


def test_rule_5_a_prober_that_fails_is_blind_at_once():
    status = status_of([*bins(*CLEAN), bin_(12, sent=0, blind=True)])
    assert (State.UNKNOWN, Unknown.BLIND) == (status.measured, status.reason)
    assert T0 + HOUR_S == status.observed_until


@pytest.mark.parametrize(
    ("expected", "controls"),
    [
        (("operational", None), [bins(*[0] * 15)]),
        (("operational", None), [bins(*[9] * 15)]),
        (("unknown", Unknown.BLIND), [bins(*CLEAN, 10, 10, 10)]),
        (("unknown", Unknown.STALE), [bins(*CLEAN)]),
        (("operational", None), [bins(*CLEAN, 10, 10, 10), bins(*[0] * 15)]),
        (("unknown", Unknown.BLIND), [bins(*CLEAN, 10, 10, 10), bins(*CLEAN)]),
        (("unknown", Unknown.STALE), [[]]),
    ],
    ids=["good", "good enough", "bad", "silent", "one of two bad", "bad and silent", "never"],
)
def test_rule_5_a_probe_sees_as_long_as_a_control_target_is_good(expected, controls):
    status = status_of(bins(*[0] * 15), controls=controls)
    assert expected == (status.measured, status.reason)


@pytest.mark.parametrize("control", [bins(*CLEAN, *[10] * 3), bins(*CLEAN)], ids=["bad", "silent"])
def test_rule_5_a_bad_control_target_and_a_silent_one_do_the_same_at_the_same_time(control):
    own = bins(*[0] * 15)
    assert [State.OPERATIONAL, State.UNKNOWN] == [
        status_of(own, now, controls=[control]).measured for now in (14, 15)
    ]
    assert T0 + HOUR_S == status_of(own, 14, controls=[control]).observed_until


def test_rule_5_a_blind_probe_raises_no_outage():
    status = status_of(bins(*CLEAN, *[100] * 6), controls=[bins(*CLEAN, *[100] * 6)])
    assert (State.UNKNOWN, Unknown.BLIND) == (status.measured, status.reason)


def test_after_a_gap_all_begins_again():
    own = bins(*CLEAN) + bins(2, 2, 2, 2, first=15)
    assert Unknown.STALE is status_of(own).reason
    assert "operational" == measured(own + bins(*[0] * 5, first=19))[0]


def test_bins_before_a_gap_are_no_run_with_those_after_it():
    assert "degraded" == measured(bins(*CLEAN, 60, None, None, None, 60))[0]
    assert "outage" == measured(bins(*CLEAN, 60, None, None, 60))[0]


def test_what_was_decided_counts_for_24_hours():
    own = bins(*[0] * 5, *[2] * 288)
    assert "operational" == measured(own[:292])[0]
    status = status_of(own)
    assert (State.UNKNOWN, Unknown.UNDECIDED) == (status.measured, status.reason)


def test_an_old_raise_leaves_the_24_hours_without_leaving_operational_behind():
    own = bins(*[0] * 5, 20, 20, 20, *[2] * 300)
    assert "degraded" == measured(own[: 7 + 288])[0]
    status = status_of(own)
    assert (State.UNKNOWN, Unknown.UNDECIDED) == (status.measured, status.reason)


def test_a_bin_that_is_not_over_is_not_judged():
    own = bins(*CLEAN, 100)
    assert "operational" == status_of(own, 12).measured
    assert "degraded" == measured(own, 13)[0]


def test_a_state_tells_its_first_bin():
    assert T0 + 13 * BIN_S == status_of(bins(*CLEAN, 20, 20, 20)).since
    assert T0 + 4 * BIN_S == status_of(bins(*CLEAN)).since


def test_a_state_older_than_the_replay_tells_no_first_bin():
    assert status_of(bins(*[0] * 600)).since is None


# --- Rule 6 -----------------------------------------------------------------------------------


def test_rule_6_outage_is_worse_than_degraded_than_unknown_than_maintenance():
    order = ["outage", "degraded", "unknown", "maintenance", "operational"]
    assert order == sorted(State, key=lambda state: -state.severity)
    assert State.UNKNOWN is worst([State.OPERATIONAL, State.UNKNOWN, State.MAINTENANCE])
    assert State.UNKNOWN is worst([])


def notice(severity, *routes, started=T0, ended=None):
    return Notice("2024-06-20-test", frozenset(routes), severity, started, ended)


@pytest.mark.parametrize(
    ("shown", "said", "lost"),
    [
        (State.OUTAGE, State.OUTAGE, 0),
        (State.DEGRADED, State.DEGRADED, 0),
        (State.MAINTENANCE, State.MAINTENANCE, 0),
        (State.OUTAGE, State.DEGRADED, 100),
        (State.OUTAGE, State.MAINTENANCE, 100),
    ],
)
def test_rule_6_a_person_raises_a_state_and_never_lowers_it(shown, said, lost):
    one = notice(said, "tokyo-shanghai")
    status = status_of(bins(*[lost] * 12), notices=[one])
    assert (shown, (one,)) == (status.state, status.notices)
    assert {0: State.OPERATIONAL, 100: State.OUTAGE}[lost] is status.measured


def test_rule_6_a_notice_that_is_over_says_nothing():
    over = notice(State.OUTAGE, "tokyo-shanghai", ended=T0 + HOUR_S)
    assert State.OPERATIONAL is status_of(bins(*CLEAN), notices=[over]).state
    early = notice(State.OUTAGE, "tokyo-shanghai", started=T0 + HOUR_S + 1)
    assert State.OPERATIONAL is status_of(bins(*CLEAN), notices=[early]).state


def network(**lost):
    watched = [Watched(route, (), (), 60, LIMITS) for route in lost]
    return statuses(
        watched,
        {route: bins(*n) if isinstance(n, list) else bins(*[n] * 12) for route, n in lost.items()},
        {},
        (),
        T0 + HOUR_S,
    )


@pytest.mark.parametrize(
    ("state", "routes", "key"),
    [
        (State.OPERATIONAL, {"a": 0, "b": 0}, {"a"}),
        (State.OUTAGE, {"a": 100, "b": 0}, {"a"}),
        (State.OPERATIONAL, {"a": 0, "b": 100}, {"a"}),
        (State.UNKNOWN, {"a": 0, "b": []}, {"a", "b"}),
        (State.DEGRADED, {"a": 20, "b": []}, {"a", "b"}),
        (State.OUTAGE, {"a": 0, "b": 100}, set()),
        (State.UNKNOWN, {}, set()),
    ],
)
def test_rule_6_the_headline_is_never_better_than_its_worst_key_route(state, routes, key):
    top = headline(network(**routes).values(), key, (), T0 + HOUR_S)
    assert state is top.state


def test_rule_6_an_incident_of_any_route_raises_the_headline():
    members = network(a=0, b=0).values()
    said = [notice(State.DEGRADED, "b"), notice(State.MAINTENANCE, "b")]
    assert State.DEGRADED is headline(members, {"a"}, said, T0 + HOUR_S).state
    assert State.OPERATIONAL is headline(members, {"a"}, said[1:], T0 + HOUR_S).state


def test_the_headline_holds_as_long_as_its_oldest_key_route():
    members = network(a=0, b=[0] * 11).values()
    top = headline(members, {"a", "b"}, (), T0 + HOUR_S)
    assert (T0 + 55 * 60, T0 + 70 * 60) == (top.observed_until, top.valid_until)


def test_the_opposite_direction_counts_only_while_its_own_probe_sees():
    watched = [
        Watched("there", (), ("back",), 60, LIMITS),
        Watched("back", ("far",), ("there",), 60, LIMITS),
    ]
    seen = {"there": bins(*CLEAN, 100), "back": bins(*CLEAN, 100), "far": bins(*CLEAN, 0)}
    blind = seen | {"far": bins(*CLEAN, 100)}
    end = T0 + 13 * BIN_S
    assert State.OUTAGE is statuses(watched, seen, {}, (), end)["there"].measured
    assert State.DEGRADED is statuses(watched, blind, {}, (), end)["there"].measured


# --- Limits -----------------------------------------------------------------------------------


def test_limits_of_a_route_replace_those_of_the_rules():
    tolerant = Thresholds(loss=0.2, bin_loss=0.3)
    assert State.DEGRADED is status_of(bins(*[15] * 12)).measured
    assert State.UNKNOWN is status_of(bins(*[15] * 12), limits=tolerant).measured


def test_the_replay_needs_no_more_than_it_says():
    own = bins(*[0] * 200, *[20] * 20, *[2] * 500)
    end = T0 + 720 * BIN_S
    short = [b for b in own if b.start >= end - NEEDED_S]
    assert status_of(own, 720).measured is status_of(short, 720).measured
    assert all(step.rule is not Rule.STALE for step in status_of(own, 720).steps)
