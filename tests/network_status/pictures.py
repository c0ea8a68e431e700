"""Networks, reports and pictures with good defaults."""

from network_status import histogram
from network_status.incidents import Report, Stage, Update
from network_status.model import BIN_S, DAY_S, HOUR_S, HourBin, Notice, SourceHealth, State
from network_status.picture import Kept, take
from network_status.settings import Control, Group, Network, Route, VantagePoint
from network_status.sources.recording import RecordedSeries, Recording
from network_status.status import statuses
from network_status.words import Words
from tests.builders import binder
from tests.network_status.builders import T0, bins

NOW = T0 + DAY_S
"""2024-06-21 00:00 UTC: 09:00 in Japan, 08:00 in China."""
LANGUAGES = ("ja", "en")
PAGE = {"name": "site", "url": "https://columns.example/ja/status/", "lang": "ja"}
SELECT = RecordedSeries(series="any")


def named(ja, en):
    return {"ja": ja, "en": en}


def route(id_="tokyo-shanghai", *, key=True, **values):
    near, _, far = id_.partition("-")
    defaults = {
        "id": id_,
        "name": named(f"{near}→{far}", f"{near} → {far}"),
        "group": "east",
        "vantage": near,
        "target": far,
        "source": "sample",
        "select": SELECT,
        "key": key,
    }
    return Route(**defaults | values)


def network(*routes, controls=()):
    """Routes between Tokyo, Shanghai and Dalian in one group."""
    return Network(
        sources=(Recording(id="sample"),),
        vantage_points=tuple(
            VantagePoint(id=place, name=named(place, place.capitalize()))
            for place in ("tokyo", "shanghai", "dalian")
        ),
        controls=tuple(
            Control(id=f"{place}-control", vantage=place, source="sample", select=SELECT)
            for place in controls
        ),
        groups=(Group(id="east", name=named("華東", "East China")),),
        routes=routes or (route(),),
    )


def lost(*counts):
    """Bins that end at NOW and lost so many of 100; None is a missing one."""
    return bins(*counts, first=DAY_S // BIN_S - len(counts))


def hour(start, lost=0, valid=0xFFF, good=0xFFF, rtt_ms=50.0):
    rtt = histogram.of_buckets({histogram.bucket_of(rtt_ms): 1200 - lost} if lost < 1200 else {})
    return HourBin(start, 1200, lost, 1200, valid, good, rtt)


def hours(days=2, **values):
    return [hour(NOW - n * HOUR_S, **values) for n in range(days * 24, 0, -1)]


def report(**values):
    defaults = {
        "slug": "2024-06-20-loss",
        "notice": Notice(
            "2024-06-20-loss", frozenset({"tokyo-shanghai"}), State.DEGRADED, NOW - HOUR_S
        ),
        "titles": named("損失", "Loss"),
        "updates": (Update(NOW - HOUR_S, Stage.INVESTIGATING, named("調査中です", "Looking")),),
        "columns": (),
    }
    return Report(**defaults | values)


def picture(measured=None, *, of=None, past=None, reports=(), events=(), failing=(), now=NOW):
    """The picture of routes with these bins; by default all are well."""
    of = of or network()
    measured = measured if measured is not None else {r.id: lost(*(0,) * 12) for r in of.routes}
    notices = [one.notice for one in reports]
    kept = Kept(
        statuses(of.watched(), measured, {}, notices, now),
        measured,
        past or {},
        {},
        events,
        {name: SourceHealth(name, None, NOW - HOUR_S, fault) for name, fault in failing},
    )
    return take(of, kept, reports, now)


def words(of=None, lang="en"):
    return Words(binder(), lang, of or network())


def all_words(of=None):
    return {lang: words(of, lang) for lang in LANGUAGES}
