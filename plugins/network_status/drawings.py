"""What a page of the status draws, with the numbers behind it in tables.

A drawing is made once for all languages; what a language adds is its words. A table's rows are
put together here and not by a template: there are thousands of cells in a refresh.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from markupsafe import Markup, escape

from network_status import charts
from network_status.charts import Drawing
from network_status.days import Point
from network_status.model import DAY_S, HOUR_S, Loss, State
from network_status.picture import Chart, RoutePicture
from network_status.summary import total
from network_status.words import Words
from network_status.zones import CHINA, JAPAN

_LABELS: Final = {"3h": 3, "30h": 3, "10d": 2, "90d": 2}
"""Into how many parts the labels below a chart divide it."""
_ZONES: Final = ("japan", "china")
_WEEKDAYS: Final = range(7)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart with the words around it; labels run evenly along its sides.

    `rows` is the body of its table: a step's time in both zones, packets, loss, milliseconds.
    """

    name: str
    title: str
    step: str
    svg: Markup
    ticks: tuple[str, ...]
    japan: tuple[str, ...]
    china: tuple[str, ...]
    rows: Markup
    caption: str


@dataclass(frozen=True, slots=True)
class Week:
    """The map of the week in one zone: the drawing, and hours × weekdays as rows of a table."""

    title: str
    svg: Markup
    rows: Markup


class RouteDrawings:
    """All drawings of a route, without words."""

    def __init__(self, route: RoutePicture) -> None:
        self.route = route
        self.scale = charts.scale_of(route)
        self.bars = charts.bars(route.days)
        self.spark = charts.spark(route.spark)
        self.smokes = [charts.smoke(chart, self.scale) for chart in route.charts]
        self.weeks = [charts.week(cells) for cells in route.weeks]
        self.figures = [[_figures(point) for point in chart.points] for chart in route.charts]


class Draughtsman:
    """Adds the words of one language to drawings.

    What many routes share, such as the times of all steps, is put into words once.
    """

    def __init__(self, words: Words) -> None:
        self._words = words
        self._times: dict[tuple[str, int], list[str]] = {}
        self._percents: dict[float, str] = {}

    def bars(self, drawings: RouteDrawings) -> Markup:
        """Return the bars of 90 days."""
        route = drawings.route
        grades = Counter(one.grade for one in route.days)
        title = self._words.say(
            "bars_title",
            good=grades[State.OPERATIONAL],
            bad=grades[State.DEGRADED],
            outage=grades[State.OUTAGE],
            unknown=grades[State.UNKNOWN],
        )
        return drawings.bars.named(f"b-{route.route.id}", title)

    def spark(self, drawings: RouteDrawings) -> Markup:
        """Return the day in little."""
        route = drawings.route
        low, high = self._median_range(route.spark.points)
        loss = self._words.loss(total(point.loss for point in route.spark.points))
        title = self._words.say("spark_title", low=low, high=high, loss=loss)
        return drawings.spark.named(f"k-{route.route.id}", title)

    def charts(self, drawings: RouteDrawings) -> list[Drawn]:
        """Return the charts with all that stands around them."""
        return [
            self._chart(*each, drawings)
            for each in zip(drawings.route.charts, drawings.smokes, drawings.figures, strict=True)
        ]

    def weeks(self, drawings: RouteDrawings) -> Iterator[Week]:
        """Yield the map of the week in each zone."""
        each = zip(_ZONES, drawings.route.weeks, drawings.weeks, strict=True)
        for name, cells, drawing in each:
            zone = self._words.say(f"zone.{name}")
            title = self._words.say("week_title", zone=zone)
            svg = drawing.named(f"w-{name}", title, self._worst_hour(cells))
            yield Week(zone, svg, self._week_rows(cells))

    # --- Charts -------------------------------------------------------------------------------

    def _chart(
        self,
        chart: Chart,
        smoke: Drawing,
        figures: Sequence["_Figures | None"],
        drawings: RouteDrawings,
    ) -> Drawn:
        words = self._words
        route = words.name(drawings.route.route.name)
        span = words.say(f"span.{chart.name}")
        first, last = chart.points[0].start, chart.points[-1].end
        ends = charts.marks(first, last, _LABELS[chart.name])
        whole_days = chart.step_s == DAY_S
        return Drawn(
            name=chart.name,
            title=span,
            step=self._step(chart),
            svg=self._smoke(chart, smoke, route, span),
            ticks=tuple(words.ms(tick) if tick else "0" for tick in drawings.scale.ticks_ms),
            japan=tuple(self._label(chart, at, JAPAN) for at in ends),
            china=() if whole_days else tuple(self._label(chart, at, CHINA) for at in ends),
            rows=self._rows(chart, figures),
            caption=words.say("caption", route=route, span=span),
        )

    def _smoke(self, chart: Chart, smoke: Drawing, route: str, span: str) -> Markup:
        low, high = self._median_range(chart.points)
        missing = sum(not point.measured for point in chart.points) / len(chart.points)
        about = self._words.say(
            "smoke_about",
            low=low,
            high=high,
            loss=self._words.loss(total(point.loss for point in chart.points)),
            missing=self._words.percent(missing),
        )
        title = self._words.say("smoke_title", route=route, span=span)
        return smoke.named(f"c-{chart.name}", title, about)

    def _median_range(self, points: Iterable[Point]) -> tuple[str, str]:
        medians = [point.quantiles_ms[2] for point in points if point.quantiles_ms]
        return self._words.ms(min(medians, default=None)), self._words.ms(
            max(medians, default=None)
        )

    def _step(self, chart: Chart) -> str:
        if chart.step_s == DAY_S:
            return self._words.say("step_days")
        if chart.step_s >= HOUR_S:
            return self._words.say("step_hours", n=chart.step_s // HOUR_S)
        return self._words.say("step_minutes", n=chart.step_s // 60)

    def _label(self, chart: Chart, at: float, zone: tzinfo) -> str:
        if chart.step_s == DAY_S:
            return self._words.short_day(int(at), zone)
        time = f"{datetime.fromtimestamp(at, zone):%H:%M}"
        return f"{self._words.short_day(int(at), zone)}\n{time}" if chart.step_s >= HOUR_S else time

    # --- Tables -------------------------------------------------------------------------------

    def _rows(self, chart: Chart, figures: Sequence["_Figures | None"]) -> Markup:
        """Return a row for each step; what closes a cell or a row goes without saying in HTML."""
        nothing = f'<td colspan="5">{escape(self._words.say("no_data"))}'
        rows = [
            f"{time}{nothing}" if one is None else f"{time}{self._cells(*one)}"
            for time, one in zip(self._times_of(chart), figures, strict=True)
        ]
        return Markup("\n".join(rows))  # noqa: S704  every part is a number, or escaped

    def _cells(self, sent: str, ratio: float | None, times: str) -> str:
        lost = "" if ratio is None else self._percent(ratio)
        return f"<td>{sent}<td>{lost}{times}"

    def _percent(self, ratio: float) -> str:
        if ratio not in self._percents:
            self._percents[ratio] = str(escape(self._words.percent(ratio)))
        return self._percents[ratio]

    def _times_of(self, chart: Chart) -> list[str]:
        """Return the beginning of each step's row, the same for all routes."""
        key = chart.name, chart.points[0].start
        if key not in self._times:
            self._times[key] = [self._time(chart, point.start) for point in chart.points]
        return self._times[key]

    def _time(self, chart: Chart, at: int) -> str:
        japan = escape(self._label_in_table(chart, at, JAPAN))
        china = escape(self._label_in_table(chart, at, CHINA))
        when = f"{datetime.fromtimestamp(at, JAPAN):%Y-%m-%dT%H:%M}+09:00"
        head = f'<tr><th scope="row"><time datetime="{when}">{japan}</time>'
        return head if chart.step_s == DAY_S else f"{head}<td>{china}"

    def _label_in_table(self, chart: Chart, at: int, zone: tzinfo) -> str:
        if chart.step_s == DAY_S:
            return self._words.short_day(at, zone)
        time = f"{datetime.fromtimestamp(at, zone):%H:%M}"
        return time if chart.name == "3h" else f"{self._words.short_day(at, zone)} {time}"

    def _week_rows(self, cells: Sequence[Sequence[Loss]]) -> Markup:
        rows = []
        for hour in range(24):
            losses = (cells[day][hour].ratio for day in _WEEKDAYS)
            told = "".join(f"<td>{'–' if one is None else self._percent(one)}" for one in losses)
            head = escape(self._words.say("hour", n=hour))
            rows.append(f'<tr><th scope="row">{head}{told}')
        return Markup("\n".join(rows))  # noqa: S704  every part is a number, or escaped

    def _worst_hour(self, cells: Sequence[Sequence[Loss]]) -> str:
        places = [(day, hour) for day in _WEEKDAYS for hour in range(24)]
        day, hour = max(places, key=lambda place: cells[place[0]][place[1]].ratio or 0.0)
        if not cells[day][hour].lost:
            return self._words.say("week_none")
        loss = self._words.loss(cells[day][hour])
        return self._words.say("week_about", day=self._words.weekday(day), hour=hour, loss=loss)


_Figures = tuple[str, float | None, str]
"""Of a step: packets sent, the ratio lost, and its cells of milliseconds."""


def _figures(point: Point) -> _Figures | None:
    """Return what stands in a step's row in any language, or None of one not measured."""
    if not point.measured:
        return None
    times = point.quantiles_ms
    low, median, high = (times[0], times[2], times[-1]) if times else (None, None, None)
    cells = "".join("<td>" if ms is None else f"<td>{ms:.0f}" for ms in (low, median, high))
    return f"{point.loss.sent:,}", point.loss.ratio, cells
