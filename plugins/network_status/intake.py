"""From all sources into the history: what is new since each series' newest bin, then the past.

A source that fails leaves its last bins as they are and is noted with its reason; it counts
neither as up nor as lost packets. A past that is too much for one answer is asked for in
pieces, the newest first, as many as there is time for, and the history notes what is missing:
it grows backwards from pull to pull, and no pull takes longer than the first.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from network_status.errors import ClockAheadError, SourceError
from network_status.fetch import Questions, fetch
from network_status.history import History
from network_status.merging import bin_start
from network_status.model import BIN_S, DAY_S, HOUR_S, VALID_SHARE, Measurement
from network_status.policy import Policy
from network_status.settings import Network
from network_status.sources.contract import CLOCKS_S, Answers, Request, Source, Span, Wanted
from network_status.sources.local import Local
from network_status.sources.remote import Remote, check_secrets
from network_status.status import stale_after_s
from network_status.wire import Failure, Fault

OVERLAP_S = HOUR_S
"""Asked for again each time: what reached the source late, and bins that were not whole."""
FRONT_S = 6 * HOUR_S
"""How much must be answered at once, at most; what lies before it is the past."""
SHORT_FRONT_S = 2 * HOUR_S
"""The same after an attempt that took too long."""
FIRST_DAYS = 91
"""How far back to go, unless the source says otherwise."""
ENOUGH_BINS = 6
"""From so many on, the usual number of packets in one is known."""
PIECES = 100
"""How many questions about the past are prepared for a pull; there is time for fewer."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """How a pull went: the sources that were asked, those of them that failed, bins changed.

    `advice` is what a person should know of the settings: that they expect more than comes.
    """

    asked: tuple[str, ...]
    failures: Mapping[str, Failure]
    changed: int
    advice: tuple[str, ...] = ()

    @property
    def all_failed(self) -> bool:
        """Tell whether there was something to ask and nothing answered."""
        return bool(self.asked) and len(self.failures) == len(self.asked)


class _Part(NamedTuple):
    """Series of a source that are asked for the same span."""

    wanted: tuple[Wanted, ...]
    span: Span

    @property
    def names(self) -> list[str]:
        """Return the series' ids."""
        return [one.series for one in self.wanted]


class _Plan(NamedTuple):
    """What a source is asked: the front, which must come whole, and pieces of the past."""

    source: Source
    front: tuple[_Part, ...]
    past: tuple[_Part, ...]

    @property
    def questions(self) -> Questions:
        """Return the requests, each once."""
        return Questions(self._requests(self.front), self._requests(self.past))

    def _requests(self, parts: Sequence[_Part]) -> tuple[Request, ...]:
        found = (request for part in parts for request in self.source.requests(*part))
        return tuple(dict.fromkeys(found))

    def answered(self, answers: Answers) -> tuple[_Part, ...]:
        """Return the pieces of the past that came whole."""
        return tuple(part for part in self.past if {*self._requests([part])} <= answers.keys())


def policy_of(settings: Mapping[str, Any], environ: Mapping[str, str]) -> Policy:  # Any: Pelican's
    """Return what fetching may do by PATH, STATUS_FETCH and STATUS_SECRETS."""
    return Policy(
        content=Path(settings["PATH"]),
        hosts=settings.get("STATUS_SECRETS", {}),
        environ=environ,
        asking=settings.get("STATUS_FETCH", True),
        live=not environ.get("SOURCE_DATE_EPOCH"),
    )


def pull(network: Network, history: History, policy: Policy, now: int) -> Pulled:
    """Ask every source for what is new at `now`, add it, and note how each source goes.

    Raises NetworkSettingsError for a secret that is not bound to its source's host, and
    whatever History raises.
    """
    check_secrets(network.sources, policy.hosts)
    plans = {source.id: _plan(source, network, history, now) for source in network.sources}
    asked = {name: plan.questions for name, plan in plans.items()}
    answered = fetch({name: each for name, each in asked.items() if each.now}, policy)
    failures: dict[str, Failure] = {}
    advice: list[str] = []
    changed = 0
    for name, answer in answered.items():
        found = _measurements(plans[name], answer)
        if isinstance(found, _Ahead):
            if policy.live:
                history.note_ahead(name, now, found.newest)
            found = found.failure
        if isinstance(found, Failure):
            failures[name] = found
            history.source_failed(name, now, str(found))
        else:
            changed += history.add(_in_time(found.measurements, name, history, now), now)
            advice += _advice((m.route, m.expected, m.start, m.sent) for m in found.measurements)
            for part in found.parts:
                since, until = part.span
                history.note_asked(part.names, since, until // HOUR_S * HOUR_S)
            if old := _too_old(found.measurements, network, name, now):
                failures[name] = old
                history.source_failed(name, now, str(old))
            else:
                history.source_succeeded(name, now)
    advice += _advice(_probed(network, history, now))
    return Pulled(tuple(answered), failures, changed, tuple(advice))


# --- What is asked ----------------------------------------------------------------------------


def _plan(source: Source, network: Network, history: History, now: int) -> _Plan:
    days = source.history_days if isinstance(source, Remote) else FIRST_DAYS
    earliest = (now - days * DAY_S) // HOUR_S * HOUR_S
    wanted, newest = network.wanted(source.id), history.newest(now)
    if source.piece_s is None:
        return _Plan(source, _fronts(wanted, newest, earliest, now), ())
    health = history.source_health().get(source.id)
    last = Failure.parse(health.fault) if health and health.fault else None
    length_s = SHORT_FRONT_S if last and last.fault is Fault.SLOW else FRONT_S
    border = max(earliest, (now - length_s) // HOUR_S * HOUR_S)
    front = _fronts(wanted, newest, border, now)
    return _Plan(source, front, _past(source, front, history.asked(), earliest))


def _fronts(
    wanted: Iterable[Wanted], newest: Mapping[str, int], earliest: int, now: int
) -> tuple[_Part, ...]:
    """Return a source's series by the span that each needs up to now.

    One that never had a bin is asked for all of it each time, which costs a source little
    where there is nothing, and does not make the others be asked for theirs.
    """
    by_since: defaultdict[int, list[Wanted]] = defaultdict(list)
    for one in wanted:
        since = (newest.get(one.series, 0) - OVERLAP_S) // HOUR_S * HOUR_S
        by_since[max(earliest, since)].append(one)
    return tuple(_Part(tuple(some), Span(since, now)) for since, some in sorted(by_since.items()))


def _past(
    source: Source,
    front: Iterable[_Part],
    asked: Mapping[str, Sequence[tuple[int, int]]],
    earliest: int,
) -> tuple[_Part, ...]:
    """Return what the source has not been asked for before the front, newest first."""
    by_span: defaultdict[Span, list[Wanted]] = defaultdict(list)
    for part in front:
        for one in part.wanted:
            for span in _missing(asked.get(one.series, ()), Span(earliest, part.span.since)):
                for piece in _cut(span, source.piece_s or DAY_S):
                    by_span[piece].append(one)
    ordered = sorted(by_span.items(), key=lambda item: item[0].until, reverse=True)
    parts = (
        _Part(tuple(some[first : first + source.batch]), span)
        for span, some in ordered
        for first in range(0, len(some), source.batch)
    )
    return tuple(islice(parts, PIECES))


def _missing(asked: Sequence[tuple[int, int]], span: Span) -> Iterator[Span]:
    """Yield the parts of a span that lie outside ascending spans, newest first."""
    end = span.until
    for since, until in reversed(asked):
        if max(until, span.since) < end:
            yield Span(max(until, span.since), end)
        end = min(end, since)
    if span.since < end:
        yield Span(span.since, end)


def _cut(span: Span, length_s: int) -> Iterator[Span]:
    """Yield the pieces of a span, the newest first and whole."""
    for until in range(span.until, span.since, -length_s):
        yield Span(max(span.since, until - length_s), until)


# --- What comes back --------------------------------------------------------------------------


class _Ahead(NamedTuple):
    """A source that tells of a time that has not come."""

    failure: Failure
    newest: int


class _Found(NamedTuple):
    """What a source told; `parts` are the series and spans that it need not tell again."""

    measurements: list[Measurement]
    parts: tuple[_Part, ...]


def _measurements(plan: _Plan, answer: Answers | Failure) -> _Found | _Ahead | Failure:
    if isinstance(answer, Failure):
        return answer
    try:
        found = [one for part in plan.front for one in plan.source.measurements(*part, answer)]
    except ClockAheadError as error:
        return _Ahead(Failure(Fault.AHEAD, str(error)), error.newest)
    except SourceError as error:
        return Failure(Fault.UNREADABLE, str(error))
    if not found:
        since = datetime.fromtimestamp(min(part.span.since for part in plan.front), UTC)
        return Failure(Fault.EMPTY, f"no measurement since {since:%Y-%m-%d %H:%M} UTC")
    parts = [] if plan.source.piece_s is None else [*plan.front]
    for part in plan.answered(answer):
        with suppress(SourceError):  # it stays missing, and is asked for again
            found += list(plan.source.measurements(*part, answer))
            parts.append(part)
    return _Found(found, tuple(parts))


def _in_time(
    found: Iterable[Measurement], source: str, history: History, now: int
) -> list[Measurement]:
    """Return what was not told before its time: that is no measurement of then, ever.

    Where a source no longer tells of a time that it told of too early, its clock was set right,
    and what it will say of that time holds.
    """
    history.forget_ahead(source, now + CLOCKS_S)
    early = history.ahead(source)
    return [one for one in found if not any(a < one.start <= b for a, b in early)]


def _too_old(
    found: Iterable[Measurement], network: Network, source: str, now: int
) -> Failure | None:
    """Return what is wrong with a source whose every series is stale (status rule 5)."""
    newest = max(bin_start(one) for one in found) + BIN_S
    series = (*network.routes, *network.controls)
    limit_s = max(stale_after_s(one.interval_s) for one in series if one.source == source)
    if now < newest + limit_s:
        return None
    when = datetime.fromtimestamp(newest, UTC)
    return Failure(Fault.OLD, f"nothing newer than {when:%Y-%m-%d %H:%M} UTC")


def _probed(network: Network, history: History, now: int) -> Iterator[tuple[str, int, int, int]]:
    """Yield what the built-in prober has put into the last hours' bins, as `_advice` takes it."""
    local = {source.id for source in network.sources if isinstance(source, Local)}
    expected = {
        one.id: one.expected for one in (*network.routes, *network.controls) if one.source in local
    }
    if not expected:
        return
    for name, bins in history.bins(now - SHORT_FRONT_S, now - BIN_S).items():
        if name in expected:
            yield from ((name, expected[name], bin_.start, bin_.sent) for bin_ in bins)


def _advice(found: Iterable[tuple[str, int, int, int]]) -> Iterator[str]:
    """Yield what to write for series that always hold too little for a bin to count.

    Each time is a series, the packets expected in five minutes, a time and the packets sent.
    """
    bins: defaultdict[tuple[str, int, int], int] = defaultdict(int)
    for name, expected, start, count in found:
        bins[name, expected, start // BIN_S] += count
    by_series: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for (series, expected, _), sent in bins.items():
        by_series[series, expected].append(sent)
    for (series, expected), sents in sorted(by_series.items()):
        usual = median(sents)
        if len(sents) >= ENOUGH_BINS and 0 < usual < VALID_SHARE * expected:
            yield (
                f"content/status/network.toml: {series}: {usual:g} packets come in five minutes"
                f" where {expected} are expected, so that none count; write what is sent, as in"
                f" packets = 1 and interval_s = {round(BIN_S / usual)}"
            )
