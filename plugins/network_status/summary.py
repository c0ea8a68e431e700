"""What bins and hours amount to: losses, quantiles, coverage, baselines, availability.

Pure. Every figure comes with what it rests on; nothing here decides a state.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from statistics import median
from typing import NamedTuple

from network_status import histogram
from network_status.model import (
    BIN_S,
    BINS_PER_HOUR,
    DAY_S,
    FEW_PACKETS,
    HOUR_S,
    Bin,
    HourBin,
    Loss,
)

BASELINE_DAYS = 14
BASELINE_LEAST_DAYS = 3
MAP_DAYS = 28
_WHOLE_HOUR = (1 << BINS_PER_HOUR) - 1
_WEEK_HOURS = 7 * 24
_THURSDAY = 3 * 24
"""The hour of the week in which the epoch began, in UTC; weeks begin on Monday."""

Span = tuple[int, int]
"""From and until, Unix seconds; the end is not part of it."""


# --- Windows ----------------------------------------------------------------------------------


def window(bins: Sequence[Bin], until: int, minutes: int) -> Loss:
    """Return what valid bins lost in the minutes before `until`."""
    return total(bin_ for bin_ in within(bins, (until - minutes * 60, until)) if bin_.valid)


def total(parts: Iterable[Bin | HourBin | Loss]) -> Loss:
    """Return the sum of all that was sent and lost."""
    sent = lost = 0
    for part in parts:
        sent += part.sent
        lost += part.lost
    return Loss(sent, lost)


def within(bins: Sequence[Bin], span: Span) -> Sequence[Bin]:
    """Return the ascending bins that lie wholly in a span."""
    first = bisect_left(bins, span[0], key=_start)
    return bins[first : bisect_left(bins, span[1] - BIN_S + 1, key=_start)]


def _start(bin_: Bin) -> int:
    return bin_.start


def quantiles_ms(
    bins: Iterable[Bin | HourBin], quantiles: Iterable[float]
) -> tuple[float | None, ...]:
    """Return the round-trip times at some quantiles over all bins; None where nothing came back."""
    times = histogram.merge(bin_.rtt for bin_ in bins)
    return tuple(histogram.quantile_ms(times, quantile) for quantile in quantiles)


def median_ms(bins: Iterable[Bin | HourBin]) -> float | None:
    """Return the median round-trip time over all bins."""
    return quantiles_ms(bins, (0.5,))[0]


def coverage(bins: Sequence[Bin], span: Span) -> float:
    """Return which share of a span valid bins cover, 0 to 1."""
    slots = (span[1] - span[0]) // BIN_S
    return sum(bin_.valid for bin_ in within(bins, span)) / slots if slots else 0.0


# --- Small numbers ----------------------------------------------------------------------------


class Saying(StrEnum):
    """What may be said of a loss (status rule 8)."""

    NOTHING_SENT = "nothing-sent"
    NONE_LOST = "none-lost"
    """No rate, but less than `ratio` with 95 % confidence: 3/n, the rule of three."""
    TOO_FEW = "too-few"
    """One lost of fewer than 60: no rate."""
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Statement:
    """What may be said of a loss, with the ratio it names if any."""

    saying: Saying
    ratio: float | None


def statement(loss: Loss) -> Statement:
    """Return what packets sent and lost allow to say (status rule 8)."""
    if not loss.sent:
        return Statement(Saying.NOTHING_SENT, None)
    if not loss.lost:
        return Statement(Saying.NONE_LOST, min(1.0, 3 / loss.sent))
    if loss.lost == 1 and loss.sent < FEW_PACKETS:
        return Statement(Saying.TOO_FEW, None)
    return Statement(Saying.RATE, loss.lost / loss.sent)


# --- Baselines --------------------------------------------------------------------------------


def baselines_ms(hours: Iterable[HourBin], span: Span) -> dict[int, float]:
    """Return for each hour of a span the usual median in it, where there is one (status rule 2).

    It is the median, over the 14 days before, of the same hour's medians: a day has one vote,
    however much was sent. Hours with fewer than three such days have no baseline. What an
    hour itself holds is no part of its baseline.
    """
    return usual_ms(medians_ms(hours), span)


def medians_ms(hours: Iterable[HourBin]) -> dict[int, float]:
    """Return the median of each hour in which anything came back, by its start."""
    medians = ((hour.start, histogram.quantile_ms(hour.rtt, 0.5)) for hour in hours)
    return {start: ms for start, ms in medians if ms is not None}


def usual_ms(medians: Mapping[int, float], span: Span) -> dict[int, float]:
    """Return the baselines in a span that follow from the medians of hours."""
    usual = {start: _usual_ms(medians, start) for start in _hours_of(span)}
    return {start: ms for start, ms in usual.items() if ms is not None}


def _usual_ms(medians: Mapping[int, float], start: int) -> float | None:
    days = (medians.get(start - day * DAY_S) for day in range(1, BASELINE_DAYS + 1))
    known = [ms for ms in days if ms is not None]
    return median(known) if len(known) >= BASELINE_LEAST_DAYS else None


def _hours_of(span: Span) -> range:
    return range(span[0] // HOUR_S * HOUR_S, span[1], HOUR_S)


# --- Availability -----------------------------------------------------------------------------


class Availability(NamedTuple):
    """Good minutes of those observed, and those observed of all (status rule 9)."""

    good_min: int
    observed_min: int
    total_min: int

    @property
    def ratio(self) -> float | None:
        """Return good / observed, or None where nothing was observed."""
        return self.good_min / self.observed_min if self.observed_min else None

    @property
    def coverage(self) -> float:
        """Return observed / all, 0 to 1."""
        return self.observed_min / self.total_min if self.total_min else 0.0


class Availabilities(NamedTuple):
    """The same time with planned periods counted in, and left out."""

    planned_in: Availability
    planned_out: Availability


def sighted_hours(hours: Sequence[HourBin], controls: Sequence[Sequence[HourBin]]) -> list[HourBin]:
    """Return the hours with only those bins valid in which a control target was good.

    Counts and times of an hour that loses a bin by this cannot be told apart any more and are
    left out whole; where there are no control targets everything stays. Good is what
    `Bin.good` says, so figures ask a little more of a control target than states do.
    """
    if not controls:
        return list(hours)
    vouched: dict[int, int] = {}
    for hour in (hour for control in controls for hour in control):
        vouched[hour.start] = vouched.get(hour.start, 0) | hour.good_bits
    return [_vouched(hour, vouched.get(hour.start, 0)) for hour in hours]


def _vouched(hour: HourBin, bits: int) -> HourBin:
    if hour.valid_bits & ~bits == 0:
        return hour
    return HourBin(hour.start, 0, 0, hour.expected, hour.valid_bits & bits, hour.good_bits & bits)


def availability(
    hours: Iterable[HourBin], span: Span, planned: Iterable[Span] = ()
) -> Availabilities:
    """Return the availability in a span, to five minutes; `hours` are `sighted_hours`."""
    planned = tuple(planned)
    by_start = {hour.start: hour for hour in hours}
    counts = [[0, 0, 0], [0, 0, 0]]
    for start in _hours_of(span):
        asked = _bits(start, (span,))
        for count, bits in zip(counts, (asked, asked & ~_bits(start, planned)), strict=True):
            _count(count, by_start.get(start), bits)
    return Availabilities(*(Availability(*(n * BIN_S // 60 for n in count)) for count in counts))


def availability_of(parts: Iterable[Availabilities]) -> Availabilities:
    """Return the availability over spans that follow one another."""
    parts = tuple(parts)
    planned = ([one.planned_in for one in parts], [one.planned_out for one in parts])
    return Availabilities(
        *(
            Availability(
                sum(one.good_min for one in found),
                sum(one.observed_min for one in found),
                sum(one.total_min for one in found),
            )
            for found in planned
        )
    )


def _count(count: list[int], hour: HourBin | None, bits: int) -> None:
    if hour is not None:
        count[0] += (hour.good_bits & bits).bit_count()
        count[1] += (hour.valid_bits & bits).bit_count()
    count[2] += bits.bit_count()


def _bits(start: int, spans: Iterable[Span]) -> int:
    """Return which of an hour's bins any of the spans touches."""
    bits = 0
    for first, end in spans:
        low = max(0, (first - start) // BIN_S)
        high = min(BINS_PER_HOUR, -((start - end) // BIN_S))
        if low < high:
            bits |= (1 << high) - (1 << low)
    return bits & _WHOLE_HOUR


# --- Days and hours of the week ---------------------------------------------------------------


class Day(NamedTuple):
    """One calendar day of a zone; times are its hours' in one."""

    span: Span
    loss: Loss
    availability: Availabilities
    median_ms: float | None


def day(hours: Sequence[HourBin], span: Span, planned: Iterable[Span] = ()) -> Day:
    """Return a day from its own hours, which are `sighted_hours`."""
    return Day(span, total(hours), availability(hours, span, planned), median_ms(hours))


def day_spans(zone: tzinfo, now: int, count: int) -> list[Span]:
    """Return the last days of a zone up to now, oldest first, today as far as it goes."""
    today = datetime.fromtimestamp(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [int((today - timedelta(days=back)).timestamp()) for back in range(count)][::-1]
    return list(zip(starts, [*starts[1:], now], strict=True))


class HourLoss(NamedTuple):
    """What an hour sent and lost."""

    start: int
    sent: int
    lost: int


def loss_by_weekday_and_hour(
    hours: Iterable[HourBin | HourLoss], zone: tzinfo, now: int
) -> tuple[tuple[Loss, ...], ...]:
    """Return 7 rows (Monday first) of 24 hours: what was lost then in the last 28 days.

    `hours` are `sighted_hours`; the zone's offset must be of whole hours, and always the same.
    """
    offset_s = int((zone.utcoffset(None) or timedelta()).total_seconds())
    monday = _THURSDAY + offset_s // HOUR_S
    sent, lost = [0] * _WEEK_HOURS, [0] * _WEEK_HOURS
    for hour in hours:
        if now - MAP_DAYS * DAY_S <= hour.start < now:
            number = (hour.start // HOUR_S + monday) % _WEEK_HOURS
            sent[number] += hour.sent
            lost[number] += hour.lost
    cells = tuple(map(Loss, sent, lost))
    return tuple(cells[start : start + 24] for start in range(0, _WEEK_HOURS, 24))
