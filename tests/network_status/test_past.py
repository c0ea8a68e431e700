"""A finished day is summed up once, and nobody could tell."""

import sqlite3
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from network_status import histogram
from network_status.history import History
from network_status.incidents import Stage, Update
from network_status.model import BIN_S, DAY_S, HOUR_S, Notice, State
from network_status.picture import take
from network_status.summary import baselines_ms
from network_status.watching import watch
from tests.network_status.builders import T0, measurement
from tests.network_status.pictures import named, network, report, route

OF = network(route("tokyo-shanghai"), route("shanghai-tokyo", key=False), controls=("tokyo",))
SERIES = ("tokyo-shanghai", "shanghai-tokyo", "tokyo-control")
SLOTS = DAY_S // BIN_S
WORK = report(
    slug="2024-06-18-work",
    notice=Notice(
        "2024-06-18-work",
        frozenset({"tokyo-shanghai"}),
        State.MAINTENANCE,
        T0 - 40 * HOUR_S,
        T0 - 38 * HOUR_S,
    ),
    updates=(Update(T0 - 50 * HOUR_S, Stage.SCHEDULED, named("作業", "Work")),),
)

runs = st.tuples(
    st.sampled_from(SERIES),
    st.integers(-20 * SLOTS, SLOTS),  # where a run of bins begins, in slots after T0
    st.integers(1, 40),
    st.sampled_from([0, 1, 30, 100]),
    st.sampled_from([40.0, 90.0]),
)
"""Bins in a row of one series, all alike."""
pulls = st.lists(st.lists(runs, max_size=4), min_size=1, max_size=3)
"""What each pull brings, some of it for days that are long over."""


def measurements(found, round_="r"):
    return [
        measurement(series, number, round_, 100, lost, rtt_ms=rtt_ms)
        for series, first, count, lost, rtt_ms in found
        for number in range(first, first + count)
    ]


def pictures(history, reports, now, of=OF):
    """The picture with what was kept of finished days, and the same made of all hours anew."""
    notices = [one.notice for one in reports]
    kept = watch(of, history, notices, now)
    hours = history.hours(0)
    anew = replace(kept, hours=hours, past={})
    for series, found in kept.baselines_ms.items():
        span = (min(found, default=now), now + HOUR_S)
        assert found == baselines_ms(hours.get(series, ()), span)
    return take(of, kept, reports, now), take(of, anew, reports, now)


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(pulls, st.integers(0, 3 * SLOTS), st.booleans())
def test_law_what_is_kept_of_a_day_is_what_the_day_gives_anew(tmp_path_factory, made, ahead, work):
    """Whatever comes late, and whatever is planned afterwards."""
    path = tmp_path_factory.mktemp("history") / "status.sqlite"
    reports = (WORK,) if work else ()
    with History(path, T0) as history:
        for number, found in enumerate(made):
            now = T0 + (ahead + number) * BIN_S + 7
            history.add(measurements(found), now)
            seen, anew = pictures(history, reports if number else (), now)
            assert anew == seen


@pytest.fixture
def path(tmp_path):
    return tmp_path / "status.sqlite"


@pytest.fixture
def history(path):
    with History(path, T0) as history:
        history.add(measurements([(s, -5 * SLOTS, 5 * SLOTS, 0, 40.0) for s in SERIES]), T0)
        yield history


def worst_day(history, now=T0, of=OF):
    seen, anew = pictures(history, (), now, of)
    assert anew == seen
    return max(one.grade.severity for one in seen.routes[0].days[-4:])


def test_a_store_with_counts_that_cannot_be_breaks_no_build(path):
    """As of a program that took any number; the day's sum is beyond 32 bits."""
    with History(path, T0) as history:
        history.add(
            (
                measurement("tokyo-shanghai", number, "wild", 4_000_000_000, lost=1_000)._replace(
                    rtt=histogram.of_buckets({150: 4_000_000_000})
                )
                for number in range(-2 * SLOTS, 0)
            ),
            T0,
        )
        seen, anew = pictures(history, (), T0, network(route("tokyo-shanghai")))
        assert anew == seen
        assert 4_000_000_000 * SLOTS == seen.routes[0].days[-2].day.loss.sent


def test_what_arrives_late_changes_its_day(history):
    worst_day(history)
    late = [
        ("tokyo-shanghai", -3 * SLOTS, 12, 100, 40.0),
        ("tokyo-control", -3 * SLOTS, 12, 0, 9.0),
    ]
    history.add(measurements(late, "late"), T0)
    assert State.OPERATIONAL.severity < worst_day(history)


def test_another_control_target_changes_the_days_it_vouches_for(history):
    """The bins of the new one are missing: what it does not vouch for is unknown."""
    other = network(route("tokyo-shanghai"), controls=("tokyo",))
    control = other.controls[0].model_copy(update={"id": "new-control"})
    worst_day(history)
    changed = other.model_copy(update={"controls": (control,)})
    assert State.UNKNOWN.severity == worst_day(history, of=changed)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE kept SET value = zeroblob(length(value))",
        "UPDATE kept SET value = substr(value, 1, length(value) / 2)",
        "UPDATE kept SET value = x''",
        "UPDATE kept SET stamp = 'other'",
        "DELETE FROM kept",
    ],
)
def test_what_is_damaged_or_of_other_code_is_summed_up_anew(history, path, damage):
    before = pictures(history, (), T0)
    with sqlite3.connect(path) as db:
        assert db.execute(damage).rowcount > 0
    db.close()
    assert before == pictures(history, (), T0)


def test_a_second_look_keeps_nothing_new(history):
    """Only today is summed up again."""
    pictures(history, (), T0)
    before = history.kept_days()
    pictures(history, (), T0 + HOUR_S)
    assert before == history.kept_days()


def test_what_is_kept_does_not_grow_for_ever(history):
    pictures(history, (), T0)
    later = T0 + 120 * DAY_S
    history.add([measurement(number=120 * SLOTS - back) for back in (1, SLOTS + 1)], later)
    pictures(history, (), later)
    oldest = {start for days in history.kept_days().values() for _, start in days}
    assert min(oldest) >= later - 93 * DAY_S
