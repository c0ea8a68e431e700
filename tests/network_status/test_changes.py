"""Changes of state: what is recorded, and what of it is one incident (status rule 7)."""

from itertools import accumulate, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network_status.changes import incidents, new_events, told, unrests
from network_status.model import BIN_S, HOUR_S, Event, State, Unknown
from network_status.status import Observed, replay
from tests.network_status.builders import LIMITS, T0, bins, status_of

UP, DOWN, GAP = (0,) * 5, (100,) * 2, (None,) * 3


@pytest.mark.parametrize(
    ("unstable", "runs"),
    [
        (False, (*UP, *DOWN, *UP)),
        (True, (*UP, *DOWN, *UP, *DOWN, *UP)),
        (True, (*UP, *GAP, *UP, *GAP, *UP)),
        (False, (*UP, *DOWN, *UP, *DOWN, *[0] * 72)),
    ],
    ids=["down once", "down twice", "gaps count", "long ago"],
)
def test_rule_7_four_changes_in_six_hours_are_unstable(unstable, runs):
    assert unstable is status_of(bins(*runs)).unstable


def events_of(*lost, recorded=None, judged=0):
    steps = replay(Observed(bins(*lost)), LIMITS, T0 + len(lost) * BIN_S, T0)
    return list(new_events("r", steps, recorded, judged))


def test_an_event_is_a_change_of_state_with_its_first_bin():
    log = events_of(*UP, *DOWN, *UP)
    assert [
        ("r@1718842800", "operational"),
        ("r@1718843100", "degraded"),
        ("r@1718843400", "outage"),
        ("r@1718844900", "operational"),
    ] == [(event.id, event.state) for event in log]
    assert State.OUTAGE is log[-1].before


def test_the_log_of_a_route_begins_with_its_first_decision():
    assert [] == events_of(*UP[1:])
    [first] = events_of(*UP)
    assert (State.UNKNOWN, State.OPERATIONAL) == (first.before, first.state)
    assert [] == incidents([first])


@given(first=st.integers(0, 40), judged=st.integers(0, 60))
def test_a_history_begun_anew_tells_of_nothing_that_was_not(first, judged):
    """Its source still has the last hours: what is told was told before, or is left out."""
    lost = [*UP, *[0] * 12, *DOWN, *[0] * 20, *DOWN, *[0] * 12]
    before = {(event.at, event.state) for event in events_of(*lost)}
    own = bins(*lost)[first:]
    steps = replay(Observed(own), LIMITS, T0 + len(lost) * BIN_S, own[0].start)
    anew = told(new_events("r", steps, None, T0 + judged * BIN_S))
    assert {(event.at, event.state) for event in anew} <= before


def test_bins_that_arrive_late_change_no_event_but_are_followed_by_one():
    """The page said unknown, then the source told that all had been well."""
    gap = Event("r", T0 + 7 * BIN_S, State.OPERATIONAL, State.UNKNOWN, Unknown.STALE)
    [closing] = events_of(*[0] * 12, recorded=gap, judged=T0 + 10 * BIN_S)
    assert (T0 + 10 * BIN_S, State.UNKNOWN, State.OPERATIONAL) == (
        closing.at,
        closing.before,
        closing.state,
    )


def test_rule_7_changes_close_to_each_other_are_one_incident():
    once = events_of(*UP, *DOWN, *[0] * 90, *DOWN, *UP)
    assert [False, False] == [incident.unstable for incident in incidents(once)]
    [incident] = incidents(events_of(*UP, *DOWN, *UP, *DOWN, *UP))
    assert (True, State.OUTAGE, False) == (
        incident.unstable,
        incident.worst,
        incident.ended is None,
    )
    assert incidents(events_of(*UP, *DOWN))[0].ended is None


# --- Unstable times ---------------------------------------------------------------------------


def flaps(*hours):
    """A change at each of these hours after T0; the last leads to operational."""
    both = State.OPERATIONAL, State.DEGRADED
    states = [both[number % 2] for number in range(len(hours), -1, -1)]
    return [
        Event("r", T0 + int(hour * HOUR_S), before, after, None)
        for hour, (before, after) in zip(hours, pairwise(states), strict=True)
    ]


@pytest.mark.parametrize(
    ("expected", "hours"),
    [
        ([], (0, 1, 2)),
        ([], (0, 2, 4, 6)),
        ([(0, 11.9)], (0, 2, 4, 5.9)),
        ([(0, 14.5)], (0, 1, 2, 3, 8.5)),
        ([(0, 9), (20, 29)], (0, 1, 2, 3, 20, 21, 22, 23)),
        ([(9, 18)], (0, 5, 9, 10, 11, 12)),
        ([(0, 9)], (0, 1, 2, 3, 9, 16)),
    ],
    ids=[
        "three",
        "four in just six hours",
        "four in less",
        "and one more",
        "twice",
        "slow at first",
        "six quiet hours end it",
    ],
)
def test_rule_7_an_unstable_time_lasts_until_six_hours_without_a_change(expected, hours):
    found = unrests(flaps(*hours))
    assert expected == [((u.began - T0) / HOUR_S, (u.calm_at - T0) / HOUR_S) for u in found]


def test_rule_7_two_unstable_times_days_apart_are_two_incidents():
    found = incidents(flaps(0, 1, 2, 3, 72, 73, 74, 75))
    assert [(0, 3), (72, 75)] == [
        ((one.started - T0) / HOUR_S, (one.ended - T0) / HOUR_S) for one in found
    ]


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=14),
    st.lists(st.sampled_from(list(State)), min_size=15, max_size=15),
)
def test_what_was_said_of_an_unstable_time_stays_true_as_events_follow(gaps, states):
    """Its beginning, and which events are told one by one, never change any more."""
    chain = [state for state, after in pairwise(states) if state is not after]
    starts = accumulate(300 + 900 * gap for gap in gaps)
    log = [
        Event("r", T0 + at, before, after, None)
        for at, (before, after) in zip(starts, pairwise(chain), strict=False)
    ]
    for number in range(len(log)):
        early, late = unrests(log[:number]), unrests(log)
        assert [u.told for u in early] == [u.told for u in late[: len(early)]]
        for before, after in zip(early, late, strict=False):
            assert before.rest == after.rest[: len(before.rest)]
            over = before.calm_at <= log[number].at
            assert not over or before.calm_at == after.calm_at
