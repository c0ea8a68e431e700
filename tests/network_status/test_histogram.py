"""Round-trip times: what goes into the buckets comes out of them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network_status import histogram
from network_status.model import NO_TIMES

rtts_ms = st.floats(0.06, 12_000)
filled = st.lists(rtts_ms, min_size=1, max_size=60)
histograms = st.lists(rtts_ms, max_size=30).map(histogram.of_values)


@given(filled, st.floats(0, 1))
def test_a_quantile_is_off_by_five_per_cent_at_most(values, quantile):
    exact = sorted(values)[max(1, math.ceil(quantile * len(values))) - 1]
    found = histogram.quantile_ms(histogram.of_values(values), quantile)
    assert found == pytest.approx(exact, rel=0.05)


@given(histograms, histograms, histograms)
def test_merging_does_not_depend_on_the_order(a, b, c):
    assert histogram.merge([a, b]) == histogram.merge([b, a])
    assert histogram.merge([histogram.merge([a, b]), c]) == histogram.merge([a, b, c])


@given(filled, filled)
def test_merged_times_are_those_of_all_values(one, other):
    merged = histogram.merge([histogram.of_values(one), histogram.of_values(other)])
    assert histogram.of_values(one + other) == merged
    assert len(one) + len(other) == histogram.count(merged)


@given(filled, st.integers(0, 59), st.integers(0, 20))
def test_losing_a_packet_never_lowers_the_median_that_counts_losses(values, which, lost):
    before = histogram.median_with_lost_ms(histogram.of_values(values), lost)
    values.pop(which % len(values))
    after = histogram.median_with_lost_ms(histogram.of_values(values), lost + 1)
    assert after >= before


def test_a_median_that_counts_losses_is_the_plain_one_where_nothing_is_lost():
    times = histogram.of_values([40, 50, 60])
    assert histogram.quantile_ms(times, 0.5) == histogram.median_with_lost_ms(times, 0)
    assert math.inf == histogram.median_with_lost_ms(times, 4)
    assert histogram.median_with_lost_ms(NO_TIMES, 0) is None


@given(st.lists(st.floats(1, 1000), min_size=5, max_size=5), st.integers(100, 5000))
def test_quantiles_that_a_server_told_come_out_as_they_went_in(values, count):
    told = list(zip((0.05, 0.25, 0.5, 0.75, 0.95), sorted(values), strict=True))
    times = histogram.of_quantiles(told, count)
    assert count == histogram.count(times)
    for quantile, rtt_ms in told:
        assert rtt_ms == pytest.approx(histogram.quantile_ms(times, quantile), rel=0.05)


def test_no_times_have_no_quantile():
    assert histogram.quantile_ms(NO_TIMES, 0.5) is None
    assert NO_TIMES == histogram.of_quantiles([(0.5, 50.0)], 0)
    assert NO_TIMES == histogram.of_quantiles([], 7)


def test_a_histogram_is_five_bytes_for_each_bucket_in_use():
    assert 5 == len(histogram.of_values([50] * 1000))
    assert b"\x8d\x01\x00\x00\x00" == histogram.of_values([50])


@pytest.mark.parametrize(("rtt_ms", "bucket"), [(0.0, 0), (0.05, 0), (1e6, 255)])
def test_times_out_of_range_count_in_the_last_bucket(rtt_ms, bucket):
    assert bucket == histogram.bucket_of(rtt_ms)
