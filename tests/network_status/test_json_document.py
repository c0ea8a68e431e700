"""The format of our own: what is a document, and what its rounds mean."""

import json
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from network_status import histogram
from network_status.errors import SourceError
from network_status.sources.contract import Span, Wanted
from network_status.sources.json_document import Document, DocumentSeries, JsonDocument, schema
from tests.network_status.builders import T0

SCHEMA = Path(__file__).parents[2] / "docs" / "status-source.schema.json"
VALIDATOR = Draft202012Validator(json.loads(schema()))
SOURCE = JsonDocument(id="shanghai", url="https://shanghai.example/rounds.json")
WANTED = [Wanted("shanghai-tokyo", DocumentSeries(series="st"), 100)]
SPAN = Span(T0, T0 + 3600)


def round_(at=T0, sent=20, lost=0, **more):
    return {"series": "st", "at": at, "sent": sent, "lost": lost} | more


def document(*rounds):
    return {"format": "atogaki-measurements/1", "rounds": list(rounds)}


def read(body, wanted=WANTED):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    (request,) = SOURCE.requests(wanted, SPAN)
    return list(SOURCE.measurements(wanted, SPAN, {request: body}))


def accepted(body):
    try:
        Document.model_validate_json(json.dumps(body))
    except ValidationError:
        return False
    return True


def test_the_published_schema_is_the_model():
    """docs/status-source.schema.json says what is read; write it anew with `schema()`."""
    assert schema() == SCHEMA.read_text("utf-8")
    Draft202012Validator.check_schema(json.loads(schema()))


FULL = document(
    round_(rtt_ms=[80.1, 81], lost=2, failures={"timeout": 1, "no-route": 1}),
    round_(quantiles_ms=[[0.5, 81.2], [0.95, 96]]),
    {"series": "st", "at": T0, "blind": True},
)


@given(
    st.lists(
        st.one_of(
            st.builds(
                round_,
                st.integers(0, 2**40 - 1),
                st.integers(1, 10**6),
                st.just(0),
                rtt_ms=st.lists(st.floats(0, 3_600_000), max_size=1),
                failures=st.just({}),
            ),
            st.builds(lambda at: {"series": "a-1", "at": at, "blind": True}, st.integers(0, 9)),
        ),
        max_size=4,
    )
)
def test_what_the_model_takes_the_schema_takes(rounds):
    """Whoever writes by the schema is read, and whoever is read keeps to it."""
    assert accepted(document(*rounds))
    assert VALIDATOR.is_valid(document(*rounds))


def changed(path, value):
    body = deepcopy(FULL)
    place = body
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    return body


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), "atogaki-measurements/2"),
        (("more",), 1),
        (("rounds",), {}),
        (("rounds", 0, "sent"), 0),
        (("rounds", 0, "sent"), "20"),
        (("rounds", 0, "sent"), 20.5),
        (("rounds", 0, "lost"), -1),
        (("rounds", 0, "lost"), None),
        (("rounds", 0, "at"), -1),
        (("rounds", 0, "at"), 2**40),
        (("rounds", 0, "series"), "Tokyo Shanghai"),
        (("rounds", 0, "rtt_ms"), [-1.0]),
        (("rounds", 0, "rtt_ms"), ["80"]),
        (("rounds", 0, "failures"), {"Time Out": 1}),
        (("rounds", 0, "failures"), {"timeout": -1}),
        (("rounds", 0, "loss"), 0.1),
        (("rounds", 1, "quantiles_ms"), [[50, 81.2]]),
        (("rounds", 1, "quantiles_ms"), [[0.5]]),
        (("rounds", 2, "blind"), False),
        (("rounds", 2, "sent"), 20),
    ],
)
def test_what_the_schema_refuses_the_model_refuses(path, value):
    """One wrong thing in a good document."""
    assert accepted(FULL)
    assert VALIDATOR.is_valid(FULL)
    assert not VALIDATOR.is_valid(changed(path, value))
    assert not accepted(changed(path, value))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the document: Invalid JSON: EOF while parsing a value"),
        (b"{}", "format: Field required"),
        (b"[]", "the document: Input should be an object"),
        (b"[" * 100_000, "the document: Invalid JSON: recursion limit exceeded"),
        (document(round_(lost=21)), "rounds.0: lost is more than sent"),
        (document(round_(lost=20, rtt_ms=[1])), "rounds.0: rtt_ms holds more times"),
        (
            document(round_(lost=1, failures={"timeout": 2})),
            "rounds.0: failures are more than lost",
        ),
        (document(round_(rtt_ms=[float("nan")])), "rounds.0.rtt_ms.0: Input should be a finite"),
    ],
    ids=["empty", "no format", "list", "nested", "lost", "times", "failures", "NaN"],
)
def test_a_document_that_cannot_be_read_says_where(body, message):
    """A broken document is a failed source, and never measurements."""
    with pytest.raises(SourceError) as caught:
        read(body)
    assert str(caught.value).startswith(f"https://shanghai.example/rounds.json: {message}")


def test_a_round_is_one_measurement():
    """Counts, reasons and times arrive as they were written, and the round has its time as name."""
    (found,) = read(document(round_(T0 + 61, 20, 2, rtt_ms=[80] * 18, failures={"timeout": 2})))
    assert ("shanghai-tokyo", T0 + 61, str(T0 + 61)) == (found.route, found.start, found.round)
    assert (20, 2, 100, (("timeout", 2),)) == (
        found.sent,
        found.lost,
        found.expected,
        found.failures,
    )
    assert (False, False, 18) == (found.replaces, found.blind, histogram.count(found.rtt))


def test_more_packets_than_can_be_are_a_broken_document():
    """Each round is possible; their sum in five minutes, which a store adds up, is not."""
    wild = [round_(T0 + second, sent=1_000_000) for second in range(11)]
    with pytest.raises(
        SourceError, match=r"st: 11,000,000 packets in five minutes from \d+ cannot"
    ):
        read(document(*wild))
    assert 10 == len(read(document(*wild[:10])))


def test_quantiles_stand_for_all_that_came_back():
    """A source that knows quantiles only is read as well."""
    (found,) = read(document(round_(sent=20, lost=5, quantiles_ms=[[0.5, 80], [0.95, 120]])))
    assert 15 == histogram.count(found.rtt)
    assert 80 == pytest.approx(histogram.quantile_ms(found.rtt, 0.5), rel=0.03)


def test_a_blind_round_lost_nothing():
    (found,) = read(document({"series": "st", "at": T0, "blind": True}))
    assert (0, 0, True) == (found.sent, found.lost, found.blind)


def test_other_series_and_other_times_are_left_out():
    """A document may hold more than is asked for."""
    outside = [round_(T0 - 1), round_(SPAN.until), round_() | {"series": "other"}]
    assert [] == read(document(*outside))


@pytest.mark.parametrize("url", ["file:/etc/passwd", "file:../x.json", "file:a/../../x", "file:"])
def test_a_file_lies_below_content(url):
    """A path that leads elsewhere is an error of the settings."""
    with pytest.raises(ValidationError, match="is no path below content/"):
        JsonDocument(id="near", url=url)


def test_a_file_is_asked_for_by_its_path():
    source = JsonDocument(id="near", url="file:status/rounds.json")
    assert ["status/rounds.json"] == [one.address for one in source.requests(WANTED, SPAN)]
