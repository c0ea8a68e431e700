"""What follows from the measurements of the last day: the status rules as a state machine.

Pure: bins, baselines and `now` are arguments, and the same arguments give the same states.
The machine has two halves. `_Judge` says which rule decides at each five-minute slot, from
that slot and the hour before it alone. `_Memory` holds what was decided in the last 24 hours
and says which state follows. Because what a slot decides never depends on where the replay
begins, a decision that leaves the 24 hours can take a state away but never make a better one.

Where the rules leave room, this was decided:

* Only bins that are over are judged, so that a state once given to a bin stays (law (e)).
* A bin counts for a route only if a control target at its vantage point was seen to be good
  in the same bin. A control target that is bad and one that is silent have the same effect at
  the same time (rule 5 after 15 minutes, as blind or as stale): otherwise taking a control
  target's data away could turn a blind probe green. A prober that reports its own failure is
  blind at once.
* Runs that raise are of valid bins, whatever lies between (at most two slots: more is stale);
  the run that clears is of neighbours.
* A bin that is slow against its baseline is not good, so that a slow route does not clear.
  Lost packets count as infinitely late in that median. The baseline of a bin is that of its
  own hour, from the days before it, and so never changes afterwards.
* The 60 packets are those of the hour; over 15 minutes a single loss of fewer states no rate
  (rule 8).
* Every packet of a bin lost, two or more of them: an outage if another agrees, else degraded.
  With 60 packets an hour the first clause of rule 3 says so anyway, and without this a second
  source that is taken away could leave green what it had made red.
* An outage does not improve to degraded: only rule 4 ends it, or a gap, after which all
  begins again as unknown.
"""

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile

from network_status.changes import UNSTABLE_S, is_unstable
from network_status.histogram import median_with_lost_ms
from network_status.model import (
    BIN_S,
    DAY_S,
    FEW_PACKETS,
    HOUR_S,
    Bin,
    Headline,
    Notice,
    RouteStatus,
    Rule,
    State,
    Step,
    Unknown,
    worst,
)
from network_status.thresholds import Thresholds

REPLAY_S = DAY_S
NEEDED_S = REPLAY_S + HOUR_S + UNSTABLE_S
"""How far back bins must reach: the replay, what its windows look back on, and rule 7."""

RAISE_BINS = 3
OUTAGE_BINS = 2
CLEAR_BINS = 5
SHORT_WINDOW = 3
LONG_WINDOW = 12
STALE_INTERVALS = 3
STALE_S = 15 * 60

RAISES = {
    Rule.LOSS_WINDOWS: State.DEGRADED,
    Rule.LOSS_RUN: State.DEGRADED,
    Rule.SLOW_RUN: State.DEGRADED,
    Rule.ALL_LOST: State.DEGRADED,
    Rule.OUTAGE_RUN: State.OUTAGE,
    Rule.OUTAGE_CONFIRMED: State.OUTAGE,
}
RESETS: Mapping[Rule, tuple[State, Unknown | None]] = {
    Rule.CLEARED: (State.OPERATIONAL, None),
    Rule.STALE: (State.UNKNOWN, Unknown.STALE),
    Rule.BLIND: (State.UNKNOWN, Unknown.BLIND),
}


@dataclass(frozen=True, slots=True)
class Observed:
    """All that is known of a route: ascending bins of itself and of whatever vouches for it.

    `controls` are the bins of each control target at its vantage point, `peers` those of
    each second source or opposite direction, already `sighted` by their own controls.
    `baselines_ms` maps the beginning of an hour to the usual median in it.
    """

    bins: Sequence[Bin]
    controls: Sequence[Sequence[Bin]] = ()
    peers: Sequence[Sequence[Bin]] = ()
    baselines_ms: Mapping[int, float] = field(default_factory=dict)
    interval_s: int = 60


@dataclass(frozen=True, slots=True)
class Watched:
    """How one route is watched: whose bins vouch for it, and by which limits it is judged."""

    route: str
    controls: tuple[str, ...]
    peers: tuple[str, ...]
    interval_s: int
    thresholds: Thresholds


# --- All routes -------------------------------------------------------------------------------


def statuses(
    watched: Sequence[Watched],
    bins: Mapping[str, Sequence[Bin]],
    baselines_ms: Mapping[str, Mapping[int, float]],
    notices: Iterable[Notice],
    now: int,
) -> dict[str, RouteStatus]:
    """Return every route's status by its id; `bins` and `baselines_ms` are by series."""
    notices = tuple(notices)
    return {
        one.route: route_status(
            one.route,
            observed_of(one, watched, bins, baselines_ms),
            one.thresholds,
            [notice for notice in notices if one.route in notice.routes],
            now,
        )
        for one in watched
    }


def observed_of(
    one: Watched,
    watched: Iterable[Watched],
    bins: Mapping[str, Sequence[Bin]],
    baselines_ms: Mapping[str, Mapping[int, float]],
) -> Observed:
    """Return what is known of one route among all."""
    peers = [other for other in watched if other.route in one.peers]
    return Observed(
        bins.get(one.route, ()),
        [bins.get(control, ()) for control in one.controls],
        [_sighted_bins(peer, bins) for peer in peers],
        baselines_ms.get(one.route, {}),
        one.interval_s,
    )


def _sighted_bins(one: Watched, bins: Mapping[str, Sequence[Bin]]) -> list[Bin]:
    controls = [bins.get(control, ()) for control in one.controls]
    return sighted(bins.get(one.route, ()), controls, one.thresholds)


def sighted(
    bins: Sequence[Bin], controls: Sequence[Sequence[Bin]], thresholds: Thresholds
) -> list[Bin]:
    """Return the valid bins in which a control target vouched for the probe (status rule 5)."""
    vouched = _vouched(controls, thresholds)
    return [
        bin_
        for bin_ in bins
        if bin_.valid and not bin_.blind and (not controls or bin_.start in vouched)
    ]


def headline(
    members: Iterable[RouteStatus], key: Collection[str], notices: Iterable[Notice], now: int
) -> Headline:
    """Return the state of all: the worst key route, raised by any incident of a person.

    Where no member is a key route, all are. Maintenance counts by way of its routes only.
    The times are the least favourable of the key routes whose state is known.
    """
    members = tuple(members)
    deciding = [status for status in members if status.route in key] or members
    raised = [
        notice.severity
        for notice in notices
        if notice.active(now) and notice.severity is not State.MAINTENANCE
    ]
    state = worst([*(status.state for status in deciding), *raised])
    known = [status for status in deciding if status.valid_until is not None]
    return Headline(
        state,
        tuple(status.route for status in members if status.state is state),
        min((s.observed_until for s in known if s.observed_until is not None), default=None),
        min((s.valid_until for s in known if s.valid_until is not None), default=None),
    )


# --- One route --------------------------------------------------------------------------------


def route_status(
    route: str, observed: Observed, thresholds: Thresholds, notices: Iterable[Notice], now: int
) -> RouteStatus:
    """Return what a route's bins, a person's notices and the clock say of it."""
    steps = replay(observed, thresholds, now, now - NEEDED_S)
    measured, reason = _current(steps, observed, now)
    active = tuple(notice for notice in notices if notice.active(now))
    until = _observed_until(steps, observed.bins, now)
    return RouteStatus(
        route=route,
        state=worst([measured, *(notice.severity for notice in active)]),
        measured=measured,
        reason=reason,
        since=_since(steps, now - NEEDED_S + BIN_S),
        observed_until=until,
        valid_until=_valid_until(measured, until, observed.interval_s),
        unstable=is_unstable(steps, now),
        notices=active,
        decided=next((step for step in reversed(steps) if _gives(step.rule, measured)), None),
        steps=steps,
    )


def replay(observed: Observed, thresholds: Thresholds, now: int, since: int) -> tuple[Step, ...]:
    """Replay the slots from `since`, or the first bin if that is later, until `now`.

    A step's state is exact (what a replay of the 24 hours before it gives) from 25 hours
    after `since`, or from the start if bins began later than `since`.
    """
    first = min((bin_.start for bin_ in observed.bins), default=now)
    judge = _Judge(observed, thresholds)
    memory = _Memory()
    steps: list[Step] = []
    for start in range(max(first, since) // BIN_S * BIN_S, now - BIN_S + 1, BIN_S):
        rule = judge.decide(start)
        memory.enter(start, rule)
        steps.append(judge.step(start, rule, *memory.state(start)))
    return tuple(steps)


def stale_after_s(interval_s: int) -> int:
    """Return for how long a route without a valid bin keeps its state (status rule 5)."""
    return max(STALE_INTERVALS * interval_s, STALE_S)


class _Judge:
    """Says slot by slot which rule decides, from the slot and the hour before it."""

    def __init__(self, observed: Observed, thresholds: Thresholds) -> None:
        self._limits = thresholds
        self._baselines_ms = observed.baselines_ms
        self._stale_after_s = stale_after_s(observed.interval_s)
        self._own = {bin_.start: bin_ for bin_ in observed.bins}
        sighted_bins = sighted(observed.bins, observed.controls, thresholds)
        self._valid = {bin_.start: bin_ for bin_ in sighted_bins}
        self._blind = _blind(observed.controls, thresholds)
        self._agreeing = {
            bin_.start
            for peer in observed.peers
            for bin_ in peer
            if bin_.loss_ratio >= thresholds.outage_loss
        }
        self._hour: deque[Bin | None] = deque(maxlen=LONG_WINDOW)
        self._missing_s = 0
        self._seen_blind = False
        self._good_run = 0
        self._lossy_run = self._dead_run = self._slow_run = 0

    def decide(self, start: int) -> Rule:
        """Return the rule that decides at the next slot."""
        bin_ = self._valid.get(start)
        self._hour.append(bin_)
        return self._missed(start) if bin_ is None else self._measured(bin_)

    def step(self, start: int, rule: Rule, state: State, reason: Unknown | None) -> Step:
        """Return the record of the slot just decided."""
        own = self._own.get(start)
        return Step(start, own, start in self._valid, rule, self._good_run, state, reason)

    def _missed(self, start: int) -> Rule:
        self._good_run = 0
        self._missing_s += BIN_S
        self._seen_blind = self._seen_blind or start in self._blind
        own = self._own.get(start)
        failed = own is not None and own.blind
        if not failed and self._missing_s < self._stale_after_s:
            return Rule.NOTHING
        self._lossy_run = self._dead_run = self._slow_run = 0
        return Rule.BLIND if failed or self._seen_blind else Rule.STALE

    def _measured(self, bin_: Bin) -> Rule:
        self._missing_s = 0
        self._seen_blind = False
        slow = self._is_slow(bin_)
        self._lossy_run = self._lossy_run + 1 if bin_.loss_ratio >= self._limits.bin_loss else 0
        self._dead_run = self._dead_run + 1 if bin_.loss_ratio >= self._limits.outage_loss else 0
        self._slow_run = self._slow_run + 1 if slow else 0
        good = bin_.loss_ratio < self._limits.clear_loss and not slow
        self._good_run = self._good_run + 1 if good else 0
        return self._raise(bin_) or (Rule.CLEARED if self._good_run >= CLEAR_BINS else Rule.NOTHING)

    def _raise(self, bin_: Bin) -> Rule | None:
        """Return the first clause of rule 3 that holds, outages first."""
        all_lost = bin_.lost == bin_.sent > 1
        if self._dead_run >= OUTAGE_BINS:
            return Rule.OUTAGE_RUN
        if all_lost and bin_.start in self._agreeing:
            return Rule.OUTAGE_CONFIRMED
        if self._lossy_run >= RAISE_BINS:
            return Rule.LOSS_RUN
        if self._loses_in_both_windows():
            return Rule.LOSS_WINDOWS
        if self._slow_run >= RAISE_BINS:
            return Rule.SLOW_RUN
        return Rule.ALL_LOST if all_lost else None

    def _loses_in_both_windows(self) -> bool:
        # The short window first: where it lost nothing, which is nearly always, that is all.
        sent, lost = _counts(self._newest(SHORT_WINDOW))
        stated = sent >= FEW_PACKETS or lost > 1
        if not stated or lost / sent < self._limits.loss:
            return False
        sent, lost = _counts(self._newest(LONG_WINDOW))
        return sent >= FEW_PACKETS and lost / sent >= self._limits.loss

    def _newest(self, slots: int) -> list[Bin]:
        """Return the valid bins of the newest slots, the present one included."""
        return [bin_ for bin_ in list(self._hour)[-slots:] if bin_ is not None]

    def _is_slow(self, bin_: Bin) -> bool:
        baseline_ms = self._baselines_ms.get(bin_.start // HOUR_S * HOUR_S)
        if baseline_ms is None or not (bin_.rtt or bin_.lost == bin_.sent):
            return False
        median_ms = median_with_lost_ms(bin_.rtt, bin_.lost) or 0.0
        limits = self._limits
        return median_ms > max(limits.slow_ratio * baseline_ms, baseline_ms + limits.slow_ms)


class _Memory:
    """What was decided in the last 24 hours, and the state that follows from it."""

    def __init__(self) -> None:
        self._reset: tuple[State, Unknown | None] = (State.UNKNOWN, Unknown.UNDECIDED)
        self._reset_at: int | None = None
        self._raised_at: dict[State, int] = {}

    def enter(self, start: int, rule: Rule) -> None:
        """Take in what was decided at a slot."""
        if rule in RAISES:
            self._raised_at[RAISES[rule]] = start
        elif rule in RESETS:
            self._reset, self._reset_at = RESETS[rule], start
            self._raised_at.clear()

    def state(self, start: int) -> tuple[State, Unknown | None]:
        """Return the state after a slot: what is older than 24 hours no longer counts."""
        border = start + BIN_S - REPLAY_S
        raised = [state for state, at in self._raised_at.items() if at >= border]
        if raised:
            return worst(raised), None
        if self._reset_at is not None and self._reset_at >= border:
            return self._reset
        return State.UNKNOWN, Unknown.UNDECIDED


def _counts(bins: Iterable[Bin]) -> tuple[int, int]:
    sent = lost = 0
    for bin_ in bins:
        sent += bin_.sent
        lost += bin_.lost
    return sent, lost


def _vouched(controls: Iterable[Iterable[Bin]], limits: Thresholds) -> set[int]:
    """Return the slots in which at least one control target was good."""
    return {
        bin_.start
        for control in controls
        for bin_ in control
        if bin_.valid
        and not bin_.blind
        and (not bin_.lost or bin_.loss_ratio < limits.control_loss)
    }


def _blind(controls: Iterable[Iterable[Bin]], limits: Thresholds) -> set[int]:
    """Return the slots in which control targets were measured and none was good."""
    controls = tuple(controls)
    measured = {bin_.start for control in controls for bin_ in control if bin_.valid or bin_.blind}
    return measured - _vouched(controls, limits)


def _current(steps: Sequence[Step], observed: Observed, now: int) -> tuple[State, Unknown | None]:
    if steps:
        return steps[-1].state, steps[-1].reason
    begun = any(bin_.start <= now for bin_ in observed.bins)
    return State.UNKNOWN, Unknown.UNDECIDED if begun else Unknown.NO_DATA


def _gives(rule: Rule, state: State) -> bool:
    """Tell whether a rule is what leads to a state."""
    return state is (RAISES.get(rule) or RESETS.get(rule, (None,))[0])


def _since(steps: Sequence[Step], cut: int) -> int | None:
    """Return the first slot of the current state, or None where it began before the replay.

    Where bins were cut off, the first decision after the cut only repeats an older one.
    """
    undecided = [step for step in takewhile(_is_undecided, steps) if steps[0].start <= cut]
    for before, after in reversed([*pairwise(steps)]):
        if after.state is not before.state:
            return None if undecided and before is undecided[-1] else after.start
    return None


def _is_undecided(step: Step) -> bool:
    return step.reason is Unknown.UNDECIDED


def _observed_until(steps: Sequence[Step], bins: Iterable[Bin], now: int) -> int | None:
    """Return the end of the newest bin that counted; before the replay, of any valid one."""
    for step in reversed(steps):
        if step.counted:
            return step.start + BIN_S
    ends = (bin_.start + BIN_S for bin_ in bins if bin_.valid)
    return max((end for end in ends if end <= now), default=None)


def _valid_until(measured: State, observed_until: int | None, interval_s: int) -> int | None:
    if measured is State.UNKNOWN or observed_until is None:
        return None
    return observed_until + stale_after_s(interval_s)
