"""Why a route has its state, in words and figures for a person at a terminal."""

from collections.abc import Iterator
from datetime import datetime

from network_status.histogram import quantile_ms
from network_status.model import BIN_S, HOUR_S, Bin, RouteStatus, Step
from network_status.status import CLEAR_BINS, Observed
from network_status.summary import statement, window
from network_status.thresholds import Thresholds
from network_status.zones import JAPAN

STEPS = 15


def explain(status: RouteStatus, observed: Observed, thresholds: Thresholds) -> Iterator[str]:
    """Yield the lines of `invoke status --explain ROUTE`: state, rule, windows, limits, bins."""
    reason = f" ({status.reason})" if status.reason else ""
    yield f"{status.route}: {status.state}; measured: {status.measured}{reason}"
    yield f"since {_clock(status.since)}, observed until {_clock(status.observed_until)}"
    for notice in status.notices:
        yield f"a person says: {notice.severity} since {_clock(notice.started)} ({notice.id})"
    if status.unstable:
        yield "unstable: four changes or more in six hours (rule 7)"
    if not any(_usual_ms(step, observed) for step in status.steps[-1:]):
        yield "latency is not judged yet: what is usual at this hour is not known (no baseline)"
    if status.decided is not None:
        yield from _decided(status.decided, observed)
    yield "limits: " + ", ".join(f"{name} {value:g}" for name, value in thresholds)
    yield from (_line(step, observed) for step in status.steps[-STEPS:])


def _decided(step: Step, observed: Observed) -> Iterator[str]:
    yield f"decided at {_clock(step.start)} by {step.rule.value}"
    for minutes in (15, 60):
        loss = window(observed.bins, step.start + BIN_S, minutes)
        said = statement(loss)
        ratio = "" if said.ratio is None else f" {said.ratio:.2%}"
        yield f"  {minutes} min: {loss.lost} of {loss.sent} lost; {said.saying}{ratio}"


def _line(step: Step, observed: Observed) -> str:
    baseline_ms = _usual_ms(step, observed)
    usual = "no baseline" if baseline_ms is None else f"usually {baseline_ms:.0f} ms"
    run = f"{min(step.good_run, CLEAR_BINS)}/{CLEAR_BINS} good"
    counted = "counts" if step.counted else "does not count"
    seen = "no bin" if step.bin is None else f"{_figures(step.bin)}, {usual}, {counted}"
    return f"  {_clock(step.start)}  {step.state:12} {run}  {seen}; {step.rule.value}"


def _usual_ms(step: Step, observed: Observed) -> float | None:
    return observed.baselines_ms.get(step.start // HOUR_S * HOUR_S)


def _figures(bin_: Bin) -> str:
    median_ms = quantile_ms(bin_.rtt, 0.5)
    rtt = "no reply" if median_ms is None else f"{median_ms:.0f} ms"
    blind = ", prober failed" if bin_.blind else ""
    return f"{bin_.lost}/{bin_.sent} lost ({bin_.expected} expected), {rtt}{blind}"


def _clock(when: int | None) -> str:
    if when is None:
        return "before the replay"
    return datetime.fromtimestamp(when, JAPAN).strftime("%Y-%m-%d %H:%M%z")
