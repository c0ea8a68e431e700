"""What a real Prometheus says, of a past that is written for it and of loopback as it is now."""

import json
import os
import re
import socket
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from network_status import histogram, settings
from network_status.errors import SourceError
from network_status.fetch import Policy, Questions, fetch
from network_status.history import History
from network_status.intake import pull
from network_status.model import BIN_S, DAY_S, HOUR_S, Probe, State, Unknown
from network_status.sources.contract import Span, Wanted
from network_status.sources.prometheus import Prometheus, PrometheusSeries
from network_status.status import statuses
from network_status.wire import Fault
from tests.network_status import exporters
from tests.network_status.builders import route_table, table, write_network

NOW = int(time.time()) // HOUR_S * HOUR_S - 6 * HOUR_S
SPAN = Span(NOW - HOUR_S, NOW)
KEEP = os.environ.get("ATOGAKI_KEEP_ANSWERS")
"""A folder in which the answers are to be kept as data files."""
MAY_PING = os.geteuid() == 0 or bool(os.environ.get("CI"))


def series(job, target="", exporter="blackbox", probe=Probe.ICMP, expected=20):
    labels = {"job": job} | ({"instance": target} if target else {})
    return Wanted(job, PrometheusSeries(exporter=exporter, probe=probe, labels=labels), expected)


def sample(metric, labels, value, at):
    text = ",".join(f'{name}="{label}"' for name, label in labels.items())
    return f"{metric}{{{text}}} {value} {at}"


def every(seconds, start=SPAN.since, end=SPAN.until):
    return range(start, end, seconds)


def pings(at):
    """Scrapes each 15 s on the border of bins; in the third bin every second ping is lost."""
    lost = (at - SPAN.since) // BIN_S == 2 and at % 30
    return (0, 0) if lost else (1, 0.08)


def past():
    """An hour of several jobs, as OpenMetrics."""
    border, gone, smoke = {"job": "border"}, {"job": "gone"}, {"job": "smoke"}
    rtt = {"phase": "rtt"}
    lines = {
        "probe_success": [
            *(sample("probe_success", border, pings(at)[0], at) for at in every(15)),
            *(
                sample("probe_success", {"job": "pair", "instance": name}, answers, at)
                for name, answers in (("dead", 0), ("live", 1))
                for at in every(15)
            ),
        ],
        "probe_icmp_duration_seconds": [
            sample("probe_icmp_duration_seconds", border | rtt, pings(at)[1], at)
            for at in every(15)
        ],
        "up": [
            *(sample("up", border, 1, at) for at in every(15)),
            *(sample("up", gone, 0, at) for at in every(15)),
            *(sample("up", smoke, 1, at) for at in every(15)),
        ],
    }
    text = [line for name, found in lines.items() for line in (f"# TYPE {name} gauge", *found)]
    return "\n".join([*text, *smoke_counters(smoke), "# EOF", ""])


def smoke_counters(labels):
    """One ping a second; after half an hour nothing comes back any more."""
    labels = labels | {"host": "203.0.113.1", "ip": "203.0.113.1", "source": ""}

    def at_second(at):
        sent = at - SPAN.since
        return sent, min(sent, HOUR_S // 2)

    yield "# TYPE smokeping_requests counter"
    for at in every(15):
        yield sample("smokeping_requests_total", labels, at_second(at)[0], at)
    yield "# TYPE smokeping_response_duration_seconds histogram"
    for at in every(15):
        answered = at_second(at)[1]
        for le, count in (("0.05", 0), ("0.1", answered), ("+Inf", answered)):
            name = "smokeping_response_duration_seconds_bucket"
            yield sample(name, labels | {"le": le}, count, at)
        yield sample("smokeping_response_duration_seconds_count", labels, answered, at)
        yield sample("smokeping_response_duration_seconds_sum", labels, answered * 0.08, at)


@pytest.fixture(scope="module")
def listener():
    """A TCP server that takes connections."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture(scope="module")
def refusing():
    """An address that refuses connections."""
    return f"127.0.0.1:{exporters.free_port()}"


@pytest.fixture(scope="module")
def server(tmp_path_factory, listener, refusing):
    """A Prometheus with a past, which scrapes loopback and an exporter that is not there."""
    exporters.need_programs()
    folder = tmp_path_factory.mktemp("prometheus")
    exporters.history(folder, past())
    probing, exporter = exporters.blackbox(folder)
    pinging, pinger = exporters.smokeping(folder, "127.0.0.1")
    jobs = [
        ("pinged", pinger),
        ("live", "tcp", [listener], exporter),
        ("dead", "tcp", [refusing], exporter),
        ("blind", "tcp", [listener], refusing),
    ]
    serving, address = exporters.prometheus(folder, jobs)
    programs = [
        (probing, f"http://{exporter}/-/healthy", folder / "blackbox.log"),
        (serving, f"http://{address}/-/ready", folder / "prometheus.log"),
    ]
    if MAY_PING:
        programs.append((pinging, f"http://{pinger}/metrics", folder / "smokeping.log"))
    with ExitStack() as stack:
        for program in programs:
            stack.enter_context(exporters.running(*program))
        yield address


def pulled(server, wanted, span):
    """The measurements of one source, and its answers on the way."""
    source = Prometheus(id="real", url=f"http://{server}")
    requests = source.requests(wanted, span)
    answer = fetch({"real": Questions(requests)}, Policy(Path()))["real"]
    assert isinstance(answer, dict), answer
    if KEEP:
        for body in answer.values():
            text = json.dumps(json.loads(body), indent=1)
            Path(KEEP, f"{wanted[0].series}.json").write_text(text + "\n", "utf-8")
    return list(source.measurements(wanted, span, answer))


def this_bin():
    """The bin that is not over yet: asked for by its end, which Prometheus does not mind."""
    end = (int(time.time()) // BIN_S + 1) * BIN_S
    return Span(end - 2 * BIN_S, end)


def test_a_scrape_on_the_border_of_two_bins_counts_once(server):
    """Prometheus 2 ranges hold both of their ends; a bin must not hold a packet of the next."""
    found = pulled(server, [series("border")], SPAN)
    assert [20] * 11 == [one.sent for one in found[:11]]
    assert [SPAN.since + n * BIN_S for n in range(12)] == [one.start for one in found]


def test_labels_that_several_targets_share_are_a_fault(server):
    """The server counts them itself, so that none drowns among the others."""
    with pytest.raises(SourceError, match="pair: its labels pick 2 targets"):
        pulled(server, [series("pair")], SPAN)
    (found, *_) = pulled(server, [series("pair", "dead")], SPAN)
    assert (20, 20) == (found.sent, found.lost)


def test_a_lost_ping_is_lost_and_has_no_time(server):
    """blackbox_exporter exports an rtt of 0 for a ping without a reply."""
    third = pulled(server, [series("border")], SPAN)[2]
    assert (20, 10, (("timeout", 10),)) == (third.sent, third.lost, third.failures)
    assert 10 == histogram.count(third.rtt)
    assert 80 == pytest.approx(histogram.quantile_ms(third.rtt, 0.05), rel=0.03)


def test_a_failing_scrape_is_a_blind_probe(server):
    """`up` is 0 and there is no probe_success: nothing was measured, nothing lost."""
    found = pulled(server, [series("gone")], SPAN)
    assert {(0, 0, True)} == {(one.sent, one.lost, one.blind) for one in found}
    assert 12 == len(found)


@pytest.mark.skipif(not MAY_PING, reason="smokeping_prober pings as root only")
def test_a_real_smokeping_prober_pings_loopback(server):
    """What it exports is what is asked for: packets, none lost, and how long they took."""
    exporters.scraped(server, 'smokeping_requests_total{job="pinged"}', at_least=8)
    labels = {"job": "pinged", "host": "127.0.0.1"}
    wanted = [Wanted("pinged", PrometheusSeries(exporter="smokeping", labels=labels), 3000)]
    (found,) = pulled(server, wanted, this_bin())[-1:]
    assert found.sent >= 50
    assert found.lost <= 2
    assert 0 < histogram.quantile_ms(found.rtt, 0.5) < 10


@pytest.mark.skipif(not MAY_PING, reason="smokeping_prober pings as root only")
def test_a_real_smokeping_prober_says_zero_before_any_reply(tmp_path):
    """So a target that never answered is told from an exporter that lacks its responses."""
    exporters.need_programs()
    program, address = exporters.smokeping(tmp_path, "240.0.0.1")
    url = f"http://{address}/metrics"
    with exporters.running(program, url, tmp_path / "smokeping.log"):
        for _ in range(100):
            told = requests.get(url, timeout=5).text
            asked = re.search(r'smokeping_requests_total\{host="240[^}]*\} (\d+)', told)
            if asked and int(asked[1]):
                break
            time.sleep(0.1)
        assert re.search(r'duration_seconds_count\{host="240[^}]*\} 0\n', told)


def test_a_series_that_nobody_knows_gives_nothing(server):
    """No data is neither up nor lost nor blind."""
    assert [] == pulled(server, [series("unheard-of")], SPAN)


def test_smokeping_counts_are_of_the_window(server):
    """Counters become packets of five minutes, lost ones included, and never less than none."""
    found = pulled(server, [series("smoke", exporter="smokeping", expected=300)], SPAN)
    assert [300] * 10 == [pytest.approx(one.sent, abs=2) for one in found[1:11]]
    assert all(one.lost <= 2 for one in found[:5])
    assert all(one.lost == one.sent for one in found[7:])
    assert all(50 <= histogram.quantile_ms(one.rtt, 0.5) <= 105 for one in found[:5])
    assert all(histogram.count(one.rtt) == 0 for one in found[7:])


def test_loopback_as_it_is_now(server, listener, refusing):
    """A live target answers, a dead one loses all, and an exporter that is gone is blind."""
    for job in ("live", "dead"):
        exporters.scraped(server, f'probe_success{{job="{job}"}}')
    exporters.scraped(server, 'up{job="blind"}')
    wanted = [
        series("live", listener, probe=Probe.TCP),
        series("dead", refusing, probe=Probe.TCP),
        series("blind", listener, probe=Probe.TCP),
    ]
    found = {one.route: one for one in pulled(server, wanted, this_bin())}
    assert (0, True) == (found["live"].lost, histogram.count(found["live"].rtt) > 0)
    assert (found["dead"].sent, 0) == (found["dead"].lost, histogram.count(found["dead"].rtt))
    assert (0, True) == (found["blind"].sent, found["blind"].blind)
    assert found["dead"].sent >= 5


def states(network, history, now):
    """Each route's state and why, from the store alone."""
    bins = history.bins(now - DAY_S)
    found = statuses(network.watched(), bins, {}, (), now)
    return {name: (one.state, one.reason) for name, one in found.items()}


def test_from_prometheus_to_states(tmp_path):
    """Good probes are operational, a blind one is unknown, and without Prometheus all is stale."""
    exporters.need_programs()
    exporters.history(tmp_path, past())
    serving, address = exporters.prometheus(tmp_path)
    jobs = ("border", "gone", "unheard-of")
    routes = [
        route_table(job, "real", {"labels": {"job": job}}, packets=4, interval_s=60) for job in jobs
    ]
    source = table("sources", id="real", kind="prometheus", url=f"http://{address}")
    write_network(tmp_path / "content", source, *routes)
    network = settings.load(tmp_path / "content", ["en"])
    policy = Policy(tmp_path / "content")
    blind, no_data = (State.UNKNOWN, Unknown.BLIND), (State.UNKNOWN, Unknown.NO_DATA)
    with History(tmp_path / "status.sqlite", NOW) as history:
        with exporters.running(serving, f"http://{address}/-/ready", tmp_path / "log"):
            assert {} == pull(network, history, policy, NOW).failures
            assert {
                "border": (State.OPERATIONAL, None),
                "gone": blind,
                "unheard-of": no_data,
            } == states(network, history, NOW)
        later = NOW + HOUR_S // 2
        pulled = pull(network, history, policy, later)
        assert (Fault.REFUSED, True) == (pulled.failures["real"].fault, pulled.all_failed)
        assert NOW == history.source_health()["real"].last_success
        assert (State.UNKNOWN, Unknown.STALE) == states(network, history, later)["border"]


SAMPLE = exporters.ROOT / "content" / "status" / "network.toml"


def test_the_readme_connects_a_real_prometheus(tmp_path):
    """Its lines, word for word but for the address and the labels, in the sample's settings."""
    exporters.need_programs()
    readme = (exporters.ROOT / "README.md").read_text("utf-8")
    source, select = re.findall(r"```toml\n(.*?)```", readme, re.DOTALL)
    exporters.history(tmp_path, past())
    serving, address = exporters.prometheus(tmp_path)
    source = source.replace("https://prometheus.example", f"http://{address}")
    select = select.replace("icmp", "border").replace(', instance = "192.0.2.10"', "")
    sample = SAMPLE.read_text("utf-8")
    connected = re.sub(r'source = "sample"\nselect = .*\n', lambda _: select, sample)
    folder = tmp_path / "content" / "status"
    folder.mkdir(parents=True)
    (folder / "network.toml").write_text(connected + source)
    network = settings.load(tmp_path / "content", ["ja", "en"])
    with (
        History(tmp_path / "status.sqlite", NOW) as history,
        exporters.running(serving, f"http://{address}/-/ready", tmp_path / "log"),
    ):
        pulled = pull(network, history, Policy(tmp_path / "content"), NOW)
        found = states(network, history, NOW)
    assert ((), {}) == (pulled.advice, pulled.failures)
    assert {(State.OPERATIONAL, None)} == {*found.values()}
    assert frozenset({"tokyo"}) == network.used
