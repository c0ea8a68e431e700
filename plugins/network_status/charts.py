"""Charts as inline SVG: geometry and classes, no colours, no words of their own.

A drawing stretches to whatever width its page gives it: one unit across is one step of time,
strokes keep their width, and the labels of axes are HTML around it. Everything that colour
says, a shape says as well: loss thickens and breaks the median, what was wholly lost is
hatched over the full height, and what was not measured is a plain grey field.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from math import floor, log10, sqrt

from markupsafe import Markup, escape

from network_status.days import DayOf, Point
from network_status.model import Loss, State
from network_status.picture import Chart, RoutePicture

HEIGHT = 200
SPARK_HEIGHT = 40
BAR_HEIGHT = 40
GAPS = 4
"""The horizontal scale has a line at each quarter."""

_LOSS_CLASSES = ((0.0, 0), (0.02, 1), (0.10, 2), (0.50, 3), (1.0, 4))
"""The median's class: no loss, then up to and without each border."""
LOST = 5
"""The class of a step in which nothing came back."""
_HATCH_LINES = 10
_LEAST_BAR = 2
_CLIPPED_SHARE = 0.98
_FULL_SQUARE = 0.10
_LEAST_HALF = 0.4
_TICKS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
_NEAR_ZERO = 0.25


@dataclass(frozen=True, slots=True)
class Scale:
    """The vertical scale of a route's charts, in milliseconds; one for all of its spans."""

    low_ms: float
    high_ms: float

    @property
    def ticks_ms(self) -> tuple[float, ...]:
        """Return the marks from the top down, equally far apart."""
        step = (self.high_ms - self.low_ms) / GAPS
        return tuple(self.high_ms - step * number for number in range(GAPS + 1))

    def y(self, rtt_ms: float, height: int = HEIGHT) -> int:
        """Return the height of a round-trip time, counted from the top."""
        share = (rtt_ms - self.low_ms) / (self.high_ms - self.low_ms)
        return round(height * (1 - max(0.0, min(1.0, share))))


def loss_class(loss: Loss) -> int:
    """Return 0 for no loss, 1 under 2 %, 2 under 10 %, 3 under half, 4 under all, 5 for all."""
    ratio = loss.ratio or 0.0
    if not ratio:
        return 0
    return next((number for border, number in _LOSS_CLASSES if ratio < border), LOST)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing without its words, the same in every language."""

    kind: str
    width: int
    height: int
    paths: str
    stretched: bool = True

    def named(self, name: str, title: str, about: str = "") -> Markup:
        """Return it as SVG with its name for who cannot see it, and what it shows if that is told.

        `name` makes the drawing's ids its own on the page.
        """
        labels = f"{name}-t {name}-d" if about else f"{name}-t"
        ratio = ' preserveAspectRatio="none"' if self.stretched else ""
        told = f'<desc id="{name}-d">{escape(about)}</desc>' if about else ""
        return Markup(  # noqa: S704  every word in it is escaped
            f'<svg class="{self.kind}" viewBox="0 0 {self.width} {self.height}"{ratio} role="img"'
            f' aria-labelledby="{labels}"><title id="{name}-t">{escape(title)}</title>'
            f"{told}{self.paths}</svg>"
        )


def scale_of(route: RoutePicture) -> Scale:
    """Return one scale for all charts of a route, so that they compare.

    It shows 98 of 100 upper ends of the smoke and every median; what is above touches the top.
    """
    points = [point for chart in route.charts for point in chart.points if point.quantiles_ms]
    return scale_over(points)


def scale_over(points: Sequence[Point]) -> Scale:
    """Return a scale that fits these steps and begins at zero unless that wastes most of it."""
    tops = sorted(point.quantiles_ms[-1] for point in points) or [1.0]
    medians = [point.quantiles_ms[2] for point in points]
    high = max([tops[floor(_CLIPPED_SHARE * (len(tops) - 1))], *medians])
    low = min((point.quantiles_ms[0] for point in points), default=0.0)
    if low < _NEAR_ZERO * high:
        low = 0.0
    step = _tick((high - low) / GAPS)
    below = floor(low / step) * step
    while below + GAPS * step < high:
        step = _tick(step * 1.01)
        below = floor(low / step) * step
    return Scale(below, below + GAPS * step)


def _tick(least: float) -> float:
    """Return the next round number."""
    power = 10.0 ** floor(log10(max(least, 0.1)))
    return next(tick * power for tick in _TICKS if tick * power >= least * 0.999)


# --- Smoke ------------------------------------------------------------------------------------


def smoke(chart: Chart, scale: Scale) -> Drawing:
    """Draw round-trip times and losses over a span.

    Nested bands hold 90 % and 50 % of the round-trip times; the line is the median, drawn by
    its class of loss.
    """
    strip = _Strip(chart.points, scale, HEIGHT)
    parts = [
        *_shades(chart),
        _path("chart-none", strip.columns(strip.missing)),
        _path("chart-grid", "".join(_grid(len(chart.points)))),
        _path("chart-wide", strip.band(0, -1)),
        _path("chart-near", strip.band(1, -2)),
        _path("chart-field", strip.columns(strip.lost)),
        _path("chart-hatch", "".join(strip.hatches())),
        *strip.medians(),
    ]
    return Drawing("chart", len(chart.points), HEIGHT, "".join(parts))


def spark(chart: Chart) -> Drawing:
    """Draw a day of a route in little: the middle half, the median, and what was lost."""
    scale = scale_over([point for point in chart.points if point.quantiles_ms])
    strip = _Strip(chart.points, scale, SPARK_HEIGHT)
    parts = [
        _path("chart-none", strip.columns(strip.missing)),
        _path("chart-wide", strip.band(0, -1)),
        _path("chart-field", strip.columns(strip.lost)),
        *strip.medians(),
    ]
    return Drawing("chart chart-spark", len(chart.points), SPARK_HEIGHT, "".join(parts))


class _Strip:
    """Steps side by side, each one unit wide."""

    def __init__(self, points: Sequence[Point], scale: Scale, height: int) -> None:
        self._points = points
        self._height = height
        self._kinds = [loss_class(point.loss) for point in points]
        self.missing = [not point.measured for point in points]
        self.lost = [
            point.measured and kind == LOST for point, kind in zip(points, self._kinds, strict=True)
        ]
        filled = {ms for point in points for ms in point.quantiles_ms}
        self._y = {ms: scale.y(ms, height) for ms in filled}

    def band(self, low: int, high: int) -> str:
        """Return the outline between two quantiles, stepwise, a piece for each unbroken run."""
        points, heights = self._points, self._y
        path = []
        for run in _runs([bool(point.quantiles_ms) for point in points]):
            tops = [heights[points[n].quantiles_ms[high]] for n in run]
            ends = [heights[points[n].quantiles_ms[low]] for n in run]
            back = [f"H{n}V{y}" for n, y in zip(reversed(run), reversed(ends[:-1]), strict=False)]
            there = "".join([f"V{y}h1" for y in tops])
            path.append(f"M{run[0]} {ends[0]}{there}V{ends[-1]}{''.join(back)}H{run[0]}z")
        return "".join(path)

    def medians(self) -> Iterator[str]:
        """Yield the median as a path for each class of loss; neighbours of one class are joined."""
        paths: dict[int, list[str]] = {}
        joined = None
        for number, (point, kind) in enumerate(zip(self._points, self._kinds, strict=True)):
            if not point.quantiles_ms:
                joined = None
                continue
            y = self._y[point.quantiles_ms[2]]
            start = f"V{y}h1" if joined == kind else f"M{number} {y}h1"
            paths.setdefault(kind, []).append(start)
            joined = kind
        for kind, steps in sorted(paths.items()):
            yield _path(f"chart-median loss-{kind}", "".join(steps))

    def columns(self, chosen: Sequence[bool]) -> str:
        """Return a field over the full height of each run of chosen steps."""
        fields = (f"M{run[0]} 0h{len(run)}v{self._height}h-{len(run)}z" for run in _runs(chosen))
        return "".join(fields)

    def hatches(self) -> Iterator[str]:
        """Yield slanting lines over the full height of every step that lost everything."""
        rise = HEIGHT // _HATCH_LINES
        for number, lost in enumerate(self.lost):
            if lost:
                yield from (f"M{number} {y}l1-{rise}" for y in range(rise, HEIGHT + 1, rise))


def _shades(chart: Chart) -> Iterator[str]:
    """Yield a field with a lid over each time in which something was wrong or planned."""
    first = chart.points[0].start
    length = chart.points[-1].end - first
    width = len(chart.points)
    fields: dict[State, list[str]] = {}
    for (since, until), state in chart.shaded:
        left, right = (round((at - first) / length * width, 1) for at in (since, until))
        across = f"{max(right - left, 0.3):g}"
        fields.setdefault(state, []).append(f"M{left:g} 0h{across}v{HEIGHT}h-{across}z")
    for state, field in sorted(fields.items()):
        yield _path(f"chart-shade {state}", "".join(dict.fromkeys(field)))


def _grid(width: int) -> Iterator[str]:
    for number in range(1, GAPS):
        yield f"M0 {HEIGHT * number // GAPS}h{width}"


def _runs(chosen: Sequence[bool]) -> Iterator[range]:
    """Yield the numbers of the steps in each unbroken run of chosen ones."""
    end = 0
    for wanted, run in groupby(chosen):
        start, end = end, end + sum(1 for _ in run)
        if wanted:
            yield range(start, end)


# --- Days -------------------------------------------------------------------------------------


def bars(days: Sequence[DayOf]) -> Drawing:
    """Draw a bar for each day: good minutes from below, bad ones from above, gaps left open.

    A day with any bad minutes shows at least a notch, one with an outage a notch and a tooth
    that reaches below the line; one without measurements is an outline only.
    """
    paths: dict[str, list[str]] = {}
    for number, one in enumerate(days):
        for kind, top, height in _pieces(one):
            x = number * 4
            paths.setdefault(kind, []).append(f"M{x} {top}h3v{height}h-3z")
        if one.grade is State.OUTAGE:
            paths.setdefault("outage", []).append(f"M{number * 4} {BAR_HEIGHT + 3}h3l-1.5 5z")
    parts = [_path(f"day-{kind}", "".join(path)) for kind, path in sorted(paths.items())]
    return Drawing("chart chart-days", len(days) * 4 - 1, BAR_HEIGHT + 8, "".join(parts))


def _pieces(one: DayOf) -> Iterator[tuple[str, int, int]]:
    """Yield what a day's bar is made of: kind, top, height."""
    seen = one.day.availability.planned_in
    observed = round(BAR_HEIGHT * seen.coverage)
    bad = seen.observed_min - seen.good_min
    notch = round(BAR_HEIGHT * bad / seen.total_min) if seen.total_min else 0
    notch = min(observed, max(notch, _LEAST_BAR)) if bad else 0
    top = BAR_HEIGHT - observed
    if top:
        yield "none", 0, top
    if notch:
        yield ("outage" if one.grade is State.OUTAGE else "degraded"), top, notch
    if observed > notch:
        yield "good", top + notch, observed - notch


# --- The week ---------------------------------------------------------------------------------


def week(cells: Sequence[Sequence[Loss]]) -> Drawing:
    """Draw the loss by weekday (rows, Monday first) and hour (columns) as squares.

    A square's area is its loss, a full one 10 % or more; an hour never measured is a stroke.
    """
    parts: dict[str, list[str]] = {}
    for row, hours in enumerate(cells):
        for column, loss in enumerate(hours):
            x, y = column * 10 + 5, row * 10 + 5
            if not loss.sent:
                parts.setdefault("week-none", []).append(f"M{x - 2} {y}h4")
            elif not loss.lost:
                parts.setdefault("week-0", []).append(_square(x, y, _LEAST_HALF))
            else:
                square = _square(x, y, _half_side(loss))
                parts.setdefault(f"week-{loss_class(loss)}", []).append(square)
    paths = [_path(kind, "".join(path)) for kind, path in sorted(parts.items())]
    return Drawing("week", 240, 70, "".join(paths), stretched=False)


@cache
def _square(x: int, y: int, half: float) -> str:
    return f"M{x - half:g} {y - half:g}h{2 * half:g}v{2 * half:g}h{-2 * half:g}z"


def _half_side(loss: Loss) -> float:
    share = min(1.0, (loss.ratio or 0.0) / _FULL_SQUARE)
    return max(_LEAST_HALF, round(4.8 * sqrt(share), 1))


# --- SVG --------------------------------------------------------------------------------------


def _path(kind: str, d: str) -> str:
    return f'<path class="{kind}" d="{d}"/>' if d else ""


def marks(first: float, last: float, gaps: int) -> tuple[float, ...]:
    """Return the ends of a scale and what lies between, equally far apart."""
    return tuple(first + (last - first) * number / gaps for number in range(gaps + 1))
