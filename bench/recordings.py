"""Makes the sample measurements: 90 days of eight routes and five control targets.

    python bench/recordings.py

Deterministic: a series' day depends on its name and number only. What happens in the 90 days:
congestion in the evening hours of China, from mild to bad by the day; a cable fault over two
days that takes Shanghai down for 40 minutes and then sends its traffic the long way round; a
night in which the prober in Dalian fails; and a route to Osaka that flaps now and then.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, log, pi, sin, sqrt
from pathlib import Path
from random import Random

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "plugins"))

from network_status.histogram import bucket_of  # noqa: E402  found through the line above
from network_status.sources.recording import (  # noqa: E402
    BINS_PER_DAY,
    BLIND,
    CYCLE_DAYS,
    QUANTILES,
    Recorded,
    pack,
)

FOLDER = ROOT / "content" / "status" / "recordings"
PACKETS = 100
EVENING_MIN = (12 * 60, 16 * 60)
"""20 to 24 h in China, as minutes of the UTC day."""


@dataclass(frozen=True)
class Line:
    """What a series is like when nothing is wrong, and how hard the evening hits it."""

    rtt_ms: float
    jitter_ms: float
    loss: float
    evening_ms: float
    evening_loss: float


@dataclass(frozen=True)
class Episode:
    """Something that happens to some series: from a day's minute on, for so many minutes."""

    series: tuple[str, ...]
    day: int
    minute: int
    minutes: int
    loss: float = 0.0
    detour_ms: float = 0.0
    blind: bool = False

    def holds(self, series: str, day: int, minute: int) -> bool:
        """Tell whether it is going on."""
        since = (day - self.day) * 24 * 60 + minute - self.minute
        return series in self.series and 0 <= since < self.minutes


LINES = {
    "tokyo-shanghai": Line(46, 1.6, 0.0004, 34, 0.035),
    "shanghai-tokyo": Line(47, 1.8, 0.0005, 30, 0.025),
    "osaka-shanghai": Line(41, 1.5, 0.0004, 26, 0.022),
    "shanghai-osaka": Line(42, 1.7, 0.0005, 24, 0.018),
    "tokyo-dalian": Line(63, 2.4, 0.0008, 40, 0.045),
    "dalian-tokyo": Line(64, 2.6, 0.0009, 36, 0.035),
    "osaka-hong-kong": Line(51, 1.2, 0.0002, 8, 0.003),
    "hong-kong-osaka": Line(51, 1.2, 0.0002, 9, 0.003),
    "tokyo-control": Line(1.8, 0.2, 0.00005, 0.2, 0),
    "osaka-control": Line(2.4, 0.2, 0.00005, 0.2, 0),
    "shanghai-control": Line(3.1, 0.4, 0.0001, 1.5, 0.0004),
    "dalian-control": Line(4.2, 0.5, 0.0002, 2.0, 0.0006),
    "hong-kong-control": Line(1.5, 0.2, 0.00005, 0.3, 0),
}

_SHANGHAI = ("tokyo-shanghai", "shanghai-tokyo", "osaka-shanghai", "shanghai-osaka")
_DALIAN_PROBER = ("dalian-tokyo", "dalian-control")
_FLAPS = (12, 47, 77)

EPISODES = (
    Episode(_SHANGHAI, day=33, minute=310, minutes=40, loss=1.0),
    Episode(_SHANGHAI, day=33, minute=350, minutes=2230, loss=0.06, detour_ms=92),
    Episode(("tokyo-dalian", "dalian-tokyo"), day=33, minute=315, minutes=1900, loss=0.02),
    Episode(_DALIAN_PROBER, day=61, minute=14 * 60 + 20, minutes=7 * 60, blind=True),
    *(
        Episode(("hong-kong-osaka",), day, minute, minutes=15, loss=0.3, detour_ms=25)
        for day in _FLAPS
        for minute in range(60, 420, 60)
    ),
)


def day_of(series: str, day: int) -> Iterator[Recorded]:
    """Yield the 288 bins of a day, 0 to 89, of a series."""
    dice = Random(f"{series} {day}")
    line = LINES[series]
    evening = _evening_of(day) * dice.uniform(0.85, 1.15)
    drift = 0.0
    for number in range(BINS_PER_DAY):
        minute = number * 5
        drift = 0.9 * drift + dice.gauss(0, 0.1)
        load = evening * _swell(minute) * max(0.0, 1 + drift)
        now = [episode for episode in EPISODES if episode.holds(series, day, minute)]
        yield _bin(dice, line, load, now)


def write(folder: Path) -> None:
    """Write every series' file."""
    folder.mkdir(parents=True, exist_ok=True)
    for series in LINES:
        days = [list(day_of(series, day)) for day in range(CYCLE_DAYS)]
        (folder / f"{series}.rec").write_bytes(pack(days))


def _evening_of(day: int) -> float:
    """Return how bad an evening is, 0.1 to about 1.6: all lines to China share it."""
    dice = Random(f"evening {day}")
    week_end = 0.25 if day % 7 in {2, 3} else 0.0
    return 0.1 + week_end + 1.2 * dice.random() ** 2


def _swell(minute: int) -> float:
    """Return the share of the evening's load at a minute of the UTC day, 0 to 1."""
    first, last = EVENING_MIN
    if not first <= minute < last:
        return 0.0
    return sin(pi * (minute - first) / (last - first)) ** 0.7


def _bin(dice: Random, line: Line, load: float, now: list[Episode]) -> Recorded:
    if any(episode.blind for episode in now):
        return Recorded(BLIND, 0, ())
    if dice.random() < 0.001:
        return Recorded(0, 0, ())
    sent = PACKETS if dice.random() < 0.97 else PACKETS - dice.randint(1, 4)
    passing = (1 - line.loss) * (1 - min(0.9, line.evening_loss * load))
    detour_ms = 0.0
    for episode in now:
        passing *= 1 - episode.loss
        detour_ms += episode.detour_ms
    lost = _lost(dice, sent, 1 - passing)
    if lost == sent:
        return Recorded(sent, lost, ())
    return Recorded(sent, lost, _buckets(dice, line, load, detour_ms))


def _lost(dice: Random, sent: int, ratio: float) -> int:
    """Return how many of `sent` are lost: each by itself, where few are, else about normal."""
    mean = sent * ratio
    if mean > 12:
        return max(0, min(sent, round(dice.gauss(mean, sqrt(mean * (1 - ratio))))))
    lost, product, floor = 0, dice.random(), exp(-mean)
    while product > floor:
        lost += 1
        product *= dice.random()
    return min(sent, lost)


def _buckets(dice: Random, line: Line, load: float, detour_ms: float) -> tuple[int, ...]:
    """Return the quantiles of a bin: a floor, and queues that grow with the load."""
    floor_ms = line.rtt_ms + detour_ms + line.evening_ms * load * 0.6
    spread_ms = line.jitter_ms * dice.uniform(0.8, 1.2) + line.evening_ms * load * 0.5
    return tuple(bucket_of(floor_ms - spread_ms * log(1 - quantile)) for quantile in QUANTILES)


if __name__ == "__main__":
    write(FOLDER)
