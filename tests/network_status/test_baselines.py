"""What is usual outlives the history: without it no route is slow, and none may turn green."""

import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network_status import baselines
from network_status.errors import HistoryLost
from network_status.explanation import explain
from network_status.history import History
from network_status.model import BIN_S, HOUR_S, Rule, State
from network_status.picture import take
from network_status.status import observed_of
from network_status.watching import watch
from tests.network_status.builders import T0, measurement
from tests.network_status.pictures import all_words, network

SLOTS = 288
DAYS = 4
END = DAYS * SLOTS + 12
NOW = T0 + END * BIN_S
ROUTE = "tokyo-shanghai"
OF = network()


def measured(first, last):
    """Bins of 50 ms, and in the hour before NOW and after it of 200 ms."""
    return [
        measurement(ROUTE, number, sent=100, rtt_ms=50.0 if number < END - 12 else 200.0)
        for number in range(first, last)
    ]


def seen(store, first, last):
    """What is known at the end of a bin, after a pull of the bins from `first` on."""
    now = T0 + last * BIN_S
    with History(store, now) as history:
        history.add(measured(first, last), now)
        return watch(OF, history, (), now)


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """A folder with a history of four days at whose end the route is slow."""
    folder = tmp_path_factory.mktemp("before")
    kept = seen(folder / "status.sqlite", 0, END)
    status = kept.statuses[ROUTE]
    assert (State.DEGRADED, Rule.SLOW_RUN) == (status.state, status.decided.rule)
    return folder


def harm(store, how, at):
    """Take the store away, or cut it, or overwrite a part of it."""
    for rest in ("-wal", "-shm"):
        store.with_name(store.name + rest).unlink(missing_ok=True)
    data = store.read_bytes()
    at = int(at * (len(data) - 1))
    if how == "away":
        store.unlink()
    elif how == "cut":
        store.write_bytes(data[:at])
    else:
        store.write_bytes(data[:at] + b"\xa5" * min(5_000, len(data) - at) + data[at + 5_000 :])


@settings(deadline=None, max_examples=25)
@given(
    how=st.sampled_from(["away", "cut", "overwritten"]),
    at=st.floats(0, 1),
    told=st.integers(1, 8 * 12),
    later=st.integers(0, 30),
)
def test_no_loss_of_the_store_turns_degraded_into_operational(
    before, tmp_path_factory, how, at, told, later
):
    """Whatever its source still tells, and however long the route goes on being as slow."""
    folder = tmp_path_factory.mktemp("after") / "copy"
    shutil.copytree(before, folder)
    store = folder / "status.sqlite"
    harm(store, how, at)
    for _ in range(2):
        try:
            kept = seen(store, END - told, END + later)
            break
        except HistoryLost:
            continue
    assert State.OPERATIONAL is not kept.statuses[ROUTE].state


def test_a_route_that_was_lost_is_judged_by_the_same_baseline(before, tmp_path):
    """As soon as there are bins enough it is slow again."""
    shutil.copy(baselines.beside(before / "status.sqlite"), tmp_path)
    kept = seen(tmp_path / "status.sqlite", END - 12, END)
    assert State.DEGRADED is kept.statuses[ROUTE].state


@pytest.mark.parametrize("text", ["", "{", "[]", '{"tokyo-shanghai": 1}', '{"a": [1, ["x"]]}', "1"])
def test_a_broken_file_is_as_good_as_none_and_is_made_anew(before, tmp_path, text):
    store = tmp_path / "status.sqlite"
    shutil.copy(before / "status.sqlite", store)
    whole = baselines.read(baselines.beside(before / "status.sqlite"))
    baselines.beside(store).write_text(text)
    assert State.DEGRADED is seen(store, END - 12, END).statuses[ROUTE].state
    assert whole == baselines.read(baselines.beside(store))


def test_a_wrong_clock_takes_nothing_out_of_the_file(before, tmp_path):
    """Its hours go by one another, so that a day far ahead is not the newest."""
    file = tmp_path / "baselines.json"
    known = baselines.read(baselines.beside(before / "status.sqlite"))
    baselines.write(file, known, NOW + 4000 * HOUR_S)
    assert known == baselines.read(file)


def test_without_any_baseline_the_page_says_that_latency_is_not_judged(tmp_path):
    kept = seen(tmp_path / "status.sqlite", END - 12, END)
    (route,) = take(OF, kept, (), NOW).routes
    assert State.OPERATIONAL is route.status.state
    words = all_words(OF)
    assert "(not judged yet: what is usual at this hour is not known)" in words["en"].rtt(route)
    assert "遅延は未判定" in words["ja"].rtt(route)
    (watched,) = OF.watched()
    observed = observed_of(watched, [watched], kept.bins, kept.baselines_ms)
    told = "\n".join(explain(kept.statuses[ROUTE], observed, watched.thresholds))
    assert "latency is not judged yet" in told
