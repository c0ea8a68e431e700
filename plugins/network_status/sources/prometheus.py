"""Measurements that a Prometheus has scraped from blackbox_exporter or smokeping_prober.

Asked by the HTTP API (`query_range`), so also of Thanos, Mimir and VictoriaMetrics; what is
asked says `promql`.

Bins are asked for again while they are young, so each replaces what was there before.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Annotated, ClassVar, Literal, TypeVar

from pydantic import BaseModel, FailFast, Field, ValidationError

from network_status import histogram, promql
from network_status.errors import SourceError
from network_status.model import BIN_S, DAY_S, MOST_PACKETS, NO_TIMES, Histogram, Measurement, Probe
from network_status.sources.contract import Answers, Request, Selector, Span, Wanted
from network_status.sources.remote import Remote

POINTS = 1_152
"""Bins in one request: four days; Prometheus refuses more than 11,000."""
SERIES = 4
"""Routes in one request: `or` costs the server the square of what it joins."""
ACCEPT = ("application/json",)

_T = TypeVar("_T")

Label = Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")]


class PrometheusSeries(Selector):
    """The labels that pick one target out of an exporter's metrics.

    `probe` says which of blackbox_exporter's times is the round trip; a route's own does where
    this is left out. It sends one packet for
    each scrape, smokeping_prober one each second.
    """

    exporter: Literal["blackbox", "smokeping"] = "blackbox"
    probe: Probe = Probe.ICMP
    labels: Annotated[Mapping[Label, str], Field(min_length=1)]

    @property
    def packets(self) -> int:
        """Return one, or a minute's."""
        return 1 if self.exporter == "blackbox" else 60


class Prometheus(Remote):
    """A Prometheus; `url` is the address before `/api/v1`.

    `native_histograms`: smokeping_prober is scraped with native histograms (Prometheus 2.40).
    """

    selector: ClassVar[type[Selector]] = PrometheusSeries

    piece_s: ClassVar[int | None] = DAY_S
    batch: ClassVar[int] = SERIES

    kind: Literal["prometheus"] = "prometheus"
    history_days: Annotated[int, Field(ge=1, le=400)] = 90
    native_histograms: bool = False

    def requests(self, wanted: Sequence[Wanted], span: Span) -> list[Request]:
        """Return one request for every four routes and four days."""
        return [
            Request(
                f"{self.url.rstrip('/')}/api/v1/query_range",
                (
                    ("query", " or ".join(self._figures(one) for one in some)),
                    ("start", str(ends[0])),
                    ("end", str(ends[-1])),
                    ("step", str(BIN_S)),
                    # Rather an error than the half of the truth that is at hand: so Thanos
                    # calls it, and so VictoriaMetrics.
                    ("partial_response", "false"),
                    ("deny_partial_response", "1"),
                ),
                ACCEPT,
                self.sent_secret,
            )
            for some in _batches(wanted, SERIES)
            for ends in _batches(_ends(span), POINTS)
        ]

    def measurements(
        self, wanted: Sequence[Wanted], span: Span, answers: Answers
    ) -> Iterator[Measurement]:
        """Yield a whole bin for each that has ended. Raises SourceError for a strange answer."""
        expected = {one.series: one.expected for one in wanted}
        for request in self.requests(wanted, span):
            bins = {
                (series, start): figures
                for (series, start), figures in sorted(_read(request, answers[request]).items())
                if series in expected and span.since - BIN_S < start <= span.until - BIN_S
            }
            _check_targets(bins)
            for (series, start), figures in bins.items():
                if not _are_several(figures):
                    yield from _measured(series, start, figures, expected[series], span.until)

    def _figures(self, one: Wanted) -> str:
        """Return the query for all figures of one route."""
        selector = one.selector
        if not isinstance(selector, PrometheusSeries):
            raise SourceError(f"{one.series}: {selector!r} selects nothing in Prometheus")
        if selector.exporter == "blackbox":
            return promql.of_blackbox(one.series, selector.labels, selector.probe)
        native = self.native_histograms
        return promql.of_smokeping(one.series, selector.labels, native=native)


def _batches(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    return (items[first : first + size] for first in range(0, len(items), size))


def _ends(span: Span) -> range:
    """Return the ends of all whole bins of a span."""
    return range(span.since // BIN_S * BIN_S + BIN_S, span.until + 1, BIN_S)


# --- What comes back --------------------------------------------------------------------------


_Seconds = Annotated[float, Field(ge=0, lt=1 << 40)]


class _Series(BaseModel):
    metric: Mapping[str, str]
    values: Annotated[tuple[tuple[_Seconds, float], ...], FailFast()] = ()


class _Matrix(BaseModel):
    result_type: Annotated[Literal["matrix"], Field(alias="resultType")]
    result: Annotated[tuple[_Series, ...], FailFast()]


class _Envelope(BaseModel):
    status: str
    data: _Matrix | None = None
    error: str = ""
    warnings: tuple[str, ...] = ()
    is_partial: Annotated[bool, Field(alias="isPartial")] = False
    """VictoriaMetrics: some of its storage did not answer."""


_Figures = Mapping[str, float]


def _read(request: Request, body: bytes) -> Mapping[tuple[str, int], _Figures]:
    """Return the figures of each route's bins by the bin's beginning."""
    bins: defaultdict[tuple[str, int], dict[str, float]] = defaultdict(dict)
    for one in _matrix(request, body).result:
        series, figure = one.metric.get("series", ""), one.metric.get("figure", "")
        for at, value in one.values:
            if isfinite(value):
                bins[series, round(at) - BIN_S][figure] = value
    return bins


def _matrix(request: Request, body: bytes) -> _Matrix:
    try:
        envelope = _Envelope.model_validate_json(body)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, fault["loc"])) or "the answer"
        raise SourceError(f"{request.address}: {where}: {fault['msg']}") from error
    if envelope.status != "success" or envelope.data is None:
        raise SourceError(f"{request.address}: {envelope.error or 'no success'}")
    if envelope.is_partial:
        raise SourceError(f"{request.address}: a part of its storage does not answer")
    if envelope.warnings and not envelope.data.result:
        raise SourceError(f"{request.address}: nothing but a warning: {envelope.warnings[0]}")
    return envelope.data


def _check_targets(bins: Mapping[tuple[str, int], _Figures]) -> None:
    """Raise SourceError for a series that its labels do not pick out, by its newest bin.

    In an older one a target may only have changed its labels; such a bin is no measurement.
    """
    newest = {series: figures for (series, _), figures in bins.items() if "targets" in figures}
    for series, figures in newest.items():
        if _are_several(figures):
            raise SourceError(
                f"{series}: its labels pick {figures['targets']:g} targets, whose packets would be"
                " taken for one's; add a label to its select, as in instance"
            )


def _are_several(figures: _Figures) -> bool:
    return figures.get("targets", 1) > 1


def _measured(
    series: str, start: int, figures: _Figures, expected: int, pulled: int
) -> Iterator[Measurement]:
    """Yield the whole bin that figures make, if anything was measured or failed to be."""
    sent = max(0, round(figures.get("sent", 0)))
    round_ = f"{pulled:012d}"
    if sent > MOST_PACKETS:
        raise SourceError(f"{series}: {sent:.3g} packets in five minutes cannot be")
    if not sent:
        if _is_blind(figures):
            yield Measurement(series, start, round_, 0, 0, expected, blind=True, replaces=True)
        return
    if "answered" not in figures:
        return  # an exporter says 0 from the start; what is not there is not counted, and not lost
    # Answers to packets of the bin before make it too many; increase() may extrapolate as well.
    answered = min(sent, max(0, round(figures["answered"])))
    lost = sent - answered
    failures = (("timeout", lost),) if lost else ()
    times = _times(figures, answered)
    yield Measurement(series, start, round_, sent, lost, expected, times, failures, replaces=True)


def _is_blind(figures: _Figures) -> bool:
    """Tell a prober that could not be scraped, or could not send, from one that is not known."""
    scrapes_failed = figures.get("scrapes", 0) > 0 and figures.get("scraped", 0) == 0
    return scrapes_failed or figures.get("unsent", 0) > 0


def _times(figures: _Figures, answered: int) -> Histogram:
    pairs = [
        (share, figures[promql.quantile_name(share)] * 1000)
        for share in promql.QUANTILES
        if figures.get(promql.quantile_name(share), 0) > 0
    ]
    return histogram.of_quantiles(pairs, answered) if pairs else NO_TIMES
