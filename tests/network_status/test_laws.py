"""The laws of the status rules: what must hold whatever is measured.

Routes are drawn as runs of slots of a few kinds (clean, grey, lossy, dead, slow, thin, missing,
blind), because it is at the borders between runs that a state machine goes wrong.
"""

import os
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from network_status import histogram
from network_status.changes import new_events
from network_status.model import BIN_S, DAY_S, HOUR_S, Bin, Rule, State, Unknown
from network_status.status import (
    NEEDED_S,
    Observed,
    replay,
    route_status,
    sighted,
    stale_after_s,
)
from tests.network_status.builders import LIMITS, T0, times

# A route that breaks a law is told in full, however long it is.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
OPERATIONAL = State.OPERATIONAL

# Kind of a slot → lost of 100, round-trip time. None: nothing was measured.
KINDS = {
    "clean": (0, 50),
    "single": (1, 50),
    "grey": (2, 50),
    "lossy": (5, 50),
    "bad": (15, 50),
    "dying": (60, 50),
    "dead": (100, 50),
    "slow": (0, 160),
    "slow and grey": (2, 160),
    "thin": (0, 50),
    "blind": None,
    "missing": None,
}
CONTROL_KINDS = ("clean", "clean", "clean", "bad", "missing", "blind", "dead")
PEER_KINDS = ("clean", "bad", "dead", "dead", "missing")
BASELINES_MS = (None, 20.0, 50.0, 120.0, 400.0)


pytestmark = pytest.mark.soak


def examples(count):
    """Draw so many in a soak run, else a quarter; a loaded machine may take its time."""
    drawn = count if "ATOGAKI_SOAK" in os.environ else count // 4
    return settings(max_examples=drawn, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def slot_of(number, kind, size):
    """The bin of one slot whose route sends `size` packets in five minutes; None is none."""
    start = T0 + number * BIN_S
    if kind == "missing":
        return None
    if kind == "blind":
        return Bin(start, 0, 0, size, blind=True)
    lost_of_hundred, rtt_ms = KINDS[kind]
    sent = size // 3 if kind == "thin" else size
    lost = -(-lost_of_hundred * sent // 100)
    return Bin(start, sent, lost, size, times(sent - lost, rtt_ms))


@st.composite
def series(draw, kinds=tuple(KINDS), longest=8, most=10):
    """Bins of a series, made of runs of slots."""
    size = draw(st.sampled_from([1, 5, 20, 100]))
    runs = draw(st.lists(st.tuples(st.sampled_from(kinds), st.integers(1, longest)), max_size=most))
    slots = [kind for kind, length in runs for _ in range(length)]
    drawn = [slot_of(number, kind, size) for number, kind in enumerate(slots)]
    return [bin_ for bin_ in drawn if bin_ is not None]


@st.composite
def baselines(draw):
    """A baseline, or none, for each hour."""
    hours = range(T0, T0 + 3 * DAY_S, HOUR_S)
    usual = draw(st.lists(st.sampled_from(BASELINES_MS), min_size=4, max_size=4))
    return {hour: usual[n % 4] for n, hour in enumerate(hours) if usual[n % 4] is not None}


@st.composite
def observations(draw):
    """A route with what vouches for it; the opposite direction often fails with it."""
    own = draw(series())
    mirrored = [bin_ for bin_ in own if bin_.valid]
    peers = draw(st.lists(st.just(mirrored) | series(PEER_KINDS), max_size=1))
    return Observed(
        own, draw(st.lists(series(CONTROL_KINDS), max_size=2)), peers, draw(baselines())
    )


@st.composite
def long_observations(draw):
    """A grey day between the interesting ends, so that decisions leave the 24 hours."""
    first, last = draw(series()), draw(series())
    begin = max((bin_.start for bin_ in first), default=T0 - BIN_S) // BIN_S + 1 - T0 // BIN_S
    grey, length = (
        draw(st.sampled_from(["grey", "grey", "clean", "slow and grey"])),
        draw(st.integers(280, 420)),
    )
    between = [slot_of(begin + n, grey, 100) for n in range(length)]
    later = [bin_._replace(start=bin_.start + (begin + length) * BIN_S) for bin_ in last]
    return Observed([*first, *between, *later], baselines_ms=draw(baselines()))


# Where a slot of the first end leaves the 24 hours, and anywhere.
late_slots = st.integers(285, 400) | st.integers(0, 520)
observed = observations()
long_observed = long_observations()
moments = st.integers(0, 120).map(lambda slot: T0 + slot * BIN_S + 17)


def states(what, now):
    """Every step's state, the replay reaching back to the first bin."""
    return [step.state for step in replay(what, LIMITS, now, T0)]


def status(what, now):
    return route_status("r", what, LIMITS, (), now)


def end_of(what):
    return max((bin_.start + BIN_S for bin_ in what.bins), default=T0)


@st.composite
def with_more_loss(draw, what):
    """The same route with packets lost that were not: from the fast or the slow end of a bin."""
    return replace(what, bins=[draw(worse_bin(bin_)) for bin_ in what.bins])


@st.composite
def worse_bin(draw, bin_):
    more = draw(st.sampled_from([0, 0, 0, 0.01, 0.1, 0.5, 1]))
    extra = min(bin_.sent - bin_.lost, -(-bin_.sent * more // 1))
    values = [ms for ms in (20.0, 50.0, 160.0) for _ in range(histogram.count(bin_.rtt))]
    kept = int(bin_.sent - bin_.lost - extra)
    ms = histogram.quantile_ms(bin_.rtt, 0.5)
    return bin_._replace(
        lost=int(bin_.lost + extra), rtt=times(kept, ms) if ms and values else bin_.rtt
    )


@examples(400)
@given(st.data(), observed, moments)
def test_a_more_loss_never_gives_a_better_state(data, what, now):
    """Law (a), at every slot of the replay."""
    worse = data.draw(with_more_loss(what))
    pairs = zip(states(what, now), states(worse, now), strict=True)
    assert all(after.severity >= before.severity for before, after in pairs)


@examples(400)
@given(st.data(), moments)
def test_a_it_does_not_matter_which_packets_of_a_bin_are_lost(data, now):
    """Law (a): not even where the slow ones are lost and what comes back is quick.

    Where the median hangs on a single packet of many, its loss alone raises nothing.
    """
    anything = st.tuples(st.integers(0, 10), st.integers(0, 10), st.integers(0, 10))
    balanced = st.integers(30, 60).flatmap(
        lambda quick: st.tuples(st.just(quick), st.integers(quick, quick + 2), st.just(0))
    )
    mixes = st.lists(anything, min_size=3, max_size=12) | st.lists(
        balanced, min_size=3, max_size=12
    )
    usual = dict.fromkeys(range(T0, T0 + DAY_S, HOUR_S), 50.0)
    better, worse = [], []
    for number, (quick, slow, lost) in enumerate(data.draw(mixes)):
        gone = data.draw(st.integers(0, min(slow, 2)) | st.integers(0, slow))
        start, sent = T0 + number * BIN_S, quick + slow + lost
        at = {ms: histogram.bucket_of(ms) for ms in (50, 160)}
        for into, kept, dropped in ((better, slow, lost), (worse, slow - gone, lost + gone)):
            rtt = histogram.of_buckets({at[50]: quick, at[160]: kept})
            into.append(Bin(start, sent, dropped, 20, rtt))
    before = states(Observed(better, baselines_ms=usual), now)
    after = states(Observed(worse, baselines_ms=usual), now)
    assert all(a.severity >= b.severity for b, a in zip(before, after, strict=True))


@examples(400)
@given(observed, moments)
def test_b_operational_is_reached_through_five_good_bins_only(what, now):
    """Law (b): the five slots up to the change are valid, seen and under 2 %."""
    steps = replay(what, LIMITS, now, T0)
    usable = {bin_.start: bin_ for bin_ in sighted(what.bins, what.controls, LIMITS)}
    for number, (before, after) in enumerate(pairwise(steps), 1):
        if after.state is OPERATIONAL and before.state is not OPERATIONAL:
            run = [usable.get(step.start) for step in steps[max(0, number - 4) : number + 1]]
            assert len(run) == 5
            assert all(bin_ and bin_.valid and bin_.lost / bin_.sent < 0.02 for bin_ in run)
    assert all(step.state is not OPERATIONAL for step in steps[:4])


@examples(400)
@given(long_observed, late_slots, st.integers(1, 120), baselines())
def test_b_time_passing_never_gives_operational(what, slot, later, usual):
    """Law (b): not by a raise that leaves the replay, nor by another baseline of later hours.

    The replay at each moment reads no further back than it needs.
    """
    now, then = T0 + slot * BIN_S, T0 + (slot + later) * BIN_S
    border = now // HOUR_S * HOUR_S + HOUR_S
    early = {hour: ms for hour, ms in what.baselines_ms.items() if hour < border}
    late = {hour: ms for hour, ms in usual.items() if hour >= border}
    before, after = status(what, now), status(replace(what, baselines_ms=early | late), then)
    if after.measured is OPERATIONAL and before.measured is not OPERATIONAL:
        changed = [step for step in after.steps if step.start >= now and step.good_run >= 5]
        assert changed, "became operational without a run of good bins that ended since"


@examples(300)
@given(observed, moments)
def test_b_a_baseline_never_gives_operational(what, now):
    """Law (b): judging latency can only take operational away."""
    without = replace(what, baselines_ms={})
    for judged, plain in zip(states(what, now), states(without, now), strict=True):
        assert plain is OPERATIONAL or judged is not OPERATIONAL


@examples(300)
@given(series(("clean", "single", "slow", "missing"), longest=5), moments)
def test_b_a_slow_route_stays_degraded_until_it_is_quick_again(bins, now):
    """Law (b): a run of bins that are slow against their baseline does not clear."""
    usual = dict.fromkeys(range(T0, T0 + DAY_S, HOUR_S), 50.0)
    for step in replay(Observed(bins, baselines_ms=usual), LIMITS, now, T0):
        slow = step.bin is not None and (histogram.quantile_ms(step.bin.rtt, 0.5) or 0) > 100
        assert not (slow and step.rule is Rule.CLEARED)


@examples(400)
@given(st.data(), observed, st.none() | moments)
def test_c_taking_a_source_away_never_gives_operational(data, what, now):
    """Law (c): all bins of the route, of any control target, or of any second source."""
    now = end_of(what) if now is None else now
    parts = [what.bins, *what.controls, *what.peers]
    gone = [data.draw(st.booleans()) for _ in parts]
    left = [[] if take else part for take, part in zip(gone, parts, strict=True)]
    controls = left[1 : 1 + len(what.controls)]
    fewer = Observed(left[0], controls, left[1 + len(controls) :], what.baselines_ms)
    if status(fewer, now).measured is OPERATIONAL:
        assert status(what, now).measured is OPERATIONAL


@examples(400)
@given(st.data(), observed)
def test_c_taking_the_newest_bins_away_never_leaves_operational(data, what):
    """Law (c): whether of the route or of what vouches for it, for longer than the limit."""
    now = end_of(what) + data.draw(st.integers(0, 299))
    border = now - stale_after_s(what.interval_s) - BIN_S + 1
    parts = [what.bins, *what.controls]
    own = data.draw(st.booleans()) or not what.controls
    if own:
        fewer = replace(what, bins=[bin_ for bin_ in what.bins if bin_.start < border])
    else:
        old = [[bin_ for bin_ in part if bin_.start < border] for part in parts[1:]]
        fewer = replace(what, controls=old)
    assert status(fewer, now).measured is not OPERATIONAL


@examples(100)
@given(st.lists(series(CONTROL_KINDS), max_size=2), moments)
def test_c_without_any_bin_a_route_is_unknown(controls, now):
    """Law (c): and says that there was never any data."""
    nothing = status(Observed([], controls), now)
    assert (State.UNKNOWN, Unknown.NO_DATA) == (nothing.measured, nothing.reason)


@examples(300)
@given(st.data(), observed, moments)
def test_d_the_order_of_what_vouches_does_not_matter(data, what, now):
    """Law (d); that of measurements is tested where they are added up, in the history."""
    mixed = replace(what, controls=data.draw(st.permutations(what.controls)))
    assert states(what, now) == states(mixed, now)


@examples(300)
@given(long_observed, late_slots, st.integers(0, 100))
def test_e_a_later_replay_gives_the_same_states(what, slot, later):
    """Law (e): what was the state at a time stays its state, from however far back it is told.

    Nor does it matter what has come so far of a bin that is not over.
    """
    now = T0 + slot * BIN_S
    told = status(replace(what, bins=[_so_far(bin_, now + 100) for bin_ in what.bins]), now + 100)
    again = replay(what, LIMITS, now + later * BIN_S, T0)
    if told.steps:
        assert [told.measured] == [s.state for s in again if s.start == told.steps[-1].start]


def _so_far(bin_, now):
    """A bin as it may be seen at a time: until it is over, nothing of it has come back."""
    over = bin_.start + BIN_S <= now
    return bin_ if over else bin_._replace(lost=bin_.sent, rtt=histogram.of_values([]))


@examples(200)
@given(long_observed, st.lists(st.integers(0, 700), max_size=6))
def test_e_the_log_of_events_does_not_depend_on_when_builds_happen(what, slots):
    """Law (e): an event is recorded once, at the same bin, by whichever build saw it first."""
    moments = sorted({T0 + slot * BIN_S for slot in slots} | {T0 + 700 * BIN_S})
    log, judged = [], 0
    for now in moments:
        since = max(T0, judged - NEEDED_S)
        steps = replay(what, LIMITS, now, since)
        log += new_events("r", steps, log[-1] if log else None, judged)
        judged = now // BIN_S * BIN_S
    whole = list(new_events("r", replay(what, LIMITS, moments[-1], T0), None, 0))
    assert [event.id for event in whole] == [event.id for event in log]
    assert whole == log
