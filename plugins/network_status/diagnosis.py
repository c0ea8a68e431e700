"""Whose problem is it? A fixed table over control targets, both directions and probe kinds.

The rows are read from the top and the first that fits is the answer: the key of one phrase,
and the values it names.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from network_status.model import Bin, Loss, Probe, RouteStatus, Rule, State, Unknown
from network_status.summary import total, window
from network_status.thresholds import Thresholds


class End(StrEnum):
    """What the control targets at one end say."""

    FINE = "fine"
    BAD = "bad"
    SILENT = "silent"
    """Nothing was measured there, or there is no control target."""


class Line(StrEnum):
    """What the probes in one direction say, worst first and silence last."""

    DEAD = "dead"
    LOSSY = "lossy"
    SLOW = "slow"
    FINE = "fine"
    SILENT = "silent"


class Verdict(StrEnum):
    """The key of the phrase that answers."""

    NO_DATA = "no-data"
    PROBE_BLIND = "probe-blind"
    STALE = "stale"
    UNDECIDED = "undecided"
    BOTH_ENDS = "both-ends"
    NEAR_END = "near-end"
    FAR_END = "far-end"
    PING_ONLY = "ping-only"
    NAMES_ONLY = "names-only"
    SERVICE_ONLY = "service-only"
    BETWEEN_DEAD = "between-dead"
    BETWEEN_LOSSY = "between-lossy"
    BETWEEN_SLOW = "between-slow"
    THERE_ONLY = "there-only"
    BACK_ONLY = "back-only"
    POSSIBLY_BETWEEN = "possibly-between"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Case:
    """What is seen of a pair of places from the route's vantage point.

    `failing` and `passing` are the kinds of probe that fail or succeed on the way there,
    the route's own included; `back` is the opposite direction, seen from the other end.
    """

    near: End
    far: End
    there: Line
    back: Line
    reason: Unknown | None = None
    failing: frozenset[Probe] = frozenset()
    passing: frozenset[Probe] = frozenset()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One sentence: its key, and the values that its phrase may name."""

    verdict: Verdict
    loss: Loss
    median_ms: float | None
    baseline_ms: float | None


_TROUBLE: Final = frozenset({Line.LOSSY, Line.SLOW, Line.DEAD})
_UNSEEN: Final = frozenset({Line.SILENT})
_ANY_LINE: Final = frozenset(Line)
_ANY_END: Final = frozenset(End)


def _ends(*ends: End) -> frozenset[End]:
    return frozenset(ends)


def _lines(*lines: Line) -> frozenset[Line]:
    return frozenset(lines)


@dataclass(frozen=True, slots=True)
class _Row:
    """Which cases a verdict fits: every column must."""

    verdict: Verdict
    near: Collection[End] = _ANY_END
    far: Collection[End] = _ANY_END
    there: Collection[Line] = _ANY_LINE
    back: Collection[Line] = _ANY_LINE
    reason: Unknown | None = None
    failing: frozenset[Probe] | None = None
    """Only these kinds fail, and some other kind passes; None: whatever."""

    def fits(self, case: Case) -> bool:
        kinds = self.failing is None or (
            bool(case.failing) and case.failing <= self.failing and bool(case.passing)
        )
        return (
            kinds
            and case.near in self.near
            and case.far in self.far
            and case.there in self.there
            and case.back in self.back
            and self.reason in {None, case.reason}
        )


# A probe that cannot see says nothing about the line, so the first rows come before all others.
# An end is blamed before the section between, a kind of traffic before the line, and the line
# only where both ends vouch for themselves.
TABLE: Final = (
    _Row(Verdict.BOTH_ENDS, near=_ends(End.BAD), far=_ends(End.BAD)),
    _Row(Verdict.NEAR_END, near=_ends(End.BAD)),
    _Row(Verdict.PROBE_BLIND, there=_UNSEEN, reason=Unknown.BLIND),
    _Row(Verdict.NO_DATA, there=_UNSEEN, reason=Unknown.NO_DATA),
    _Row(Verdict.UNDECIDED, there=_UNSEEN, reason=Unknown.UNDECIDED),
    _Row(Verdict.STALE, there=_UNSEEN),
    _Row(Verdict.FAR_END, far=_ends(End.BAD), there=_TROUBLE),
    _Row(Verdict.PING_ONLY, there=_TROUBLE, failing=frozenset({Probe.ICMP})),
    _Row(Verdict.NAMES_ONLY, there=_TROUBLE, failing=frozenset({Probe.DNS})),
    _Row(Verdict.SERVICE_ONLY, there=_TROUBLE, failing=frozenset({Probe.TCP, Probe.HTTP})),
    _Row(Verdict.POSSIBLY_BETWEEN, near=_ends(End.SILENT), there=_TROUBLE),
    _Row(Verdict.POSSIBLY_BETWEEN, far=_ends(End.SILENT), there=_TROUBLE, back=_UNSEEN),
    _Row(Verdict.THERE_ONLY, there=_TROUBLE, back=_lines(Line.FINE)),
    _Row(Verdict.BETWEEN_DEAD, there=_lines(Line.DEAD)),
    _Row(Verdict.BETWEEN_LOSSY, there=_lines(Line.LOSSY)),
    _Row(Verdict.BETWEEN_SLOW, there=_lines(Line.SLOW)),
    _Row(Verdict.BACK_ONLY, there=_lines(Line.FINE), back=_TROUBLE),
    _Row(Verdict.FINE, there=_lines(Line.FINE)),
)


def case_of(
    status: RouteStatus,
    near: End,
    far: End,
    back: Iterable[RouteStatus],
    kinds: Iterable[tuple[Probe, RouteStatus]],
) -> Case:
    """Return the case of a route.

    `back` are the routes in the opposite direction, of which the worst speaks; `kinds` are all
    routes from the same vantage point to the same target, this one included, by their probe.
    """
    lines = [(kind, line_of(other)) for kind, other in kinds]
    return Case(
        near=near,
        far=far,
        there=line_of(status),
        back=min(map(line_of, back), key=list(Line).index, default=Line.SILENT),
        reason=status.reason,
        failing=frozenset(kind for kind, line in lines if line in _TROUBLE),
        passing=frozenset(kind for kind, line in lines if line is Line.FINE),
    )


def line_of(status: RouteStatus) -> Line:
    """Return what the probes of a route say."""
    slow = status.decided is not None and status.decided.rule is Rule.SLOW_RUN
    return {
        State.OUTAGE: Line.DEAD,
        State.DEGRADED: Line.SLOW if slow else Line.LOSSY,
        State.OPERATIONAL: Line.FINE,
    }.get(status.measured, Line.SILENT)


def end_of(controls: Iterable[Sequence[Bin]], limits: Thresholds, now: int) -> End:
    """Return what the control targets at one end said in the last 15 minutes: the best counts."""
    losses = [window(control, now, 15) for control in controls]
    ratios = [loss.ratio for loss in losses if loss.ratio is not None]
    if not total(losses).sent:
        return End.SILENT
    return End.FINE if min(ratios) < limits.control_loss else End.BAD


def diagnose(
    case: Case, loss: Loss, median_ms: float | None = None, baseline_ms: float | None = None
) -> Diagnosis:
    """Return whose problem it is, as the key of a phrase with its values."""
    verdict = next(row.verdict for row in TABLE if row.fits(case))
    return Diagnosis(verdict, loss, median_ms, baseline_ms)
