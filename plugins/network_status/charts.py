"""Charts as inline SVG: geometry and classes, no colours, no words of their own.

A drawing stretches to whatever width its page gives it: one unit across is one step of time,
strokes keep their width, and the labels of axes are HTML around it. Everything that colour
says, a shape says as well: loss thickens and breaks the median, what was wholly lost is
hatched over the full height, and what was not measured is a plain grey field.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
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


def smoke(chart: Chart, scale: Scale, name: str, title: str, about: str) -> Markup:
    """Draw round-trip times and losses over a span.

    Nested bands hold 90 % and 50 % of the round-trip times; the line is the median, drawn by
    its class of loss. `name` makes the drawing's ids its own on the page.
    """
    points = chart.points
    parts = [
        *_shades(chart),
        _path("chart-none", _columns(points, lambda point: not point.measured)),
        _path("chart-grid", "".join(_grid(len(points)))),
        _path("chart-wide", _band(points, scale, 0, -1, HEIGHT)),
        _path("chart-near", _band(points, scale, 1, -2, HEIGHT)),
        _path("chart-field", _columns(points, _all_lost)),
        _path("chart-hatch", "".join(_hatches(points))),
        *_medians(points, scale, HEIGHT),
    ]
    return _svg("chart", len(points), HEIGHT, name, title, about, parts)


def spark(chart: Chart, name: str, title: str) -> Markup:
    """Draw a day of a route in little: the middle half, the median, and what was lost."""
    points = chart.points
    filled = [point for point in points if point.quantiles_ms]
    scale = scale_over(filled)
    parts = [
        _path("chart-none", _columns(points, lambda point: not point.measured, SPARK_HEIGHT)),
        _path("chart-wide", _band(points, scale, 0, -1, SPARK_HEIGHT)),
        _path("chart-field", _columns(points, _all_lost, SPARK_HEIGHT)),
        *_medians(points, scale, SPARK_HEIGHT),
    ]
    return _svg("chart chart-spark", len(points), SPARK_HEIGHT, name, title, "", parts)


def _all_lost(point: Point) -> bool:
    return point.measured and loss_class(point.loss) == LOST


def _band(points: Sequence[Point], scale: Scale, low: int, high: int, height: int) -> str:
    """Return the outline between two quantiles, stepwise, a piece for each unbroken run."""
    path = []
    for filled, run in _runs(points, lambda point: bool(point.quantiles_ms)):
        if filled:
            tops = [scale.y(points[n].quantiles_ms[high], height) for n in run]
            ends = [scale.y(points[n].quantiles_ms[low], height) for n in run]
            back = [f"H{n}V{y}" for n, y in zip(reversed(run), reversed(ends[:-1]), strict=False)]
            there = "".join(f"V{y}h1" for y in tops)
            path.append(f"M{run[0]} {ends[0]}{there}V{ends[-1]}{''.join(back)}H{run[0]}z")
    return "".join(path)


def _medians(points: Sequence[Point], scale: Scale, height: int) -> Iterator[str]:
    """Yield the median as a path for each class of loss; neighbours of one class are joined."""
    paths: dict[int, list[str]] = {}
    joined = None
    for number, point in enumerate(points):
        if not point.quantiles_ms:
            joined = None
            continue
        kind = loss_class(point.loss)
        y = scale.y(point.quantiles_ms[2], height)
        start = f"V{y}h1" if joined == kind else f"M{number} {y}h1"
        paths.setdefault(kind, []).append(start)
        joined = kind
    for kind, steps in sorted(paths.items()):
        yield _path(f"chart-median loss-{kind}", "".join(steps))


def _columns(points: Sequence[Point], chosen: Callable[[Point], bool], height: int = HEIGHT) -> str:
    return "".join(
        f"M{run[0]} 0h{len(run)}v{height}h-{len(run)}z"
        for wanted, run in _runs(points, chosen)
        if wanted
    )


def _hatches(points: Sequence[Point]) -> Iterator[str]:
    """Yield slanting lines over the full height of every step that lost everything."""
    rise = HEIGHT // _HATCH_LINES
    for number, point in enumerate(points):
        if _all_lost(point):
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


def _runs(points: Sequence[Point], of: Callable[[Point], bool]) -> Iterator[tuple[bool, list[int]]]:
    for key, numbers in groupby(range(len(points)), key=lambda number: of(points[number])):
        yield key, list(numbers)


# --- Days -------------------------------------------------------------------------------------


def bars(days: Sequence[DayOf], name: str, title: str) -> Markup:
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
    return _svg("chart chart-days", len(days) * 4 - 1, BAR_HEIGHT + 8, name, title, "", parts)


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


def week(cells: Sequence[Sequence[Loss]], name: str, title: str, about: str) -> Markup:
    """Draw the loss by weekday (rows, Monday first) and hour (columns) as squares.

    A square's area is its loss, a full one 10 % or more; an hour never measured is a stroke.
    """
    parts: dict[str, list[str]] = {}
    for row, hours in enumerate(cells):
        for column, loss in enumerate(hours):
            x, y = column * 10 + 5, row * 10 + 5
            if not loss.sent:
                parts.setdefault("week-none", []).append(f"M{x - 2} {y}h4")
            else:
                half = _half_side(loss)
                square = f"M{x - half:g} {y - half:g}h{2 * half:g}v{2 * half:g}h{-2 * half:g}z"
                parts.setdefault(f"week-{loss_class(loss)}", []).append(square)
    paths = [_path(kind, "".join(path)) for kind, path in sorted(parts.items())]
    return _svg("week", 240, 70, name, title, about, paths, stretched=False)


def _half_side(loss: Loss) -> float:
    share = min(1.0, (loss.ratio or 0.0) / _FULL_SQUARE)
    return max(0.4, round(4.8 * sqrt(share), 1))


# --- SVG --------------------------------------------------------------------------------------


def _path(kind: str, d: str) -> str:
    return f'<path class="{kind}" d="{d}"/>' if d else ""


def _svg(
    kind: str,
    width: int,
    height: int,
    name: str,
    title: str,
    about: str,
    parts: Iterable[str],
    *,
    stretched: bool = True,
) -> Markup:
    """Return a drawing with its name for who cannot see it, and what it shows if that is told."""
    labels = f"{name}-t {name}-d" if about else f"{name}-t"
    ratio = ' preserveAspectRatio="none"' if stretched else ""
    told = f'<desc id="{name}-d">{escape(about)}</desc>' if about else ""
    return Markup(  # noqa: S704  every word in it is escaped
        f'<svg class="{kind}" viewBox="0 0 {width} {height}"{ratio} role="img"'
        f' aria-labelledby="{labels}"><title id="{name}-t">{escape(title)}</title>'
        f"{told}{''.join(parts)}</svg>"
    )


def marks(first: float, last: float, gaps: int) -> tuple[float, ...]:
    """Return the ends of a scale and what lies between, equally far apart."""
    return tuple(first + (last - first) * number / gaps for number in range(gaps + 1))
