"""From the history to what is known: changes are recorded once, whatever the clock did."""

import pytest

from network_status.history import History
from network_status.model import BIN_S, HOUR_S, State
from network_status.watching import forget_early, watch
from tests.network_status.builders import T0, measurement
from tests.network_status.pictures import network

CLEAN, DEAD = (0,) * 12, (20,) * 12


@pytest.fixture
def history(tmp_path):
    with History(tmp_path / "status.sqlite", T0) as history:
        yield history


def measured(history, *lost, first=0, now=None):
    """Add bins in a row that lost so many of 20."""
    found = [
        measurement(number=number, lost=n, expected=20) for number, n in enumerate(lost, first)
    ]
    history.add(found, T0 + (first + len(lost)) * BIN_S if now is None else now)


def told(history, slot):
    """What is told of at the end of a slot after T0: (slot, state) of each change."""
    kept = watch(network(), history, (), T0 + slot * BIN_S)
    return [((event.at - T0) // BIN_S, event.state) for event in kept.events]


DOWN = (12, State.DEGRADED)


def test_changes_are_recorded_once_and_stay(history):
    measured(history, *CLEAN, 20, 20)
    assert [] == told(history, 12)
    outage = (13, State.OUTAGE)
    assert [DOWN, outage] == told(history, 14) == told(history, 14)


def test_after_a_clock_ran_ahead_changes_are_told_again(history):
    """What it judged of a time that had not come is forgotten; else all were silent until then."""
    measured(history, *CLEAN)
    assert State.UNKNOWN is told(history, 12 + 9 * 12)[-1][1]
    measured(history, 20, 20, 20, first=12)
    assert [] == told(history, 14)
    assert [(14, State.OUTAGE)] == told(history, 15)


def test_a_build_of_an_earlier_time_forgets_nothing(history):
    """It sees what was known then, and what is known now stays recorded."""
    measured(history, *CLEAN, *DEAD)
    later = told(history, 24)
    assert [] == told(history, 12)
    assert later == told(history, 24)


def test_bins_of_a_time_that_has_not_come_are_forgotten(history):
    """By the refresh as well: a prober that ran ahead and died does not take them back."""
    measured(history, *CLEAN, *CLEAN)
    forget_early(history, T0 + HOUR_S)
    later = watch(network(), history, (), T0 + 2 * HOUR_S).statuses["tokyo-shanghai"]
    assert State.UNKNOWN is later.state


def test_what_lies_more_than_a_day_ahead_is_kept(history):
    """There it may be this clock that is wrong."""
    measured(history, *CLEAN)
    before = history.newest()
    forget_early(history, T0 - 2 * 86_400)
    assert before == history.newest()


def test_what_lies_in_the_future_keeps_no_route_fresh(history):
    """Bins of a clock that ran ahead say nothing before their time."""
    measured(history, *CLEAN, *(0,) * 12, first=0)
    kept = watch(network(), history, (), T0 + HOUR_S)
    assert T0 + HOUR_S == kept.statuses["tokyo-shanghai"].observed_until
