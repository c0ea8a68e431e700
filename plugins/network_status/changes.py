"""Changes of state: which are recorded, and which of them are one incident (status rule 7).

Where rule 7 leaves room, this was decided: a degraded route that becomes an outage has not
changed once more, and an unstable time is over after six hours without a change. Both are told
by the recorded events alone, which are only ever added to: what was said of one stays true.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from network_status.model import HOUR_S, Event, Incident, State, Step, worst

UNSTABLE_S = 6 * HOUR_S
UNSTABLE_CHANGES = 4

_TROUBLE = frozenset({State.DEGRADED, State.OUTAGE})


def is_unstable(steps: Iterable[Step], now: int) -> bool:
    """Tell whether a route changed four times in the six hours before `now`."""
    changes = sum(
        after.start >= now - UNSTABLE_S and _counts(before.state, after.state)
        for before, after in pairwise(steps)
    )
    return changes >= UNSTABLE_CHANGES


def _counts(before: State, after: State) -> bool:
    """Tell whether a change counts for rule 7: what is bad already may get worse."""
    return before is not after and not {before, after} <= _TROUBLE


def new_events(
    route: str, steps: Sequence[Step], recorded: Event | None, judged_until: int
) -> Iterator[Event]:
    """Yield the changes of state at the steps from `judged_until` on.

    `recorded` is the route's last event. What arrived late changes no event: where it gives
    another state than the last recorded, the first step not yet judged is the event. A
    route's first step is none, so its log begins with the first decision.
    """
    judged = [step for step in steps if step.start < judged_until]
    before = recorded.state if recorded else None
    for step in [*judged[-1:], *steps[len(judged) :]]:
        if before is None:
            before = step.state
        elif step.state is not before and step.start >= judged_until:
            yield Event(route, step.start, before, step.state, step.reason)
            before = step.state


def told(events: Iterable[Event]) -> Iterator[Event]:
    """Yield the recorded events, oldest first, that are told of.

    The first of a route out of unknown is none: only its history begins there, maybe anew, and
    nobody was told before that anything was unknown.
    """
    seen: set[str] = set()
    for event in events:
        if event.route in seen or event.before is not State.UNKNOWN:
            yield event
        seen.add(event.route)


# --- Unstable times ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unrest:
    """A time in which a route kept changing, with its recorded changes, oldest first.

    It shows by the fourth of the changes that count: `told` are the events up to the third,
    `rest` those from the fourth on.
    """

    told: tuple[Event, ...]
    rest: tuple[Event, ...]

    @property
    def began(self) -> int:
        """Return when it changed first; this never changes any more."""
        return self.told[0].at

    @property
    def calm_at(self) -> int:
        """Return when it is over, if no other change follows."""
        return self.rest[-1].at + UNSTABLE_S


def unrests(events: Iterable[Event]) -> list[Unrest]:
    """Return the unstable times that a route's recorded events, oldest first, tell of."""
    told = list(events)
    return [
        Unrest(tuple(told[first:fourth]), tuple(told[fourth : last + 1]))
        for first, fourth, last in _unstable(told)
    ]


def _unstable(events: Sequence[Event]) -> list[tuple[int, int, int]]:
    """Return the numbers of the first, the fourth and the last event of each unstable time."""
    found: list[tuple[int, int, int]] = []
    counted: list[int] = []
    for number, event in enumerate(events):
        if found and event.at - events[found[-1][2]].at < UNSTABLE_S:
            first, fourth, _ = found[-1]
            found[-1] = first, fourth, number
            counted.clear()
        elif _counts(event.before, event.state):
            counted.append(number)
            start = counted[-UNSTABLE_CHANGES:][0]
            if len(counted) >= UNSTABLE_CHANGES and event.at - events[start].at < UNSTABLE_S:
                found.append((start, number, number))
    return found


def incidents(events: Iterable[Event]) -> list[Incident]:
    """Return the incidents that a route's recorded events, oldest first, tell of."""
    told = list(events)
    unstable = [(first, last) for first, _, last in _unstable(told)]
    groups: list[list[int]] = []
    for number, event in enumerate(told):
        ongoing = bool(groups) and told[groups[-1][-1]].state is not State.OPERATIONAL
        rocking = bool(groups) and any(first < number <= last for first, last in unstable)
        if ongoing or rocking:
            groups[-1].append(number)
        elif event.state is not State.OPERATIONAL:
            groups.append([number])
    return [
        _incident(
            [told[number] for number in group],
            rocked=any(first <= group[-1] and group[0] <= last for first, last in unstable),
        )
        for group in groups
    ]


def _incident(events: Sequence[Event], *, rocked: bool) -> Incident:
    last = events[-1]
    return Incident(
        route=last.route,
        started=events[0].at,
        ended=last.at if last.state is State.OPERATIONAL else None,
        worst=worst(event.state for event in events),
        unstable=rocked,
        events=tuple(events),
    )
