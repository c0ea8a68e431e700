"""What bins and hours amount to."""

from datetime import timedelta, timezone

import pytest

from network_status.days import between
from network_status.model import BIN_S, DAY_S, HOUR_S, HourBin, Loss
from network_status.summary import (
    Availability,
    Saying,
    availability,
    baselines_ms,
    coverage,
    day,
    day_spans,
    loss_by_weekday_and_hour,
    median_ms,
    quantiles_ms,
    sighted_hours,
    statement,
    window,
)
from tests.network_status.builders import T0, bin_, bins, times

JAPAN = timezone(timedelta(hours=9))
ALL = 0xFFF


def hour(number=0, valid=ALL, good=ALL, sent=1200, lost=0, rtt_ms=50.0):
    start = T0 + number * HOUR_S
    return HourBin(start, sent, lost, 1200, valid, good, times(sent - lost, rtt_ms))


# --- Windows ----------------------------------------------------------------------------------


def test_a_window_counts_the_valid_bins_that_lie_wholly_in_it():
    own = [*bins(50, 1, 2, 3), bin_(4, 9, sent=10)]
    assert Loss(200, 5) == window(own, T0 + 5 * BIN_S, 15)
    assert Loss(400, 56) == window(own, T0 + 5 * BIN_S, 60)
    assert Loss(0, 0) == window(own, T0, 15)


def test_quantiles_are_those_of_all_times_together():
    own = [bin_(0, rtt_ms=20.0), bin_(1, rtt_ms=50.0), bin_(2, rtt_ms=160.0)]
    assert [20, 50, 160] == pytest.approx(quantiles_ms(own, (0.1, 0.5, 0.9)), rel=0.05)
    assert median_ms(bins(100, 100)) is None


def test_coverage_is_the_share_of_time_that_was_measured():
    assert 0.75 == coverage([*bins(0, 100, 0), bin_(3, sent=9)], (T0, T0 + 4 * BIN_S))


@pytest.mark.parametrize(
    ("expected", "sent", "lost"),
    [
        ((Saying.NOTHING_SENT, None), 0, 0),
        ((Saying.NONE_LOST, 0.15), 20, 0),
        ((Saying.NONE_LOST, 0.0125), 240, 0),
        ((Saying.NONE_LOST, 1.0), 1, 0),
        ((Saying.TOO_FEW, None), 59, 1),
        ((Saying.RATE, 1 / 60), 60, 1),
        ((Saying.RATE, 0.1), 20, 2),
    ],
)
def test_rule_8_small_numbers_say_no_more_than_they_prove(expected, sent, lost):
    said = statement(Loss(sent, lost))
    assert expected == (said.saying, said.ratio)


# --- Baselines --------------------------------------------------------------------------------


def test_a_baseline_is_the_median_of_the_same_hour_over_14_days():
    """Older days, other hours and the hour itself have no say."""
    past = [hour(-24 * day, rtt_ms=50 if day % 2 else 60) for day in range(1, 14)]
    noise = [hour(-24 * 15, rtt_ms=900), hour(0, rtt_ms=900), hour(-1, rtt_ms=900)]
    usual = baselines_ms([*past, *noise], (T0, T0 + HOUR_S))
    assert {T0: pytest.approx(50, rel=0.03)} == usual


def test_two_days_are_no_baseline():
    two = [hour(-24), hour(-48)]
    assert {} == baselines_ms(two, (T0, T0 + HOUR_S))
    assert T0 in baselines_ms([*two, hour(-72)], (T0, T0 + HOUR_S))


def test_a_day_of_fault_does_not_move_a_baseline():
    past = [hour(-24 * day) for day in range(2, 14)]
    calm = baselines_ms(past, (T0, T0 + 1))
    assert calm == baselines_ms([*past, hour(-24, rtt_ms=900)], (T0, T0 + 1))


# --- Availability -----------------------------------------------------------------------------

DAY = (T0, T0 + DAY_S)


def test_rule_9_availability_is_good_of_observed_minutes_with_its_coverage():
    two = [hour(0, valid=0b1111, good=0b0111), hour(1)]
    told = availability(two, DAY).planned_in
    assert Availability(75, 80, 1440) == told
    assert (0.9375, 80 / 1440) == (told.ratio, told.coverage)


def test_rule_9_silence_is_neither_good_nor_bad():
    told = availability([], DAY).planned_in
    assert (None, 0.0) == (told.ratio, told.coverage)


def test_rule_9_planned_periods_are_counted_in_and_out():
    bad = [hour(0), hour(1, good=0b111111)]
    planned = [(T0 + HOUR_S + 30 * 60, T0 + 3 * HOUR_S)]
    told = availability(bad, (T0, T0 + 2 * HOUR_S), planned)
    assert Availability(90, 120, 120) == told.planned_in
    assert Availability(90, 90, 90) == told.planned_out


def test_a_span_within_an_hour_counts_its_own_bins():
    told = availability([hour(0, good=0b111)], (T0 + 10 * 60, T0 + 20 * 60)).planned_in
    assert Availability(5, 10, 10) == told


def test_five_minutes_with_one_packet_lost_of_twenty_are_good():
    """Rule 8 once more: one of twenty is no 5 %."""
    assert bin_(0, lost=1, sent=20, expected=20).good
    assert not bin_(0, lost=2, sent=20, expected=20).good
    assert not bin_(0, lost=2).good
    assert bin_(0, lost=1).good
    assert not bin_(0, lost=1, sent=1, expected=1).good
    assert not bin_(0, sent=0, expected=0).good


def test_a_blind_night_is_not_observed():
    own = [hour(0, good=0, lost=1200), hour(1)]
    control = [hour(0, valid=ALL, good=0), hour(1)]
    seen = sighted_hours(own, [control])
    assert Availability(60, 60, 120) == availability(seen, (T0, T0 + 2 * HOUR_S)).planned_in
    assert [0, 1200] == [one.sent for one in seen]
    assert own == sighted_hours(own, [])
    assert own == sighted_hours(own, [control, [hour(0), hour(1)]])


# --- Days and hours of the week ---------------------------------------------------------------


def test_days_are_those_of_the_zone_and_today_is_as_long_as_it_is():
    """15:00 UTC is midnight in Japan."""
    hours = [hour(number, lost=12 if number == 15 else 0) for number in range(18)]
    yesterday, today = (
        day(between(hours, *span), span) for span in day_spans(JAPAN, T0 + 18 * HOUR_S, 2)
    )
    assert (T0 - 9 * HOUR_S, T0 + 15 * HOUR_S) == yesterday.span
    assert (T0 + 15 * HOUR_S, T0 + 18 * HOUR_S) == today.span
    assert (Loss(15 * 1200, 0), Loss(3 * 1200, 12)) == (yesterday.loss, today.loss)
    assert (180, 1.0) == (
        today.availability.planned_in.total_min,
        today.availability.planned_in.coverage,
    )


def test_loss_by_hour_of_the_week_adds_up_28_days_in_a_zone():
    """20 June 2024, 00:00 UTC, was a Thursday, nine o'clock in Japan."""
    hours = [hour(-24 * 7 * week, lost=12) for week in range(6)]
    table = loss_by_weekday_and_hour(hours, JAPAN, T0 + HOUR_S)
    assert Loss(4 * 1200, 48) == table[3][9]
    assert 1 == sum(cell.sent > 0 for row in table for cell in row)
    assert (7, 24) == (len(table), len(table[0]))
