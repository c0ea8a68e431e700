"""What a route's finished days amounted to, so that a day is summed up once and not each minute.

A finished day may still change: measurements arrive late, a plan is written down afterwards. So
what the history keeps of it carries a stamp of all that it rests on: the day's revisions, the
control targets that vouch, the planned times, our own code. What carries another stamp than
today's, or does not match its checksum, is summed up anew.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from struct import Struct
from typing import Final, NamedTuple

from network_status.days import CalendarDay, DayOf, Point, between, calendar_day, point_of
from network_status.histogram import bucket_of, middle_ms
from network_status.history import History, KeptDay
from network_status.model import DAY_S, HOUR_S, HourBin, Loss, State
from network_status.summary import (
    Availabilities,
    Availability,
    Day,
    HourLoss,
    Span,
    medians_ms,
    sighted_hours,
)
from press.kept import edition

STEP_S: Final = 2 * HOUR_S
"""The steps that are kept; each lies within a day of UTC."""

CALENDAR: Final = "calendar"
CLOCK: Final = "clock"
"""Kinds of days: those of the calendar in Japan, and those of UTC."""


class ClockDay(NamedTuple):
    """A day of UTC: its steps, and the median of each hour in which anything came back."""

    steps: tuple[Point, ...]
    medians_ms: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Past:
    """Finished days of a route, by their start."""

    calendar: Mapping[int, CalendarDay] = field(default_factory=dict)
    clock: Mapping[int, ClockDay] = field(default_factory=dict)

    @property
    def steps(self) -> dict[int, Point]:
        """Return all steps by their start."""
        return {step.start: step for day in self.clock.values() for step in day.steps}

    @property
    def medians_ms(self) -> dict[int, float]:
        """Return all hours' medians by their start."""
        return {at: ms for day in self.clock.values() for at, ms in day.medians_ms.items()}


class Asked(NamedTuple):
    """A route, the control targets that vouch for it, the times planned for it."""

    route: str
    controls: tuple[str, ...]
    planned: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Days:
    """The finished days that are asked for, oldest first, and where those before now begin."""

    calendar: Sequence[Span]
    clock: Sequence[Span]
    today: int
    by_hour: int
    """From here on a day's hours are asked for, too."""


def recall(
    history: History, asked: Sequence[Asked], days: Days
) -> tuple[dict[str, Past], dict[str, tuple[HourBin, ...]]]:
    """Return every route's finished days, and the hours from `today` on.

    What had to be summed up is kept for the next time.
    """
    spans = [*((CALENDAR, span) for span in days.calendar), *((CLOCK, s) for s in days.clock)]
    oldest = min([days.today, *(span[0] for _, span in spans)])
    # The revisions before the hours: what is written in between then only costs another sum.
    revisions, kept = history.revisions(oldest - DAY_S), history.kept_days()
    made_by = edition()[:16]
    stamps = {
        one.route: {
            (kind, span[0]): _stamp(made_by, one, span, revisions, kind) for kind, span in spans
        }
        for one in asked
    }
    found = {route: _unpacked(kept.get(route, {}), stamps[route], days.by_hour) for route in stamps}
    missing = {route: sorted(stamps[route].keys() - found[route].keys()) for route in stamps}
    new: list[KeptDay] = []
    for one in asked:
        # Route by route: the hours of a hundred would take too much memory.
        hours = _hours(history, one, missing[one.route])
        for kind, start in missing[one.route]:
            packed = _pack(_summed(kind, (start, start + DAY_S), one, hours))
            new.append(KeptDay(one.route, kind, start, stamps[one.route][kind, start], packed))
            found[one.route][kind, start] = _unpack(kind, start, packed, days.by_hour)
    if new:
        history.keep_days(new)
    series = {name for one in asked for name in (one.route, *one.controls)}
    past = {route: _past(made) for route, made in found.items()}
    return past, history.hours_since(dict.fromkeys(sorted(series), days.today))


def _stamp(
    made_by: str, one: Asked, span: Span, revisions: Mapping[str, Mapping[int, int]], kind: str
) -> str:
    first = span[0] // DAY_S * DAY_S
    touched = range(first, span[1], DAY_S)
    series = (one.route, *one.controls)
    parts = [
        f"{name} {' '.join(str(revisions.get(name, {}).get(day, 0)) for day in touched)}"
        for name in series
    ]
    planned = [cut for cut in (_cut(plan, span) for plan in one.planned) if cut[0] < cut[1]]
    return "; ".join([made_by, *parts, *(map(str, planned) if kind == CALENDAR else ())])


def _cut(plan: Span, span: Span) -> Span:
    return max(plan[0], span[0]), min(plan[1], span[1])


def _hours(
    history: History, one: Asked, missing: Sequence[tuple[str, int]]
) -> dict[str, tuple[HourBin, ...]]:
    """Return the hours of a route and its control targets that its missing days are made of."""
    if not missing:
        return {}
    first = min(start for _, start in missing)
    return history.hours_since(dict.fromkeys((one.route, *one.controls), first))


def _summed(
    kind: str, span: Span, one: Asked, hours: Mapping[str, Sequence[HourBin]]
) -> CalendarDay | ClockDay:
    own = between(hours.get(one.route, ()), *span)
    seen = sighted_hours(own, [between(hours.get(name, ()), *span) for name in one.controls])
    if kind == CALENDAR:
        return calendar_day(seen, span, one.planned)
    steps = [(start, start + STEP_S) for start in range(*span, STEP_S)]
    points = (point_of(between(seen, *step), *step, step[1]) for step in steps)
    return ClockDay(tuple(points), medians_ms(own))


def _past(days: Mapping[tuple[str, int], CalendarDay | ClockDay]) -> Past:
    return Past(
        {start: day for (_, start), day in days.items() if isinstance(day, CalendarDay)},
        {start: day for (_, start), day in days.items() if isinstance(day, ClockDay)},
    )


# --- As bytes ---------------------------------------------------------------------------------

_DAY = Struct("<QQ6HhB")
_POINT = Struct("<?QQ5h")
_HOUR = Struct("<BQQ")
_MEDIAN = Struct("<Bh")
_SUM = Struct("<I")
_GRADES: Final = tuple(State)
_NONE: Final = -1


def _pack(day: CalendarDay | ClockDay) -> bytes:
    """Return a day as bytes that end in their checksum."""
    data = _pack_calendar(day) if isinstance(day, CalendarDay) else _pack_clock(day)
    return data + _SUM.pack(zlib.crc32(data))


def _unpacked(
    kept: Mapping[tuple[str, int], tuple[str, bytes]],
    stamps: Mapping[tuple[str, int], str],
    by_hour: int,
) -> dict[tuple[str, int], CalendarDay | ClockDay]:
    """Return the days whose stamp and checksum hold."""
    found: dict[tuple[str, int], CalendarDay | ClockDay] = {}
    for key, stamp in stamps.items():
        known, packed = kept.get(key, ("", b""))
        data, end = packed[: -_SUM.size], packed[-_SUM.size :]
        if known == stamp and end == _SUM.pack(zlib.crc32(data)):
            found[key] = _unpack(*key, packed, by_hour)
    return found


def _unpack(kind: str, start: int, packed: bytes, by_hour: int) -> CalendarDay | ClockDay:
    """Return the day that was packed, and its hours where it begins at `by_hour` or later."""
    data = packed[: -_SUM.size]
    if kind == CLOCK:
        return _unpack_clock(data, start)
    return _unpack_calendar(data, start, by_hour=start >= by_hour)


def _pack_calendar(one: CalendarDay) -> bytes:
    day, seen = one.of.day, one.of.day.availability
    head = _DAY.pack(
        day.loss.sent,
        day.loss.lost,
        *(n for a in (seen.planned_in, seen.planned_out)
          for n in (a.good_min, a.observed_min, a.total_min)),
        _bucket(day.median_ms),
        _GRADES.index(one.of.grade),
    )  # fmt: skip
    start = day.span[0]
    hours = (_HOUR.pack((h.start - start) // HOUR_S, h.sent, h.lost) for h in one.hours)
    return b"".join([head, _pack_point(one.point), *hours])


def _unpack_calendar(data: bytes, start: int, *, by_hour: bool) -> CalendarDay:
    sent, lost, *minutes, median, grade = _DAY.unpack_from(data)
    span = (start, start + DAY_S)
    seen = Availabilities(Availability(*minutes[:3]), Availability(*minutes[3:]))
    day = Day(span, Loss(sent, lost), seen, None if median == _NONE else middle_ms(median))
    rest = data[_DAY.size + _POINT.size :] if by_hour else b""
    return CalendarDay(
        DayOf(day, _GRADES[grade]),
        _unpack_point(data, _DAY.size, span),
        tuple(HourLoss(start + n * HOUR_S, *counts) for n, *counts in _HOUR.iter_unpack(rest)),
    )


def _pack_clock(one: ClockDay) -> bytes:
    start = one.steps[0].start
    medians = (
        _MEDIAN.pack((at - start) // HOUR_S, bucket_of(ms)) for at, ms in one.medians_ms.items()
    )
    return b"".join([*map(_pack_point, one.steps), *medians])


def _unpack_clock(data: bytes, start: int) -> ClockDay:
    steps = list(_steps(data, start))
    rest = _MEDIAN.iter_unpack(data[len(steps) * _POINT.size :])
    return ClockDay(tuple(steps), {start + n * HOUR_S: middle_ms(bucket) for n, bucket in rest})


def _steps(data: bytes, start: int) -> Iterator[Point]:
    for number, at in enumerate(range(start, start + DAY_S, STEP_S)):
        yield _unpack_point(data, number * _POINT.size, (at, at + STEP_S))


def _pack_point(point: Point) -> bytes:
    buckets = [bucket_of(ms) for ms in point.quantiles_ms] or [_NONE] * 5
    return _POINT.pack(point.measured, point.loss.sent, point.loss.lost, *buckets)


def _unpack_point(data: bytes, offset: int, span: Span) -> Point:
    measured, sent, lost, *buckets = _POINT.unpack_from(data, offset)
    times = () if _NONE in buckets else tuple([middle_ms(bucket) for bucket in buckets])
    return Point(span[0], span[1], Loss(sent, lost), times, measured)


def _bucket(rtt_ms: float | None) -> int:
    return _NONE if rtt_ms is None else bucket_of(rtt_ms)
