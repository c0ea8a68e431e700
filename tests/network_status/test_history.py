"""What is kept between builds, and what survives."""

import sqlite3
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network_status import histogram
from network_status.errors import HistoryError, HistoryLost
from network_status.history import BINS_KEPT_S, HOURS_KEPT_S, History
from network_status.model import (
    BIN_S,
    DAY_S,
    HOUR_S,
    Bin,
    Event,
    SourceHealth,
    State,
    Unknown,
)
from tests.network_status.builders import T0, measurement, times

NOW = T0 + HOUR_S
ROUTE = "tokyo-shanghai"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "var" / "history.sqlite3"


@pytest.fixture
def history(path):
    with History(path, NOW) as opened:
        yield opened


def kept(history, name=ROUTE):
    """Everything of a series that is kept."""
    return history.series(name, 0, 0)


def test_rounds_of_five_minutes_add_up_to_their_bin(history):
    one = measurement(round_="r1", sent=20, lost=2, failures=(("timeout", 2),))
    other = measurement(round_="r2", sent=20, lost=3, failures=(("refused", 1), ("timeout", 2)))
    assert 1 == history.add([one, other], NOW)
    expected = Bin(T0, 40, 5, 100, times(35), (("refused", 1), ("timeout", 4)))
    assert (expected,) == kept(history).bins


def test_pulling_twice_changes_nothing(history):
    history.add([measurement(round_="r1"), measurement(round_="r2")], NOW)
    before, revision = kept(history), history.revision()
    assert 0 == history.add([measurement(round_="r2"), measurement(round_="r1")], NOW)
    assert (before, revision) == (kept(history), history.revision())


def test_a_whole_bin_replaces_what_was_there_and_an_older_one_does_not(history):
    history.add([measurement(round_="r1", lost=20)], NOW)
    history.add([measurement(round_="0002", sent=100, lost=1, replaces=True)], NOW)
    history.add([measurement(round_="0001", sent=90, lost=9, replaces=True)], NOW)
    history.add([measurement(round_="r9", lost=20)], NOW)
    assert (100, 1) == kept(history).bins[0][1:3]
    history.add([measurement(round_="0003", sent=100, lost=0, replaces=True)], NOW)
    assert (100, 0) == kept(history).bins[0][1:3]


def test_a_round_of_a_failing_prober_leaves_no_packets_and_says_so(history):
    history.add([measurement(sent=0, blind=True)], NOW)
    [one] = kept(history).bins
    assert (0, True, False) == (one.sent, one.blind, one.valid)


def test_an_hour_is_the_sum_of_its_bins_and_says_which_were_valid_and_good(history):
    history.add(
        [
            measurement(number=0, sent=100),
            measurement(number=1, sent=100, lost=10),
            measurement(number=11, sent=20),
        ],
        NOW,
    )
    [hour] = kept(history).hours
    assert (220, 10, 300, 0b11, 0b1) == hour[1:6]
    assert 210 == histogram.count(hour.rtt)


def test_a_bin_that_comes_late_corrects_its_hour(history):
    history.add([measurement(number=0, sent=100)], NOW)
    history.add([measurement(number=5, sent=100)], NOW)
    assert [(200, 0b100001)] == [(hour.sent, hour.valid_bits) for hour in kept(history).hours]


rounds = st.builds(
    measurement,
    number=st.integers(0, 20),
    round_=st.uuids().map(str),
    sent=st.integers(20, 100),
    lost=st.integers(0, 20),
    rtt_ms=st.sampled_from([20.0, 50.0, 160.0]),
    replaces=st.booleans(),
    route=st.sampled_from(["a", "b"]),
)


@settings(max_examples=60, deadline=None)
@given(st.data(), st.lists(rounds, max_size=12))
def test_law_d_the_order_in_which_measurements_arrive_does_not_matter(tmp_path_factory, data, made):
    """Nor in how many parts, nor that some come twice."""
    folder = tmp_path_factory.mktemp("order")
    mixed = data.draw(st.permutations(made + made[:3]))
    cut = data.draw(st.integers(0, len(mixed)))
    now = T0 + 2 * HOUR_S
    with History(folder / "one", now) as one, History(folder / "other", now) as other:
        one.add(made, now)
        other.add(mixed[:cut], now)
        other.add(mixed[cut:], now)
        assert one.bins(0) == other.bins(0)
        assert one.hours(0) == other.hours(0)


def test_bins_are_kept_for_11_days_and_hours_for_400(history):
    history.add([measurement(number=0, sent=100)], NOW)
    later = NOW + BINS_KEPT_S + HOUR_S
    pass_days(history, later)
    assert ((), 1) == (kept(history).bins, len(kept(history).hours))
    much_later = NOW + HOURS_KEPT_S + HOUR_S
    pass_days(history, much_later)
    assert () == kept(history).hours


def pass_days(history, until):
    """Measure another route each hour of the two days before a time."""
    past = range(until - 2 * DAY_S, until, HOUR_S)
    history.add([measurement(route="other", start=start) for start in past], until)


@settings(deadline=None, max_examples=30)
@given(ahead=st.integers(DAY_S + HOUR_S, 4000 * DAY_S), rounds=st.integers(1, 5))
def test_no_round_of_a_clock_far_ahead_takes_history_away(tmp_path_factory, ahead, rounds):
    """Not within its first day: bins, hours and days of the time that was stay as they were."""
    with History(tmp_path_factory.mktemp("store") / "s.sqlite", NOW) as history:
        pass_days(history, NOW)
        history.add([measurement(number=0, sent=100)], NOW)
        before = kept(history), kept(history, "other")
        for number in range(rounds):
            at = NOW + ahead + 60 * number
            history.add([measurement(route="far", start=at, round_=str(at))], at)
        assert before == (kept(history), kept(history, "other"))


def test_after_a_pause_pruning_goes_on(history):
    history.add([measurement(number=0, sent=100)], NOW)
    later = NOW + 30 * DAY_S
    history.add([measurement(route="other", start=later)], later)
    assert kept(history).bins
    history.add([measurement(route="other", start=later + DAY_S)], later + DAY_S + BIN_S)
    assert () == kept(history).bins


def test_an_hour_whose_bins_are_gone_is_never_changed_again(history):
    history.add([measurement(number=n, sent=100) for n in range(12)], NOW)
    before = kept(history).hours
    late = measurement(number=3, sent=100, lost=100, round_="late")
    assert 0 == history.add([late], NOW + BINS_KEPT_S + HOUR_S)
    assert before == kept(history).hours


def test_measurements_older_than_the_bins_fill_hours(history):
    old = [measurement(start=T0 - 20 * DAY_S + n * BIN_S, sent=100, lost=n) for n in range(12)]
    history.add(old, NOW)
    assert () == kept(history).bins
    [hour] = kept(history).hours
    assert (1200, 66, 0xFFF, 0b11) == (hour.sent, hour.lost, hour.valid_bits, hour.good_bits)


def test_reading_always_finds_the_newest_bin_however_old(history):
    history.add([measurement(number=0), measurement(number=1)], NOW)
    assert [T0 + BIN_S] == [one.start for one in history.bins(NOW)[ROUTE]]
    assert [T0, T0 + BIN_S] == [one.start for one in history.bins(T0)[ROUTE]]
    assert {ROUTE: T0 + BIN_S} == history.newest()


def test_only_days_that_changed_get_another_revision(history):
    history.add([measurement(), measurement(start=T0 - DAY_S)], NOW)
    first = history.revision()
    assert {ROUTE: {T0 - DAY_S: first, T0: first}} == history.revisions(0)
    history.add([measurement(round_="r2"), measurement(start=T0 - DAY_S)], NOW)
    assert {ROUTE: {T0 - DAY_S: first, T0: first + 1}} == history.revisions(0)
    assert first + 1 == history.revision()


def test_a_history_begun_anew_repeats_no_revision(tmp_path):
    """What was made of the one before would otherwise pass for its own."""
    revisions = []
    for later in range(3):
        with History(tmp_path / "status.sqlite", NOW + 60 * later) as history:
            history.add([measurement()], NOW)
            revisions.append(history.revision())
        (tmp_path / "status.sqlite").unlink()
    assert len(revisions) == len({*revisions})


@pytest.mark.parametrize(
    "values", [{"sent": 5, "lost": 6}, {"lost": -1}, {"sent": 3, "blind": True}]
)
def test_counts_that_cannot_be_are_refused_and_nothing_is_added(history, values):
    broken = measurement(**values, rtt=times(0))
    with pytest.raises(ValueError, match="a source must clamp"):
        history.add([measurement(), broken], NOW)
    assert () == kept(history).bins


# --- Events and sources -----------------------------------------------------------------------

DOWN = Event(ROUTE, T0, State.OPERATIONAL, State.OUTAGE, None)
SILENT = Event(ROUTE, T0 + BIN_S, State.OUTAGE, State.UNKNOWN, Unknown.STALE)


def test_an_event_is_recorded_once_and_stays(history):
    history.append([DOWN], {ROUTE: T0 + BIN_S})
    history.append([Event(ROUTE, T0, State.UNKNOWN, State.DEGRADED, None), SILENT], {ROUTE: T0})
    assert (DOWN, SILENT) == history.events()
    assert {ROUTE: T0 + BIN_S} == history.judged_until()


def test_a_source_tells_since_when_it_fails(history):
    history.source_succeeded("sample", 100)
    history.source_failed("sample", 200, "HTTP 502")
    history.source_failed("sample", 300, "timed out after 4 s")
    assert (
        SourceHealth("sample", 100, 200, "timed out after 4 s")
        == (history.source_health()["sample"])
    )
    history.source_succeeded("sample", 400)
    assert SourceHealth("sample", 400, None, None) == history.source_health()["sample"]


# --- The file ---------------------------------------------------------------------------------


def fill(path, count=5):
    with History(path, NOW) as history:
        history.add([measurement(number=n) for n in range(count)], NOW)


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0broken"])
def test_a_broken_file_is_set_aside_and_a_new_one_begun(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    with History(path, NOW) as history:
        assert "set aside as history-broken-20240620T010000Z.sqlite3" in history.message
        history.add([measurement()], NOW)
    assert content == (path.parent / "history-broken-20240620T010000Z.sqlite3").read_bytes()


def test_a_second_broken_file_does_not_overwrite_the_first(path):
    path.parent.mkdir()
    for _ in range(2):
        path.write_bytes(b"broken" * 1000)
        History(path, NOW).close()
    assert 2 == len([*path.parent.glob("history-broken-*.sqlite3")])


def test_a_file_broken_in_the_middle_is_set_aside_when_that_is_found(path):
    fill(path, 4000)
    data = bytearray(path.read_bytes())
    data[20 * 4096 : 30 * 4096] = b"\xff" * (10 * 4096)
    path.write_bytes(data)
    with pytest.raises(HistoryLost, match="set aside as history-broken"), History(path, NOW) as one:
        one.bins(0)
    with History(path, NOW) as history:
        assert (None, {}) == (history.message, history.bins(0))


def test_a_lost_file_is_begun_anew(path):
    fill(path)
    path.unlink()
    with History(path, NOW) as history:
        assert {} == history.bins(0)


def test_a_file_of_a_newer_program_is_left_alone(path):
    fill(path)
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(HistoryError, match="has version 99, and this program knows 4"):
        History(path, NOW)
    assert not [*path.parent.glob("*broken*")]


def test_a_fault_of_the_caller_leaves_the_file_in_place(path):
    with pytest.raises(ZeroDivisionError), History(path, NOW) as history:
        history.add((measurement(number=1 // 0) for _ in range(1)), NOW)
    assert not [*path.parent.glob("*broken*")]


def test_a_file_that_another_writer_keeps_for_too_long_is_told(path, monkeypatch):
    monkeypatch.setattr("network_status.database.BUSY_TIMEOUT_S", 0.05)
    fill(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(HistoryError, match="locked"), History(path, NOW) as history:
        history.add([measurement()], NOW)
    other.close()
    assert not [*path.parent.glob("*broken*")]


def add_rounds(path, writer):
    for number in range(12):
        with History(path, NOW) as history:
            history.add([measurement(number=number, round_=f"{writer}")], NOW)
    return writer


def test_a_build_and_a_command_may_write_at_the_same_time(path):
    with ProcessPoolExecutor(4) as pool:
        assert [0, 1, 2, 3] == [*pool.map(add_rounds, [path] * 4, range(4))]
    with History(path, NOW) as history:
        assert [80] * 12 == [one.sent for one in kept(history).bins]
        assert 960 == kept(history).hours[0].sent


def test_a_store_that_cannot_be_opened_is_told(tmp_path):
    (tmp_path / "var").write_text("a file where a folder should be")
    with pytest.raises(HistoryError, match="kept in a folder that can be written"):
        History(tmp_path / "var" / "status.sqlite", NOW)


def test_a_full_disk_is_told_and_loses_nothing_that_was_kept(path):
    fill(path)
    many = [measurement(number=n, round_=f"x{n}") for n in range(3000)]
    with History(path, NOW) as history:
        before = history.bins(0)
    with pytest.raises(HistoryError, match="full"), small(History(path, NOW)) as history:
        history.add(many, NOW)
    with History(path, NOW) as history:
        assert before == history.bins(0)


def small(history):
    """The same on a disk that has no page left."""
    history._db.execute("PRAGMA max_page_count = 1")
    return history


# --- Clocks -----------------------------------------------------------------------------------


def test_a_clock_that_runs_ahead_prunes_nothing(history):
    """Of what is measured a year on, nothing exists yet."""
    history.add([measurement(number=0)], NOW)
    history.add([measurement(number=1)], NOW + HOURS_KEPT_S)
    assert [T0] == [one.start for one in kept(history).bins]


def test_pulling_goes_on_from_what_is_not_in_the_future(history):
    history.add([measurement(number=0), measurement(number=200)], NOW)
    assert {ROUTE: T0 + 200 * BIN_S} == history.newest()
    assert {ROUTE: T0} == history.newest(NOW)


def test_a_failure_began_no_later_than_it_was_seen(history):
    history.source_failed("a", NOW + HOUR_S, "slow: x")
    history.source_failed("a", NOW, "slow: x")
    assert NOW == history.source_health()["a"].failing_since


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 5)), max_size=8))
def test_what_a_source_has_told_of_is_kept_as_spans_that_do_not_touch(spans):
    """Whatever the order, the hours told of are those noted."""
    with TemporaryDirectory() as folder, History(Path(folder, "h.sqlite"), NOW) as history:
        for since, length in spans:
            history.note_asked(["a"], since * HOUR_S, (since + length) * HOUR_S)
        found = history.asked().get("a", ())
    told = {hour for since, length in spans for hour in range(since, since + length)}
    assert told == {at // HOUR_S for span in found for at in range(*span, HOUR_S)}
    assert all(before[1] < after[0] for before, after in pairwise(found))
