"""What bins and hours amount to in a step of a chart and in a day of the calendar. Pure."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, NamedTuple, TypeVar

from network_status import histogram, summary
from network_status.model import BIN_S, VALID_SHARE, Bin, HourBin, Loss, State
from network_status.summary import Day, HourLoss, Span

QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
OUTAGE_LOSS: Final = 0.5
"""A day with an hour of it is marked as one with an outage (the default of status rule 3)."""

_P = TypeVar("_P", Bin, HourBin)


class Point(NamedTuple):
    """One step of a chart: counts, and the round-trip times at QUANTILES.

    `measured` tells whether at least half of its time was observed; without it the step is
    no data, whatever little was sent. `quantiles_ms` is empty where nothing came back.
    """

    start: int
    end: int
    loss: Loss
    quantiles_ms: tuple[float, ...]
    measured: bool


class DayOf(NamedTuple):
    """One of the 90 days: its figures, and the worst that it saw.

    The grade is unknown where less than half of the day was observed and nothing bad was seen.
    """

    day: Day
    grade: State


class CalendarDay(NamedTuple):
    """All that is shown of a day: in bars, as a step of its chart, by the hour in the week."""

    of: DayOf
    point: Point
    hours: tuple[HourLoss, ...]


def calendar_day(hours: Sequence[HourBin], span: Span, planned: Sequence[Span]) -> CalendarDay:
    """Sum up a day; `hours` are `sighted_hours`, of that day or of more."""
    found = between(hours, *span)
    day = summary.day(found, span, planned)
    return CalendarDay(
        DayOf(day, _grade(day, found)),
        point_of(found, *span, span[1]),
        tuple(HourLoss(hour.start, hour.sent, hour.lost) for hour in found),
    )


def between(parts: Sequence[_P], since: int, until: int) -> Sequence[_P]:
    """Return the ascending bins or hours that begin in a span."""
    first = bisect_left(parts, since, key=lambda part: part.start)
    return parts[first : bisect_left(parts, until, key=lambda part: part.start)]


def point_of(parts: Sequence[Bin] | Sequence[HourBin], start: int, end: int, now: int) -> Point:
    """Sum up a step; an aggregate with less than half its time is no data (RRD's xff 0.5)."""
    observed = sum(map(_observed_bins, parts))
    slots = max(1, (min(end, now) - start) // BIN_S)
    if observed < VALID_SHARE * slots:
        return Point(start, end, Loss(0, 0), (), measured=False)
    quantiles_ms = histogram.quantiles_ms((part.rtt for part in parts), QUANTILES)
    return Point(start, end, summary.total(parts), quantiles_ms, measured=True)


def _grade(day: Day, hours: Sequence[HourBin]) -> State:
    seen = day.availability.planned_in
    if any(map(_lost_half, hours)):
        return State.OUTAGE
    if seen.good_min < seen.observed_min:
        return State.DEGRADED
    return State.OPERATIONAL if seen.coverage >= VALID_SHARE else State.UNKNOWN


def _lost_half(hour: HourBin) -> bool:
    return hour.valid_bits != 0 and hour.sent > 0 and hour.lost >= OUTAGE_LOSS * hour.sent


def _observed_bins(part: Bin | HourBin) -> int:
    if isinstance(part, HourBin):
        return part.valid_bits.bit_count() if part.sent else 0
    return 1 if part.valid else 0
