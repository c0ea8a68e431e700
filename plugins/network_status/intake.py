"""From all sources into the history: what is new since each series' newest bin.

A source that fails leaves its last bins as they are and is noted with its reason; it counts
neither as up nor as lost packets.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from network_status.errors import SourceError
from network_status.fetch import Policy, fetch
from network_status.history import History
from network_status.model import BIN_S, DAY_S, HOUR_S, Measurement, SourceHealth
from network_status.settings import Network
from network_status.sources.contract import Answers, Request, Source, Span, Wanted
from network_status.sources.remote import Remote, check_secrets
from network_status.wire import Failure, Fault

OVERLAP_S = HOUR_S
"""Asked for again each time: what reached the source late, and bins that were not whole."""
SHORT_DAYS = 2
"""How far back to go after an attempt that took too long."""
FIRST_DAYS = 91
"""How far back the first pull goes, unless the source says otherwise."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """How a pull went: the sources that were asked, those of them that failed, bins changed."""

    asked: tuple[str, ...]
    failures: Mapping[str, Failure]
    changed: int

    @property
    def all_failed(self) -> bool:
        """Tell whether there was something to ask and nothing answered."""
        return bool(self.asked) and len(self.failures) == len(self.asked)


class _Part(NamedTuple):
    """Series of a source that are asked for the same span."""

    wanted: tuple[Wanted, ...]
    span: Span


def policy_of(settings: Mapping[str, Any], environ: Mapping[str, str]) -> Policy:  # Any: Pelican's
    """Return what fetching may do by PATH, STATUS_FETCH and STATUS_SECRETS."""
    return Policy(
        content=Path(settings["PATH"]),
        hosts=settings.get("STATUS_SECRETS", {}),
        environ=environ,
        network=settings.get("STATUS_FETCH", True),
    )


def pull(network: Network, history: History, policy: Policy, now: int) -> Pulled:
    """Ask every source for what is new at `now`, add it, and note how each source goes.

    Raises NetworkSettingsError for a secret that is not bound to its source's host, and
    whatever History raises.
    """
    check_secrets(network.sources, policy.hosts)
    sources = {source.id: source for source in network.sources}
    newest, health = history.newest(), history.source_health()
    parts = {}
    for name, source in sources.items():
        earliest = now - _reach_days(source, health.get(name)) * DAY_S
        parts[name] = _spans(source, network, newest, earliest, now)
    asked = {name: _requests(sources[name], parts[name]) for name in sources}
    answered = fetch({name: requests for name, requests in asked.items() if requests}, policy)
    failures: dict[str, Failure] = {}
    changed = 0
    for name, answer in answered.items():
        found = _measurements(sources[name], parts[name], answer)
        if isinstance(found, Failure):
            failures[name] = found
            history.source_failed(name, now, str(found))
        else:
            changed += history.add(found, now)
            history.source_succeeded(name, now)
    return Pulled(tuple(answered), failures, changed)


def _spans(
    source: Source, network: Network, newest: Mapping[str, int], earliest: int, now: int
) -> tuple[_Part, ...]:
    """Return a source's series by the span each needs.

    One that never had a bin is asked for all its past each time, which costs a source little
    where there is nothing, and does not make the others be asked for theirs.
    """
    by_since: defaultdict[int, list[Wanted]] = defaultdict(list)
    for one in network.wanted(source.id):
        since = max(earliest, min(newest.get(one.series, 0), now) - OVERLAP_S)
        by_since[since // BIN_S * BIN_S].append(one)
    return tuple(
        _Part(tuple(wanted), Span(since, now)) for since, wanted in sorted(by_since.items())
    )


def _reach_days(source: Source, health: SourceHealth | None) -> int:
    """Return how far back to ask: less where the last answer took too long, or none would come."""
    fault = Failure.parse(health.fault) if health and health.fault else None
    days = source.history_days if isinstance(source, Remote) else FIRST_DAYS
    return min(days, SHORT_DAYS) if fault and fault.fault is Fault.SLOW else days


def _requests(source: Source, parts: Sequence[_Part]) -> tuple[Request, ...]:
    found = (request for part in parts for request in source.requests(part.wanted, part.span))
    return tuple(dict.fromkeys(found))


def _measurements(
    source: Source, parts: Sequence[_Part], answer: Answers | Failure
) -> list[Measurement] | Failure:
    if isinstance(answer, Failure):
        return answer
    try:
        found = [one for part in parts for one in source.measurements(*part, answer)]
    except SourceError as error:
        return Failure(Fault.UNREADABLE, str(error))
    if not found:
        since = datetime.fromtimestamp(min(part.span.since for part in parts), UTC)
        return Failure(Fault.EMPTY, f"no measurement since {since:%Y-%m-%d %H:%M} UTC")
    return found
