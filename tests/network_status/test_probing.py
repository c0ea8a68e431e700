"""`invoke probe`: a round of all targets into the store, or into a file for others."""

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from network_status import keeping, probing, rounds, settings
from network_status.errors import NetworkSettingsError, NetworkStatusError
from network_status.history import History
from network_status.model import Failures, Probe
from network_status.probes.outcome import Answered, Lost, NotSent
from network_status.rounds import Round, Task
from network_status.sources.contract import Span, Wanted
from network_status.sources.json_document import (
    BlindRound,
    Document,
    DocumentSeries,
    JsonDocument,
)
from network_status.sources.local import Local, Target
from tests.network_status import hostile
from tests.network_status.builders import PLACES, T0, route_table, table, write_network

ROOT = Path(__file__).parents[2]

HERE = table("sources", id="here", kind="local", timeout_s=0.3, spacing_s=0.01)


@pytest.fixture
def live():
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def route(id_, probe="tcp", packets=5, **select):
    """A route that this machine probes."""
    return route_table(id_, "here", select, probe=probe, packets=packets)


def site(folder, *routes):
    """A site with these routes; its settings file."""
    write_network(folder / "content", HERE, *routes)
    file = folder / "pelicanconf.py"
    file.write_text('PATH = "content"\nLANGUAGES = {"en": {}}\nSTATUS_STORE = "var/s.sqlite"\n')
    return str(file)


def kept(folder, now=None):
    with History(folder / "var" / "s.sqlite", now or int(time.time())) as history:
        return history.bins(0), history.source_health()


def round_(*outcomes, at=T0, series="tokyo-shanghai"):
    return Round(Task(series, Target(icmp="192.0.2.1"), Local(id="here"), 20, 100), at, outcomes)


# --- A round ----------------------------------------------------------------------------------


def test_a_round_goes_into_the_store(tmp_path, live, capsys):
    """Live and dead targets at once, counted as what they are."""
    dead = f"127.0.0.1:{hostile.closed_port()}"
    file = site(tmp_path, route("near", tcp=live), route("dead", tcp=dead))
    assert 0 == probing.main(file)
    bins, health = kept(tmp_path)
    ((near,), (refused,)) = bins["near"], bins["dead"]
    assert (5, 0, 25) == (near.sent, near.lost, near.expected)
    assert (5, 5, (("refused", 5),)) == (refused.sent, refused.lost, refused.failures)
    assert health["here"].last_success
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("near  5 sent, 0 lost, median ")
    assert "dead  5 sent, 5 lost (refused 5)" == printed[1]


def test_a_round_that_could_send_nothing_is_blind(tmp_path, capsys):
    """A name that does not resolve: blind, said on the terminal, and never loss."""
    file = site(tmp_path, route("nowhere", tcp="no-such-host.invalid:1", packets=2))
    assert 1 == probing.main(file)
    bins, health = kept(tmp_path)
    assert [(0, 0, True)] == [(one.sent, one.lost, one.blind) for one in bins["nowhere"]]
    assert health["here"].fault.startswith("blind: no-such-host.invalid: ")
    assert "not measured: nowhere: no-such-host.invalid: " in capsys.readouterr().err


def test_targets_are_probed_at_once_and_in_time():
    """Ten dead targets take as long as one."""
    source = Local(id="here", timeout_s=0.3, spacing_s=0.05)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(0)
        port = silent.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            target = Target(tcp=f"127.0.0.1:{port}")
            tasks = [Task(f"route-{n}", target, source, 5, 25) for n in range(10)]
            begun = time.monotonic()
            found = asyncio.run(rounds.probe(tasks, T0))
    assert 1.5 > time.monotonic() - begun
    assert [{"timeout": 5}] * 10 == [one.lost for one in found]


def test_a_probe_that_hangs_is_cut_and_measured_nothing(monkeypatch):
    """A round ends in its time, whatever an attempt does."""

    async def hang(*_):
        await asyncio.sleep(60)

    monkeypatch.setattr(rounds, "STALL_S", 0.1)
    monkeypatch.setattr(rounds, "ATTEMPTS", {Probe.ICMP: hang})
    source = Local(id="here", timeout_s=0.05, spacing_s=0.01)
    task = Task("route", Target(icmp="192.0.2.1"), source, 3, 15)
    (found,) = asyncio.run(rounds.probe([task], T0))
    assert (0, ["this machine was too slow to measure"]) == (found.sent, found.unsent)


def test_a_probe_that_crashes_harms_no_other(monkeypatch):
    async def crash(target, _):
        if target.where == "192.0.2.1":
            raise ZeroDivisionError("oops")
        return Answered(1.0)

    monkeypatch.setattr(rounds, "ATTEMPTS", {Probe.ICMP: crash})
    source = Local(id="here", spacing_s=0.01)
    tasks = [Task("r", Target(icmp=f"192.0.2.{n}"), source, 2, 10) for n in (1, 2)]
    bad, good = asyncio.run(rounds.probe(tasks, T0))
    assert (0, ["ZeroDivisionError: oops"]) == (bad.sent, bad.unsent)
    assert 2 == good.sent


@pytest.mark.parametrize(
    ("outcomes", "sent", "lost", "blind"),
    [
        ([Answered(80), Lost("timeout"), Lost("timeout")], 3, (("timeout", 2),), False),
        ([Answered(80), NotSent("no buffer")], 1, (), False),
        ([NotSent("no permission")] * 3, 0, (), True),
        ([Lost("nxdomain"), NotSent("x")], 1, (("nxdomain", 1),), False),
    ],
    ids=["lost", "partly unsent", "nothing sent", "lost and unsent"],
)
def test_what_never_left_is_not_sent(outcomes, sent, lost: Failures, blind):
    """Only what left this machine counts, as sent and as lost."""
    found = keeping.measurement(round_(*outcomes))
    assert (sent, lost, blind) == (found.sent, found.failures, found.blind)
    assert sum(count for _, count in lost) == found.lost


# --- Settings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("routes", "every_s", "problem"),
    [
        (
            [route("a", icmp="192.0.2.1")],
            None,
            'routes[0].probe: "tcp", but select probes by icmp; write "icmp"',
        ),
        ([route("a", tcp="192.0.2.1:1", packets=9_000)], 60, "a: a round takes up to 90.59 s"),
        (
            [route("a", tcp="192.0.2.1:1").replace("packets = 5", "packets = 5\ninterval_s = 15")],
            300,
            "a: interval_s is 15, and of a round every 300 s too few packets come for five minutes"
            " to count; write interval_s = 300",
        ),
        ([], None, 'no route has a source of kind "local"; invoke probe has nothing to do'),
    ],
    ids=["another probe", "too long", "too seldom", "no route"],
)
def test_settings_that_cannot_work_are_named(tmp_path, routes, every_s, problem):
    none = "" if routes else "routes = []\n"
    content = write_network(tmp_path / "content", HERE, *routes, places=f"{none}{PLACES}")
    with pytest.raises(NetworkSettingsError) as caught:
        probing.tasks_of(settings.load(content, ["en"]), every_s)
    assert str(caught.value).startswith(f"content/status/network.toml: {problem}")


@pytest.mark.parametrize(
    "select",
    [
        {},
        {"icmp": "192.0.2.1", "tcp": "192.0.2.1:1"},
        {"tcp": "192.0.2.1"},
        {"tcp": "2001:db8::1:443"},
        {"tcp": "a.example:70000"},
        {"dns": "192.0.2.1"},
        {"icmp": "192.0.2.1", "name": "a.example"},
        {"http": "a.example"},
        {"icmp": "-f example"},
        {"icmp": "192.0.2.1", "family": 5},
    ],
)
def test_a_target_is_one_probe_that_can_be_sent(select):
    with pytest.raises(ValueError, match="validation error"):
        Target(**select)


# --- A file for others ------------------------------------------------------------------------


def test_a_written_round_reads_as_it_was_measured(tmp_path):
    """What one vantage point writes, another pulls: the same measurement on both sides."""
    file = tmp_path / "rounds.json"
    found = [
        round_(Answered(80.123), Answered(81), Lost("timeout"), NotSent("x"), at=T0),
        round_(NotSent("no permission"), at=T0 + 60),
    ]
    keeping.write_document(file, map(keeping.document_round, found), T0 + 70)
    source = JsonDocument(id="far", url="https://far.example/rounds.json")
    wanted = [Wanted("tokyo-shanghai", DocumentSeries(series="tokyo-shanghai"), 100)]
    span = Span(T0, T0 + 300)
    (request,) = source.requests(wanted, span)
    read = list(source.measurements(wanted, span, {request: file.read_bytes()}))
    assert [keeping.measurement(one) for one in found] == read


def test_a_file_keeps_rounds_for_six_hours(tmp_path):
    """So long may nobody come to pull; nothing else is left behind."""
    file = tmp_path / "rounds.json"
    for at in (T0, T0 + 3600, T0 + 6 * 3600):
        keeping.write_document(file, [BlindRound(series="a", at=at, blind=True)], at)
    document = Document.model_validate_json(file.read_bytes())
    assert [T0 + 3600, T0 + 6 * 3600] == [one.at for one in document.rounds]
    assert [file] == list(tmp_path.iterdir())


def test_a_file_of_somebody_else_is_not_written_over(tmp_path):
    file = tmp_path / "rounds.json"
    file.write_text('{"mine": true}')
    with pytest.raises(NetworkStatusError, match="holds no rounds of ours; write to another file"):
        keeping.write_document(file, [], T0)
    assert '{"mine": true}' == file.read_text()


def test_rounds_of_the_future_leave_the_file(tmp_path):
    """A clock that ran ahead wrote them; when their time comes they would look fresh."""
    file = tmp_path / "rounds.json"
    for at, now in ((T0 + 3600, T0 + 3600), (T0, T0)):
        keeping.write_document(file, [BlindRound(series="a", at=at, blind=True)], now)
    assert [T0] == [one.at for one in Document.model_validate_json(file.read_bytes()).rounds]


def test_a_file_that_cannot_be_written_is_told_and_leaves_nothing(tmp_path, live, capsys):
    file = site(tmp_path, route("near", tcp=live))
    (tmp_path / "folder").mkdir()
    assert 1 == probing.main(file, write=str(tmp_path / "folder"))
    assert "folder: Is a directory; nothing was written" in capsys.readouterr().err
    assert [] == [*tmp_path.glob(".*")]


def test_writing_leaves_the_store_alone(tmp_path, live):
    file = site(tmp_path, route("near", tcp=live))
    assert 0 == probing.main(file, write=str(tmp_path / "rounds.json"))
    assert (tmp_path / "rounds.json").is_file()
    assert not (tmp_path / "var").exists()


# --- A clock that jumps -----------------------------------------------------------------------


def keep(folder, now, **values):
    """Keep a good round of `now` in the store."""
    found = round_(*[Answered(80)] * 20, at=now, **values)
    keeping.Keeping(folder / "var" / "s.sqlite", None).keep([found], now)


def starts(folder):
    bins, _ = kept(folder)
    return [(one.start - T0) // 60 for one in bins["tokyo-shanghai"]]


def test_what_a_clock_that_ran_ahead_has_measured_is_forgotten(tmp_path):
    """Nine hours ahead, as a clock in local time: it would be added to what is measured then."""
    for minutes in (0, 540, 545, 5):
        keep(tmp_path, T0 + 60 * minutes)
    assert [0, 5] == starts(tmp_path)
    with History(tmp_path / "var" / "s.sqlite", T0) as history:
        hours = history.series("tokyo-shanghai", 0, 0).hours
    assert [(T0, 40)] == [(hour.start, hour.sent) for hour in hours]


def test_a_clock_far_behind_the_store_measures_nothing(tmp_path):
    """1970 after a power cut: the store is right, and loses nothing."""
    keep(tmp_path, T0)
    with pytest.raises(NetworkStatusError, match="clock says 1970-01-01T00:01:00"):
        keep(tmp_path, 60)
    assert [0] == starts(tmp_path)


# --- For ever ---------------------------------------------------------------------------------


def rounds_in(store):
    if not store.exists():
        return 0
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as db:
        try:
            rows = db.execute("SELECT rounds FROM bins").fetchall()
        except sqlite3.OperationalError:
            return 0
    db.close()
    return sum(len(rounds.split("\n")) for (rounds,) in rows)


def test_it_keeps_on_until_it_is_stopped(tmp_path, live):
    """A service: round after round, quiet, and a clean end on SIGTERM."""
    file = site(tmp_path, route("near", tcp=live, packets=2))
    program = "import sys; from network_status.probing import main; sys.exit(main(sys.argv[1], 1))"
    process = subprocess.Popen(  # noqa: S603  our own
        [sys.executable, "-c", program, file],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | {"PYTHONPATH": str(ROOT / "plugins")},
    )
    try:
        deadline = time.monotonic() + 30
        while rounds_in(tmp_path / "var" / "s.sqlite") < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=10)
    finally:
        process.kill()
        process.wait()
    assert (0, b"") == (process.returncode, output)
    assert 2 <= rounds_in(tmp_path / "var" / "s.sqlite")


def test_a_round_that_cannot_be_kept_is_told_once_and_the_next_is_tried(capsys):
    """A full disk or a busy store is no reason for a service to end."""
    outcomes = iter([NetworkStatusError("full"), NetworkStatusError("full"), None])

    class Stubborn:
        def keep(self, *_):
            if error := next(outcomes):
                raise error
            raise KeyboardInterrupt

    task = Task("r", Target(tcp="127.0.0.1:1"), Local(id="here", timeout_s=0.1), 1, 5)
    assert 0 == probing._repeat([task], Stubborn(), 0.05)
    assert ["full"] == capsys.readouterr().err.splitlines()
