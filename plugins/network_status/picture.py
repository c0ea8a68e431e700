"""The status at one moment, whole: what pages, charts, documents and feeds print.

Made once, pure, from the settings, from what the history keeps, from what people say, and from
`now`. Nothing that prints a picture decides anything.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple, TypeVar

from network_status import summary
from network_status.changes import incidents
from network_status.days import DayOf, Point, between, calendar_day, point_of
from network_status.diagnosis import Diagnosis, case_of, diagnose, end_of
from network_status.incidents import Report
from network_status.model import (
    BIN_S,
    DAY_S,
    HOUR_S,
    Bin,
    Event,
    Headline,
    HourBin,
    Incident,
    Loss,
    Notice,
    RouteStatus,
    SourceHealth,
    State,
)
from network_status.past import Past
from network_status.settings import Group, Network, Route
from network_status.status import headline, sighted
from network_status.summary import Availabilities, Span
from network_status.zones import CHINA, JAPAN

_P = TypeVar("_P", Bin, HourBin)

DAYS: Final = 90
SAMPLE_KIND: Final = "recording"


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

CALENDAR: Final = Reach("90d", DAYS * DAY_S, DAY_S)
SPARK: Final = Reach("24h", DAY_S, 900)
"""The end of what 30 hours show."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the history holds that a picture needs.

    `bins` reach back for 31 hours, `hours` for 91 days; both are by series. Of finished days
    that are in a route's `past`, hours may be missing.
    """

    statuses: Mapping[str, RouteStatus]
    bins: Mapping[str, Sequence[Bin]]
    hours: Mapping[str, Sequence[HourBin]]
    baselines_ms: Mapping[str, Mapping[int, float]]
    events: Sequence[Event]
    sources: Mapping[str, SourceHealth]
    past: Mapping[str, Past] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn over one span, and the times in which something was wrong or planned."""

    name: str
    step_s: int
    points: tuple[Point, ...]
    shaded: tuple[tuple[Span, State], ...]


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
    controlled: bool
    """Whether there is a control target that could tell a blind probe from the line."""

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
    def drawn_at(self) -> int:
        """Return the end of the last five minutes: pages are the same until more can be seen."""
        return self.now // BIN_S * BIN_S

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
        state = headline((member.status for member in members), ids, own, now)
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
    planned = planned_times(own, now)
    until = now // BIN_S * BIN_S
    events = tuple(event for event in kept.events if event.route == route.id)
    troubles = tuple(incidents(events))
    shaded = (
        *(((one.started, one.ended or until), one.worst) for one in troubles),
        *(((one.started, one.ended or until), one.severity) for one in own),
    )
    past = kept.past.get(route.id, Past())
    days = tuple(
        past.calendar.get(span[0]) or calendar_day(hours, span, planned)
        for span in summary.day_spans(JAPAN, until, DAYS)
    )
    near, far, long = SPANS
    recent = tuple(_steps(far, bins, until, {}))
    lately = [hour for one in days[-summary.MAP_DAYS - 1 :] for hour in one.hours]
    return RoutePicture(
        route=route,
        status=status,
        diagnosis=_diagnosis(route, network, kept, bins, now),
        quarter=summary.window(bins, until, 15),
        hour=summary.window(bins, until, 60),
        availability=summary.availability_of(one.of.day.availability for one in days),
        days=tuple(one.of for one in days),
        charts=(
            _chart(near, _steps(near, bins, until, {}), shaded),
            _chart(far, recent, shaded),
            _chart(long, _steps(long, hours, until, past.steps), shaded),
            _chart(CALENDAR, (one.point for one in days), shaded),
        ),
        spark=_chart(SPARK, recent[-SPARK.length_s // SPARK.step_s :], ()),
        weeks=tuple(
            summary.loss_by_weekday_and_hour(lately, zone, until) for zone in (JAPAN, CHINA)
        ),
        events=events,
        incidents=troubles,
        controlled=bool(controls),
    )


def planned_times(notices: Iterable[Notice], now: int) -> tuple[Span, ...]:
    """Return the times that notices plan."""
    return tuple(
        (notice.started, notice.ended or now)
        for notice in notices
        if notice.severity is State.MAINTENANCE
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


# --- Steps of charts --------------------------------------------------------------------------


def _chart(span: Reach, points: Iterable[Point], shaded: Iterable[tuple[Span, State]]) -> Chart:
    steps = tuple(points)
    return Chart(span.name, span.step_s, steps, _visible(shaded, steps[0].start, steps[-1].end))


def _borders(span: Reach, until: int) -> range:
    """Return the borders of the steps that end with the one that `until` lies in."""
    end = -(-until // span.step_s) * span.step_s
    return range(end - span.length_s, end + 1, span.step_s)


def _steps(
    span: Reach, parts: Sequence[_P], until: int, known: Mapping[int, Point]
) -> Iterator[Point]:
    """Yield the steps of a span; those that are known are taken as they are."""
    for start, end in pairwise(_borders(span, until)):
        yield known.get(start) or point_of(between(parts, start, end), start, end, until)


def _visible(
    shaded: Iterable[tuple[Span, State]], since: int, until: int
) -> tuple[tuple[Span, State], ...]:
    return tuple(
        ((max(first, since), min(end, until)), state)
        for (first, end), state in shaded
        if first < until and end > since
    )
