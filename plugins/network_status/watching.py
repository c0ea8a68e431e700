"""From the history to what is known: statuses, and the changes of state that follow."""

from collections.abc import Iterable, Mapping, Sequence

from network_status import baselines
from network_status.changes import UNSTABLE_S, new_events, told
from network_status.history import BINS_KEPT_S, History
from network_status.model import BIN_S, DAY_S, HOUR_S, Bin, Event, HourBin, Notice, RouteStatus
from network_status.past import Asked, Days, Past, recall
from network_status.picture import DAYS, Kept, planned_times
from network_status.settings import Network
from network_status.sources.contract import CLOCKS_S
from network_status.status import NEEDED_S, observed_of, replay, statuses
from network_status.summary import BASELINE_DAYS, MAP_DAYS, day_spans, medians_ms, usual_ms
from network_status.zones import JAPAN

FIRST_LOOK_S = BINS_KEPT_S - NEEDED_S
"""How far back a route that was never judged is looked at for events."""


AHEAD_S = 15 * 60
"""So much later may another build have judged; beyond it a clock was wrong."""


def watch(network: Network, history: History, notices: Iterable[Notice], now: int) -> Kept:
    """Judge every route at `now`, record its changes of state, and return what is known."""
    notices = tuple(notices)
    _mend_clock(history, now)
    judged = history.judged_until()
    borders = {route.id: judged.get(route.id, now - FIRST_LOOK_S) for route in network.routes}
    since = max(now - BINS_KEPT_S, min([now, *borders.values()]) - NEEDED_S)
    bins = history.bins(since)
    past, hours = recall(history, _asked(network, notices, now), _days(since, now))
    medians = _medians(network, history, past, hours, now)
    usual = {name: usual_ms(found, (since, now + HOUR_S)) for name, found in medians.items()}
    found = statuses(network.watched(), bins, usual, notices, now)
    events = _events(network, history, found, bins, usual, borders, now)
    history.append(events, dict.fromkeys(borders, now // BIN_S * BIN_S))
    known = tuple(event for event in told(history.events()) if event.at + BIN_S <= now)
    return Kept(found, bins, hours, usual, known, history.source_health(), past)


def forget_early(history: History, now: int) -> None:
    """Forget the bins that have not begun, as by a prober whose clock ran ahead.

    They would look fresh when their time comes. `now` must be the clock's, not that of a build
    which repeats an older one; what lies more than a day ahead may well be right, and it wrong.
    """
    newest = history.newest()
    early = [name for name, at in newest.items() if now + CLOCKS_S < at <= now + DAY_S]
    if early:
        history.forget_bins_after(early, now + CLOCKS_S)


def _mend_clock(history: History, now: int) -> None:
    """Forget what was judged by a clock that ran ahead, or no change would be told until then.

    Where bins of such a time exist as well it is `now` that lies in the past, as in a build
    that repeats an older one: then nothing is forgotten.
    """
    latest = max([now, *history.newest().values()])
    if any(until > latest + AHEAD_S for until in history.judged_until().values()):
        history.forget_changes_from(now // BIN_S * BIN_S)


def _asked(network: Network, notices: Sequence[Notice], now: int) -> list[Asked]:
    return [
        Asked(
            route.id,
            network.controls_at(route.vantage),
            planned_times((one for one in notices if route.id in one.routes), now),
        )
        for route in network.routes
    ]


def _days(since: int, now: int) -> Days:
    """Return the finished days that charts and baselines rest on."""
    calendar = day_spans(JAPAN, now, DAYS)
    clock = range((since - BASELINE_DAYS * DAY_S) // DAY_S * DAY_S, now // DAY_S * DAY_S + 1, DAY_S)
    today = min(calendar[-1][0], clock[-1])
    by_hour = now - (MAP_DAYS + 1) * DAY_S
    return Days(calendar[:-1], [(day, day + DAY_S) for day in clock[:-1]], today, by_hour)


def _medians(
    network: Network,
    history: History,
    past: Mapping[str, Past],
    hours: Mapping[str, Sequence[HourBin]],
    now: int,
) -> dict[str, dict[int, float]]:
    """Return what baselines are made of; where the history has lost it, from the file beside it."""
    file = baselines.beside(history.path)
    known = baselines.read(file)
    found = {
        one.id: known.get(one.id, {}) | past[one.id].medians_ms | medians_ms(hours.get(one.id, ()))
        for one in network.routes
    }
    baselines.write(file, known | found, now)
    return found


def _events(
    network: Network,
    history: History,
    found: Mapping[str, RouteStatus],
    bins: Mapping[str, Sequence[Bin]],
    usual: Mapping[str, Mapping[int, float]],
    borders: Mapping[str, int],
    now: int,
) -> list[Event]:
    recorded = {event.route: event for event in history.events()}
    watched = network.watched()
    events: list[Event] = []
    for one in watched:
        border = borders[one.route]
        steps = found[one.route].steps
        if border < now - UNSTABLE_S:  # a status' own steps are exact for the last six hours
            observed = observed_of(one, watched, bins, usual)
            steps = replay(observed, one.thresholds, now, border - NEEDED_S)
        events += new_events(one.route, steps, recorded.get(one.route), border)
    return events
