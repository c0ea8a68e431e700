"""The status at one moment, whole: what pages, charts, documents and feeds print.

Made once, pure, from the settings, from what the history keeps, from what people say, and from
`now`. Nothing that prints a picture decides anything.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta, timezone
from itertools import pairwise
from typing import Final, NamedTuple, TypeVar

from network_status import histogram, summary
from network_status.changes import incidents
from network_status.diagnosis import Diagnosis, case_of, diagnose, end_of
from network_status.incidents import Report
from network_status.model import (
    BIN_S,
    DAY_S,
    HOUR_S,
    VALID_SHARE,
    Bin,
    Event,
    Headline,
    HourBin,
    Incident,
    Loss,
    RouteStatus,
    SourceHealth,
    State,
)
from network_status.settings import Group, Network, Route
from network_status.status import headline, sighted
from network_status.summary import Availabilities, Day, Span

JAPAN: Final = timezone(timedelta(hours=9))
CHINA: Final = timezone(timedelta(hours=8))
QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
DAYS: Final = 90
SAMPLE_KIND: Final = "recording"
OUTAGE_LOSS: Final = 0.5
"""A day with an hour of it is marked as one with an outage (the default of status rule 3)."""

_P = TypeVar("_P", Bin, HourBin)


class Reach(NamedTuple):
    """A time span that routes are drawn over, and how long each step of it is, in seconds."""

    name: str
    length_s: int
    step_s: int


SPANS: Final = (
    Reach("3h", 3 * HOUR_S, BIN_S),
    Reach("30h", 30 * HOUR_S, 900),
    Reach("10d", 10 * DAY_S, 2 * HOUR_S),
)
"""The 90 days are those of the calendar in Japan and come from the days."""

SPARK: Final = Reach("24h", DAY_S, 900)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the history holds that a picture needs.

    `bins` reach back for 31 hours, `hours` for 91 days; both are by series.
    """

    statuses: Mapping[str, RouteStatus]
    bins: Mapping[str, Sequence[Bin]]
    hours: Mapping[str, Sequence[HourBin]]
    baselines_ms: Mapping[str, Mapping[int, float]]
    events: Sequence[Event]
    sources: Mapping[str, SourceHealth]


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


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn over one span, and the times in which something was wrong or planned."""

    name: str
    step_s: int
    points: tuple[Point, ...]
    shaded: tuple[tuple[Span, State], ...]


@dataclass(frozen=True, slots=True)
class DayOf:
    """One of the 90 days: its figures, and the worst that it saw.

    The grade is unknown where less than half of the day was observed and nothing bad was seen.
    """

    day: Day
    grade: State


@dataclass(frozen=True, slots=True)
class RoutePicture:
    """A route at this moment."""

    route: Route
    status: RouteStatus
    diagnosis: Diagnosis
    quarter: Loss
    hour: Loss
    availability: Availabilities
    """Over the 90 days."""
    days: tuple[DayOf, ...]
    charts: tuple[Chart, ...]
    spark: Chart
    weeks: tuple[tuple[tuple[Loss, ...], ...], ...]
    """Loss by weekday and hour, in Japan and in China."""
    events: tuple[Event, ...]
    incidents: tuple[Incident, ...]

    @property
    def median_ms(self) -> float | None:
        """Return the median round-trip time of the last hour."""
        return self.diagnosis.median_ms


@dataclass(frozen=True, slots=True)
class GroupPicture:
    """A heading of the page."""

    group: Group
    headline: Headline
    routes: tuple[RoutePicture, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """The status at `now` (Unix seconds). `sample`: recorded measurements, not real ones."""

    now: int
    sample: bool
    network: Network
    headline: Headline
    since: int | None
    groups: tuple[GroupPicture, ...]
    reports: tuple[Report, ...]
    failing: tuple[SourceHealth, ...]

    @property
    def routes(self) -> tuple[RoutePicture, ...]:
        """Return all routes in the order of the page."""
        return tuple(route for group in self.groups for route in group.routes)

    def reports_of(self, route: str) -> tuple[Report, ...]:
        """Return what people say of a route, newest first."""
        return tuple(report for report in self.reports if route in report.notice.routes)


def take(network: Network, kept: Kept, reports: Iterable[Report], now: int) -> Picture:
    """Return the picture of everything at `now`; reports come newest first."""
    known = tuple(report for report in reports if report.published <= now)
    notices = [report.notice for report in known]
    key = {route.id for route in network.routes if route.key}
    routes = {route.id: _route(route, network, kept, known, now) for route in network.routes}
    all_ = headline((route.status for route in routes.values()), key, notices, now)
    groups = []
    for group in network.groups:
        members = tuple(routes[route.id] for route in network.routes if route.group == group.id)
        ids = {member.route.id for member in members}
        own = [notice for notice in notices if notice.routes & ids]
        state = headline((member.status for member in members), key, own, now)
        groups.append(GroupPicture(group, state, members))
    return Picture(
        now=now,
        sample=bool(network.used & {s.id for s in network.sources if s.kind == SAMPLE_KIND}),
        network=network,
        headline=all_,
        since=_since(all_, routes.values()),
        groups=tuple(group for group in groups if group.routes),
        reports=known,
        failing=tuple(
            health
            for source in network.sources
            if (health := kept.sources.get(source.id)) and health.failing_since is not None
        ),
    )


def _since(of: Headline, routes: Iterable[RoutePicture]) -> int | None:
    """Return since when the headline holds, or None where that was before the replay.

    Trouble is as old as the oldest of it; all is well since the last route came back.
    """
    since: list[int | None] = []
    for route in routes:
        if route.status.route in of.worst:
            people = [notice.started for notice in route.status.notices]
            measured = route.status.measured is of.state
            since += [route.status.since] if measured else people
    known = [at for at in since if at is not None]
    if of.state is State.OPERATIONAL:
        return max(known, default=None)
    return min(known) if known and len(known) == len(since) else None


# --- One route --------------------------------------------------------------------------------


def _route(
    route: Route, network: Network, kept: Kept, reports: Iterable[Report], now: int
) -> RoutePicture:
    status = kept.statuses[route.id]
    controls = network.controls_at(route.vantage)
    bins = sighted(
        kept.bins.get(route.id, ()),
        [kept.bins.get(control, ()) for control in controls],
        route.thresholds,
    )
    hours = summary.sighted_hours(
        kept.hours.get(route.id, ()), [kept.hours.get(control, ()) for control in controls]
    )
    own = [report.notice for report in reports if route.id in report.notice.routes]
    planned = [
        (notice.started, notice.ended or now)
        for notice in own
        if notice.severity is State.MAINTENANCE
    ]
    until = now // BIN_S * BIN_S
    events = tuple(event for event in kept.events if event.route == route.id)
    troubles = tuple(incidents(events))
    shaded = (
        *(((one.started, one.ended or now), one.worst) for one in troubles),
        *(((one.started, one.ended or now), one.severity) for one in own),
    )
    days = summary.days(hours, JAPAN, now, DAYS, planned)
    return RoutePicture(
        route=route,
        status=status,
        diagnosis=_diagnosis(route, network, kept, bins, now),
        quarter=summary.window(bins, until, 15),
        hour=summary.window(bins, until, 60),
        availability=summary.availability(hours, (days[0].span[0], now), planned),
        days=tuple(DayOf(day, _grade(day, hours)) for day in days),
        charts=(
            *(_chart(span, bins, hours, shaded, now) for span in SPANS),
            _calendar(days, hours, shaded),
        ),
        spark=_chart(SPARK, bins, hours, (), now),
        weeks=tuple(summary.loss_by_weekday_and_hour(hours, zone, now) for zone in (JAPAN, CHINA)),
        events=events,
        incidents=troubles,
    )


def _diagnosis(
    route: Route, network: Network, kept: Kept, bins: Sequence[Bin], now: int
) -> Diagnosis:
    def end(place: str) -> list[Sequence[Bin]]:
        return [kept.bins.get(control, ()) for control in network.controls_at(place)]

    status = kept.statuses[route.id]
    case = case_of(
        status,
        end_of(end(route.vantage), route.thresholds, now),
        end_of(end(route.target), route.thresholds, now),
        [kept.statuses[other] for other in network.back_of(route)],
        [(other.probe, kept.statuses[other.id]) for other in network.along(route)],
    )
    until = now // BIN_S * BIN_S
    recent = summary.within(bins, (until - HOUR_S, until))
    usual_ms = kept.baselines_ms.get(route.id, {}).get((now - BIN_S) // HOUR_S * HOUR_S)
    return diagnose(case, summary.total(recent), summary.median_ms(recent), usual_ms)


def _grade(day: Day, hours: Sequence[HourBin]) -> State:
    seen = day.availability.planned_in
    if any(_lost_half(hour) for hour in _between(hours, *day.span)):
        return State.OUTAGE
    if seen.good_min < seen.observed_min:
        return State.DEGRADED
    return State.OPERATIONAL if seen.coverage >= VALID_SHARE else State.UNKNOWN


def _lost_half(hour: HourBin) -> bool:
    return hour.valid_bits != 0 and hour.sent > 0 and hour.lost >= OUTAGE_LOSS * hour.sent


# --- Steps of charts --------------------------------------------------------------------------


def _chart(
    span: Reach,
    bins: Sequence[Bin],
    hours: Sequence[HourBin],
    shaded: Iterable[tuple[Span, State]],
    now: int,
) -> Chart:
    step_s = span.step_s
    until = -(-now // step_s) * step_s if step_s > BIN_S else now // step_s * step_s
    borders = range(until - span.length_s, until + 1, step_s)
    if step_s < HOUR_S:
        points = tuple(_point(_between(bins, *pair), *pair, now) for pair in pairwise(borders))
    else:
        points = tuple(_point(_between(hours, *pair), *pair, now) for pair in pairwise(borders))
    return Chart(span.name, step_s, points, _visible(shaded, borders[0], until))


def _calendar(
    days: Sequence[Day], hours: Sequence[HourBin], shaded: Iterable[tuple[Span, State]]
) -> Chart:
    points = tuple(_point(_between(hours, *day.span), *day.span, day.span[1]) for day in days)
    return Chart("90d", DAY_S, points, _visible(shaded, days[0].span[0], days[-1].span[1]))


def _visible(
    shaded: Iterable[tuple[Span, State]], since: int, until: int
) -> tuple[tuple[Span, State], ...]:
    return tuple(
        ((max(first, since), min(end, until)), state)
        for (first, end), state in shaded
        if first < until and end > since
    )


def _between(parts: Sequence[_P], since: int, until: int) -> Sequence[_P]:
    first = bisect_left(parts, since, key=lambda part: part.start)
    return parts[first : bisect_left(parts, until, key=lambda part: part.start)]


def _point(parts: Sequence[Bin] | Sequence[HourBin], start: int, end: int, now: int) -> Point:
    """Sum up a step; an aggregate with less than half its time is no data (RRD's xff 0.5)."""
    observed = sum(map(_observed_bins, parts))
    slots = max(1, (min(end, now) - start) // BIN_S)
    if observed < VALID_SHARE * slots:
        return Point(start, end, Loss(0, 0), (), measured=False)
    times = histogram.merge(part.rtt for part in parts)
    found = (histogram.quantile_ms(times, quantile) for quantile in QUANTILES)
    quantiles_ms = tuple(ms for ms in found if ms is not None)
    return Point(start, end, summary.total(parts), quantiles_ms, measured=True)


def _observed_bins(part: Bin | HourBin) -> int:
    if isinstance(part, HourBin):
        return part.valid_bits.bit_count() if part.sent else 0
    return 1 if part.valid else 0
