"""What Prometheus' answers mean; `prometheus/` holds answers of a real one (2.42)."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network_status import histogram
from network_status.errors import SourceError
from network_status.model import BIN_S, DAY_S, Probe
from network_status.promql import WINDOW
from network_status.sources.contract import Span, Wanted
from network_status.sources.prometheus import SERIES, Prometheus, PrometheusSeries
from tests.network_status.builders import T0

ANSWERS = sorted(
    path
    for path in Path(__file__).with_name("prometheus").glob("*.json")
    if not path.stem.endswith(".expected")
)
SOURCE = Prometheus(id="tokyo", url="https://prometheus.example/prom/")
SPAN = Span(T0, T0 + 2 * BIN_S)


def wanted(series="tokyo-shanghai", expected=20, **select):
    return Wanted(series, PrometheusSeries(**{"labels": {"instance": "a"}} | select), expected)


def answer(**figures):
    """An answer for tokyo-shanghai's first bin: figure name → value, as Prometheus writes it."""
    result = [
        {
            "metric": {"series": "tokyo-shanghai", "figure": name},
            "values": [[T0 + BIN_S, value]],
        }
        for name, value in figures.items()
    ]
    return {"status": "success", "data": {"resultType": "matrix", "result": result}}


def read(body, some=None, span=SPAN):
    some = some or [wanted()]
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    return list(SOURCE.measurements(some, span, dict.fromkeys(SOURCE.requests(some, span), body)))


def queries(*some, source=SOURCE, span=SPAN):
    return [dict(request.form)["query"] for request in source.requests(some, span)]


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_real_answers_mean_what_stands_beside_them(path):
    """Payload in, expected measurements beside it."""
    expected = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))
    some = [wanted(series, 20) for series in expected["series"]]
    found = read(path.read_bytes(), some, Span(*expected["span"]))
    assert expected["measurements"] == [
        {
            "series": one.route,
            "start": one.start,
            "sent": one.sent,
            "lost": one.lost,
            "blind": one.blind,
            "times": histogram.count(one.rtt),
            "median_ms": round(histogram.quantile_ms(one.rtt, 0.5) or 0, 1),
        }
        for one in found
    ]


def test_every_bin_replaces_what_was_there():
    """Prometheus' bins come whole, again and again: they are replaced, never added."""
    (found,) = read(answer(sent="20", answered="19", **{"q0.5": "0.08"}))
    assert (T0, 20, 1, 20, True) == (
        found.start,
        found.sent,
        found.lost,
        found.expected,
        found.replaces,
    )
    assert 19 == histogram.count(found.rtt)


def test_a_later_pull_is_a_later_round():
    """Rounds of whole bins compare as text, so that the order of arrival does not matter."""
    rounds = [
        read(answer(sent="20", answered="20"), span=Span(T0, T0 + late))[0].round
        for late in (BIN_S, 2 * BIN_S, DAY_S)
    ]
    assert rounds == sorted(set(rounds))


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({"sent": "300.4", "answered": "301.2"}, (300, 0, False)),
        ({"sent": "300.4", "answered": "-2"}, (300, 300, False)),
        ({"sent": "0", "scrapes": "20", "scraped": "0"}, (0, 0, True)),
        ({"scrapes": "20", "scraped": "0"}, (0, 0, True)),
        ({"sent": "NaN", "unsent": "12"}, (0, 0, True)),
        ({"sent": "20", "answered": "20", "q0.5": "NaN"}, (20, 0, False)),
        ({"sent": "20", "answered": "0", "q0.5": "0"}, (20, 20, False)),
        ({"sent": "20", "answered": "20", "q0.5": "+Inf"}, (20, 0, False)),
    ],
    ids=[
        "more responses than requests",
        "fewer than none",
        "counter at rest, scrapes fail",
        "stale series, scrapes fail",
        "nothing but send errors",
        "quantile of nothing",
        "rtt 0 on timeout",
        "beyond the last bucket",
    ],
)
def test_strange_values_are_never_good_ones(figures, expected):
    """NaN, infinities and clamped loss: each becomes what it means."""
    (found,) = read(answer(**figures))
    assert expected == (found.sent, found.lost, found.blind)
    assert not found.rtt


@pytest.mark.parametrize(
    "figures",
    [
        {},
        {"scrapes": "20", "scraped": "20"},
        {"q0.5": "0.08"},
        {"sent": "NaN"},
        {"sent": "300"},
        {"sent": "300", "answered": "NaN"},
    ],
    ids=[
        *("nothing", "scrapes without probes", "times without probes", "NaN"),
        *("requests without responses", "NaN responses"),
    ],
)
def test_what_was_not_counted_is_no_measurement(figures):
    """Missing data is neither up nor lost; smokeping_prober says 0 until the first reply."""
    assert [] == read(answer(**figures))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the answer: Invalid JSON: EOF while parsing a value"),
        (b"{}", "status: Field required"),
        (b"[" * 100_000, "the answer: Invalid JSON: recursion limit exceeded"),
        (b'{"status":"success"}', "no success"),
        (b'{"status":"error","error":"query timed out"}', "query timed out"),
        (
            b'{"status":"success","data":{"resultType":"vector","result":[]}}',
            "data.resultType: Input should be 'matrix'",
        ),
        (
            b'{"status":"success","data":{"resultType":"matrix","result":'
            b'[{"metric":{},"values":[["Infinity","1"]]}]}}',
            "data.result.0.values.0.0: Input should be less than 1099511627776",
        ),
        (
            b'{"status":"success","warnings":["store down"],'
            b'"data":{"resultType":"matrix","result":[]}}',
            "nothing but a warning: store down",
        ),
    ],
    ids=["empty", "no envelope", "nested", "no data", "error", "vector", "endless time", "warning"],
)
def test_an_answer_that_cannot_be_read_says_where(body, message):
    """A broken answer is a failed source, and never measurements."""
    with pytest.raises(SourceError) as caught:
        read(body)
    said = f"https://prometheus.example/prom/api/v1/query_range: {message}"
    assert str(caught.value).startswith(said)


def test_counts_that_cannot_be_are_refused():
    """A number that no store could hold is a broken answer."""
    with pytest.raises(SourceError, match=r"tokyo-shanghai: 1e\+300 packets"):
        read(answer(sent="1e300"))


def test_labels_that_pick_several_targets_are_a_fault():
    """A dead target among live ones would look well; the message names the route."""
    with pytest.raises(SourceError, match="tokyo-shanghai: its labels pick 3 targets"):
        read(answer(sent="60", answered="40", targets="3"))
    assert [20] == [one.sent for one in read(answer(sent="20", answered="20", targets="1"))]


def test_a_bin_in_which_a_target_changed_its_labels_is_left_out():
    body = answer(sent="20", answered="20", targets="2")
    later = answer(sent="20", answered="20", targets="1")["data"]["result"]
    for one in later:
        one["values"] = [[T0 + 2 * BIN_S, value] for _, value in one["values"]]
    body["data"]["result"] += later
    assert [T0 + BIN_S] == [one.start for one in read(body)]


def test_answers_about_other_series_are_ignored():
    """What was not asked for is not measured."""
    assert [] == read(answer(sent="20", answered="20"), [wanted("osaka-dalian")])


def test_bins_are_asked_for_by_their_end():
    """The value at 00:05 is the bin that began at 00:00; one that is not over is left out."""
    (request,) = SOURCE.requests([wanted()], Span(T0 + 10, T0 + 3 * BIN_S + 299))
    form = dict(request.form)
    ends = (str(T0 + BIN_S), str(T0 + 3 * BIN_S), "300")
    assert ends == (form["start"], form["end"], form["step"])


def test_a_request_stays_below_the_limit_of_points():
    """Prometheus refuses more than 11,000 points; nothing is asked twice or left out."""
    span = Span(T0, T0 + 90 * DAY_S)
    some = [wanted(f"route-{n}") for n in range(25)]
    forms = [dict(request.form) for request in SOURCE.requests(some, span)]
    spans = sorted({(int(form["start"]), int(form["end"])) for form in forms})
    assert all((end - start) // BIN_S < 11_000 for start, end in spans)
    assert [end for start, end in spans for end in range(start, end + 1, BIN_S)] == list(
        range(T0 + BIN_S, span.until + 1, BIN_S)
    )
    assert -(-25 // SERIES) * len(spans) == len(forms)


def test_no_label_can_leave_its_quotes():
    """A label's value is data, whatever it holds."""
    (query,) = queries(wanted(labels={"job": 'a"} or vector(1) #\n\\'}))
    assert 'probe_success{job="a\\"} or vector(1) #\\n\\\\"}' in query


@pytest.mark.parametrize(
    ("probe", "times"),
    [
        (Probe.ICMP, 'probe_icmp_duration_seconds{instance="a",phase="rtt"} > 0'),
        (Probe.DNS, 'probe_dns_duration_seconds{instance="a",phase="request"} / ignoring(phase)'),
        (Probe.TCP, 'probe_duration_seconds{instance="a"} / (probe_success{instance="a"} > 0)'),
        (Probe.HTTP, 'probe_duration_seconds{instance="a"} / (probe_success{instance="a"} > 0)'),
    ],
)
def test_times_of_failed_probes_are_left_out(probe, times):
    """A failed ping exports 0, and another failed probe the time after which it gave up."""
    (query,) = queries(wanted(probe=probe))
    assert times in query


def test_smokeping_asks_up_without_its_own_labels():
    """`host` is smokeping_prober's label; `up` has job and instance only."""
    labels = {"host": "192.0.2.1", "job": "smoke"}
    (query,) = queries(wanted(exporter="smokeping", labels=labels))
    assert 'up{job="smoke"}[' in query
    (query,) = queries(wanted(exporter="smokeping", labels={"host": "192.0.2.1"}))
    assert "up{" not in query


def test_native_histograms_are_counted_as_such():
    """A Prometheus that scrapes native histograms has no _count and no _bucket."""
    source = SOURCE.model_copy(update={"native_histograms": True})
    (query,) = queries(wanted(exporter="smokeping"), source=source)
    assert "histogram_count(" in query
    assert "_bucket" not in query


# --- What else speaks its API -----------------------------------------------------------------

# Debian has neither, so these answers are written after their documentation, and not recorded.
DIALECTS = {
    "Prometheus 3 has notes": {"infos": ["PromQL info: metric might not be a counter"]},
    "VictoriaMetrics counts series": {"isPartial": False, "stats": {"seriesFetched": "9"}},
    "Mimir has warnings": {"warnings": ["the query was sharded"]},
}


@pytest.mark.parametrize("more", DIALECTS.values(), ids=DIALECTS)
def test_what_else_a_dialect_says_does_not_matter(more):
    (found,) = read(answer(sent="20", answered="19") | more)
    assert (20, 1) == (found.sent, found.lost)


def test_native_histograms_beside_values_are_left_alone():
    """A series may carry both; what is asked for are values."""
    body = answer(sent="20", answered="19")
    body["data"]["result"][0]["histograms"] = [[T0, {"count": "1", "sum": "1", "buckets": []}]]
    body["data"]["result"].append({"metric": {"series": "x"}, "histograms": []})
    assert [20] == [one.sent for one in read(body)]


def test_the_half_of_the_truth_is_refused():
    """VictoriaMetrics without a part of its storage: counts would be too low, and look good."""
    with pytest.raises(SourceError, match="a part of its storage does not answer"):
        read(answer(sent="20", answered="20") | {"isPartial": True})
    (request,) = SOURCE.requests([wanted()], SPAN)
    assert {("partial_response", "false"), ("deny_partial_response", "1")} <= {*request.form}


@settings(deadline=None)
@given(st.integers(0, BIN_S - 1), st.sampled_from([1, 5, 10, 15, 20, 30, 60]))
def test_a_window_holds_the_same_scrapes_whether_its_border_is_part_of_it(offset, every):
    """Prometheus 2 counts both ends of a range, Prometheus 3 and VictoriaMetrics the later one."""
    scrapes = [1000 * (offset % every + every * n) for n in range(3 * BIN_S // every + 1)]
    window_ms = int(WINDOW.removesuffix("ms"))
    for end in (1000 * BIN_S, 2000 * BIN_S):
        closed = [at for at in scrapes if end - window_ms <= at <= end]
        left_open = [at for at in scrapes if end - window_ms < at <= end]
        assert BIN_S // every == len(closed) == len(left_open)
