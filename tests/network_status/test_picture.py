"""A picture decides nothing better than what was measured."""

import pytest

from network_status.incidents import Stage, Update
from network_status.model import BIN_S, DAY_S, HOUR_S, Notice, State
from network_status.summary import total
from tests.network_status.builders import bin_
from tests.network_status.pictures import (
    NOW,
    hour,
    hours,
    lost,
    named,
    network,
    picture,
    report,
    route,
)


def points(name, measured=None, past=None):
    (one,) = picture(measured, past={"tokyo-shanghai": past or []}).routes
    (chart,) = [chart for chart in one.charts if chart.name == name]
    return chart.points


@pytest.mark.parametrize(
    ("name", "count", "step_s"),
    [("3h", 36, 300), ("30h", 120, 900), ("10d", 120, 7200)],
)
def test_each_span_has_its_steps_and_reaches_to_now(name, count, step_s):
    found = points(name)
    assert (count, step_s) == (len(found), found[0].end - found[0].start)
    assert found[-1].start < NOW <= found[-1].end


def test_ninety_days_are_those_of_the_calendar_in_japan():
    found = points("90d")
    assert 90 == len(found)
    assert (NOW - 9 * HOUR_S, NOW) == (found[-1].start, found[-1].end)


def test_a_step_with_less_than_half_of_its_time_observed_is_no_data():
    assert not points("30h", {"tokyo-shanghai": lost(0, None, None)})[-1].measured
    assert points("30h", {"tokyo-shanghai": lost(0, 0, None)})[-1].measured


def test_a_bin_that_no_control_target_vouches_for_is_in_no_chart():
    of = network(controls=("tokyo",))
    blind = {"tokyo-shanghai": lost(*(0,) * 12), "tokyo-control": lost(*(50,) * 12)}
    (one,) = picture(blind, of=of).routes
    assert State.UNKNOWN is one.status.state
    assert not any(point.measured for point in one.charts[0].points)
    assert 0 == one.hour.sent


def test_a_groups_heading_is_no_better_than_any_of_its_routes():
    """Key routes decide the headline only."""
    of = network(route("tokyo-shanghai"), route("shanghai-tokyo", key=False))
    seen = picture({"tokyo-shanghai": lost(*(0,) * 12), "shanghai-tokyo": lost(100, 100)}, of=of)
    assert State.OUTAGE is seen.groups[0].headline.state
    assert State.OPERATIONAL is seen.headline.state


def test_an_invalid_bin_is_no_data():
    own = {"tokyo-shanghai": [*lost(*(0,) * 11, None), bin_(DAY_S // BIN_S - 1, sent=49)]}
    assert not points("3h", own)[-1].measured


def test_what_is_shaded_lies_within_the_chart():
    long_ago = report(
        notice=Notice("n", frozenset({"tokyo-shanghai"}), State.DEGRADED, NOW - 9 * DAY_S)
    )
    (one,) = picture(reports=(long_ago,)).routes
    assert [((NOW - 3 * HOUR_S, NOW), State.DEGRADED)] == list(one.charts[0].shaded)


def test_planned_work_counts_in_and_out_of_availability():
    work = report(
        notice=Notice(
            "n", frozenset({"tokyo-shanghai"}), State.MAINTENANCE, NOW - 2 * HOUR_S, NOW - HOUR_S
        ),
        updates=(Update(NOW - DAY_S, Stage.SCHEDULED, named("予定", "Planned")),),
    )
    past = hours(1)
    past[-2] = hour(past[-2].start, lost=600, good=0)
    (one,) = picture(past={"tokyo-shanghai": past}, reports=(work,)).routes
    both = one.availability
    assert (23 / 24, 1.0) == (both.planned_in.ratio, both.planned_out.ratio)


def test_a_report_is_not_known_before_it_is_published():
    later = report(updates=(Update(NOW + 60, Stage.INVESTIGATING, named("後", "later")),))
    assert () == picture(reports=(later,)).reports


def test_the_headline_is_never_better_than_the_worst_key_route():
    of = network(route("tokyo-shanghai"), route("tokyo-dalian"))
    measured = {"tokyo-shanghai": lost(*(0,) * 12), "tokyo-dalian": []}
    assert State.UNKNOWN is picture(measured, of=of).headline.state


def test_a_failing_source_is_shown_and_the_states_stay():
    of = picture(failing=(("sample", "slow: no answer"),))
    assert ["sample"] == [health.source for health in of.failing]
    assert State.OPERATIONAL is of.headline.state


def test_counts_of_charts_and_windows_agree():
    (one,) = picture({"tokyo-shanghai": lost(*(1,) * 12)}).routes
    assert one.hour == total(point.loss for point in one.charts[0].points)
