"""The sample measurements: what they hold, and that they stay where they are."""

from pathlib import Path

import pytest

from bench.recordings import LINES, day_of
from network_status import histogram, settings, status, summary
from network_status.errors import SourceError
from network_status.history import History
from network_status.model import BIN_S, DAY_S, HOUR_S, State, Unknown
from network_status.sources.contract import Span, Wanted
from network_status.sources.recording import (
    BLIND,
    CYCLE_DAYS,
    Recorded,
    RecordedSeries,
    Recording,
    pack,
    unpack,
)

CONTENT = Path(__file__).parents[2] / "content"
NETWORK = settings.load(CONTENT, ("ja", "en"))
CYCLE = 221 * CYCLE_DAYS
"""A day since the epoch on which the recording begins anew."""


def wanted(series="tokyo-shanghai"):
    return Wanted(series, RecordedSeries(series=series), 100)


def pulled(span, *wanted, content=CONTENT):
    source = Recording(id="sample")
    answers = {r: (content / r.address).read_bytes() for r in source.requests(wanted, span)}
    return list(source.measurements(wanted, span, answers))


def day(number, more=0):
    """The span of one day of the recording, in the cycle that begins at CYCLE."""
    return Span((CYCLE + number) * DAY_S, (CYCLE + number + 1) * DAY_S + more)


def test_the_recordings_are_those_that_the_maker_makes():
    for number, series in enumerate(LINES):
        data = (CONTENT / "status" / "recordings" / f"{series}.rec").read_bytes()
        for at in (number, 33, 61, 89):
            assert list(day_of(series, at)) == unpack(data, at)


def test_every_series_of_the_settings_is_recorded_and_no_other():
    named = {one.selector.series for one in NETWORK.wanted("sample")}
    files = {path.stem for path in (CONTENT / "status" / "recordings").iterdir()}
    assert set(LINES) == named == files


def test_all_recordings_take_less_than_two_megabytes():
    assert 2_000_000 > sum(p.stat().st_size for p in (CONTENT / "status" / "recordings").iterdir())


def test_a_day_is_the_same_whenever_it_is_pulled_and_comes_back_after_90():
    first = pulled(day(5), wanted())
    assert first == [m for m in pulled(day(5, DAY_S), wanted()) if m.start < day(6).since]
    later = pulled(day(5 + CYCLE_DAYS), wanted())
    assert [m._replace(start=m.start + CYCLE_DAYS * DAY_S) for m in first] == later


def test_only_bins_that_are_over_are_told():
    since = day(5).since
    [only] = pulled(Span(since + 1, since + 2 * BIN_S + 299), wanted())
    assert since + BIN_S == only.start


def test_times_and_losses_are_those_of_a_line_between_japan_and_china():
    noon = [m for m in pulled(day(4), wanted()) if m.start % DAY_S < 4 * HOUR_S]
    evening = [m for m in pulled(day(4), wanted()) if 13 <= m.start % DAY_S / HOUR_S < 15]
    for bins, least, most in ((noon, 40, 55), (evening, 45, 110)):
        median_ms = histogram.quantile_ms(histogram.merge(m.rtt for m in bins), 0.5)
        assert least < median_ms < most
    assert sum(m.lost for m in noon) / sum(m.sent for m in noon) < 0.005


def test_what_is_packed_comes_out_again():
    days = [[Recorded(100, n % 3, (140, 141, 141, 150, 160))] * 288 for n in range(CYCLE_DAYS)]
    days[7] = [Recorded(BLIND, 0, ()), Recorded(0, 0, ()), Recorded(100, 100, ())] * 96
    data = pack(days)
    assert days == [unpack(data, number) for number in range(CYCLE_DAYS)]


@pytest.mark.parametrize(
    "data", [b"", b"<html>", b"ATGKREC1", pack([[Recorded(9, 0, (1, 2, 3, 4, 5))] * 288] * 90)[:-9]]
)
def test_a_broken_recording_is_a_failed_source_and_never_a_loss(tmp_path, data):
    file = tmp_path / "status" / "recordings" / "tokyo-shanghai.rec"
    file.parent.mkdir(parents=True)
    file.write_bytes(data)
    with pytest.raises(SourceError, match=r"content/status/recordings/tokyo-shanghai\.rec"):
        pulled(day(89), wanted(), content=tmp_path)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The statuses at a minute of a day of the recording, with five days before it."""
    path = tmp_path_factory.mktemp("told")

    def told(number, hour):
        now = (CYCLE + number) * DAY_S + round(hour * HOUR_S)
        with History(path / f"{now}.sqlite3", now) as history:
            history.add(pulled(Span(now - 5 * DAY_S, now), *NETWORK.wanted("sample")), now)
            bins, hours = history.bins(now - status.NEEDED_S), history.hours(0)
        span = (now - status.NEEDED_S, now)
        usual = {name: summary.baselines_ms(found, span) for name, found in hours.items()}
        return status.statuses(NETWORK.watched(), bins, usual, (), now)

    return told


def test_a_quiet_morning_is_operational_everywhere(told):
    assert {State.OPERATIONAL} == {one.measured for one in told(30, 3).values()}


def test_the_cable_fault_is_an_outage_and_then_a_detour(told):
    cut = told(33, 5.5)
    assert State.OUTAGE is cut["tokyo-shanghai"].measured
    assert State.OUTAGE is cut["shanghai-osaka"].measured
    assert State.OPERATIONAL is cut["osaka-hong-kong"].measured
    assert told(34, 10)["tokyo-shanghai"].measured in {State.OUTAGE, State.DEGRADED}
    assert State.OPERATIONAL is told(35, 3)["tokyo-shanghai"].measured


def test_the_night_without_eyes_is_unknown_and_no_outage(told):
    blind = told(61, 16)["dalian-tokyo"]
    assert (State.UNKNOWN, Unknown.BLIND) == (blind.measured, blind.reason)


def test_the_flapping_route_is_unstable(told):
    flapping = told(47, 6)
    assert flapping["hong-kong-osaka"].unstable
    assert not flapping["osaka-hong-kong"].unstable


def test_some_evenings_are_degraded_and_some_are_not(told):
    evenings = {told(number, 14)["tokyo-dalian"].measured for number in (40, 41, 42, 44)}
    assert {State.DEGRADED, State.OPERATIONAL} <= evenings
