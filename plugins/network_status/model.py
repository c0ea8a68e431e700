"""What flows from a probe to every page, chart and feed. Imports no sibling.

Times are Unix seconds in UTC and name the beginning of what they stand for; round-trip times
are milliseconds; losses are counts, and ratios between 0 and 1 only where somebody reads them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import NamedTuple, NewType

BIN_S = 300
HOUR_S = 3600
DAY_S = 86_400
BINS_PER_HOUR = HOUR_S // BIN_S
VALID_SHARE = 0.5
"""A bin counts if this much of what it should hold was sent (status rule 1)."""
GOOD_LOSS_RATIO = 0.02
"""A bin below it is good, in availability (status rule 9) and by default in the clear run."""
MOST_PACKETS = 10_000_000
"""More cannot be sent in five minutes; a source that says so is broken."""
FEW_PACKETS = 60
"""Below it no rate is stated from a single loss (status rule 8)."""

Histogram = NewType("Histogram", bytes)
"""Round-trip times in log buckets, packed as `histogram` says; equal contents, equal bytes."""

NO_TIMES = Histogram(b"")

Failures = tuple[tuple[str, int], ...]
"""Why packets were lost: kind ("timeout", "refused", "nxdomain", …) and count, by kind."""


class State(StrEnum):
    """How a route is, worst first: the order of headlines and groups (status rule 6)."""

    OUTAGE = "outage"
    DEGRADED = "degraded"
    UNKNOWN = "unknown"
    MAINTENANCE = "maintenance"
    OPERATIONAL = "operational"

    @property
    def severity(self) -> int:
        """Return how bad it is: 0 for operational, 4 for an outage."""
        return _SEVERITY[self]


_SEVERITY = {state: rank for rank, state in enumerate(reversed(State))}


def worst(states: Iterable[State]) -> State:
    """Return the worst state by status rule 6, and unknown of none at all."""
    return max(states, key=lambda state: state.severity, default=State.UNKNOWN)


def is_unchecked(state: str, *, controlled: bool) -> bool:
    """Tell whether a route is good by a probe that nothing vouches for (status rule 5)."""
    return state == State.OPERATIONAL and not controlled


class Unknown(StrEnum):
    """Why a state is unknown (status rule 5)."""

    STALE = "stale"
    """No valid bin for max(3 intervals, 15 minutes)."""
    BLIND = "blind"
    """The prober itself failed, or no control target at its end answered it."""
    NO_DATA = "no-data"
    """Never any bin."""
    UNDECIDED = "undecided"
    """Measured, but nothing in the last 24 h raised or cleared (a new route, a grey day)."""


class Probe(StrEnum):
    """What is sent."""

    ICMP = "icmp"
    TCP = "tcp"
    DNS = "dns"
    HTTP = "http"


class Measurement(NamedTuple):
    """What one source says about one route at one time.

    `round` identifies it within the route. Rounds are added to their five-minute bin, each
    once. Where `replaces` is set, this is the whole bin: it takes the place of whatever was
    added, and of an older whole bin; "older" means a lesser `round` (a fixed-width time of
    the pull), so that the order of arrival does not matter.

    `expected` is what the whole bin should hold, not this round: one round of five that came
    through is a fifth of a bin. `blind`: the prober itself failed and nothing was measured;
    `sent` is 0.
    """

    route: str
    start: int
    round: str
    sent: int
    lost: int
    expected: int
    rtt: Histogram = NO_TIMES
    failures: Failures = ()
    blind: bool = False
    replaces: bool = False


class Bin(NamedTuple):
    """Five minutes of one route. A tuple, because a build reads tens of thousands of them."""

    start: int
    sent: int
    lost: int
    expected: int
    rtt: Histogram = NO_TIMES
    failures: Failures = ()
    blind: bool = False

    @property
    def valid(self) -> bool:
        """Tell whether enough was sent to judge by (status rule 1)."""
        return 0 < self.sent >= VALID_SHARE * self.expected

    @property
    def loss_ratio(self) -> float:
        """Return lost / sent, and 0 where nothing was sent: ask `valid` first."""
        return self.lost / self.sent if self.sent else 0.0

    @property
    def good(self) -> bool:
        """Tell whether these minutes count as good (status rules 8 and 9).

        One definition for all routes, whatever their thresholds, so that availabilities
        compare: valid, and under 2 % or a single packet lost of fewer than 60.
        """
        single = self.sent < FEW_PACKETS and self.lost == 1 < self.sent
        return self.valid and (single or self.loss_ratio < GOOD_LOSS_RATIO)


class HourBin(NamedTuple):
    """An hour of one route: sums of its bins, and which of the twelve were valid and good.

    Bit n of `valid_bits` and `good_bits` stands for the bin that begins n × 5 minutes after
    `start`, so that control targets and planned periods can be taken out exactly.
    """

    start: int
    sent: int
    lost: int
    expected: int
    valid_bits: int
    good_bits: int
    rtt: Histogram = NO_TIMES


class Loss(NamedTuple):
    """Packets lost in some span, with what they rest on."""

    sent: int
    lost: int

    @property
    def ratio(self) -> float | None:
        """Return lost / sent, or None where nothing was sent."""
        return self.lost / self.sent if self.sent else None


class Rule(Enum):
    """What decided at a bin, with the words that `invoke status --explain` prints."""

    NOTHING = "nothing raised and nothing cleared"
    CLEARED = "rule 4: a run of good bins"
    LOSS_WINDOWS = "rule 3: loss over both windows"
    LOSS_RUN = "rule 3: loss in valid bins running"
    SLOW_RUN = "rule 3: median over the baseline in valid bins running"
    ALL_LOST = "rule 3: every packet of a bin lost, nobody else to ask"
    OUTAGE_RUN = "rule 3: outage loss in valid bins running"
    OUTAGE_CONFIRMED = "rule 3: every packet of a bin lost, and a second source or direction agrees"
    STALE = "rule 5: no valid bin for too long"
    BLIND = "rule 5: the probe is blind"


class Step(NamedTuple):
    """One five-minute slot of a replay: what was there, what decided, what followed.

    `counted` tells whether the bin was judged: valid, and the probe known to see.
    """

    start: int
    bin: Bin | None
    counted: bool
    rule: Rule
    good_run: int
    state: State
    reason: Unknown | None


@dataclass(frozen=True, slots=True)
class Event:
    """A change of a route's measured state, recorded once: `at` is the first bin of `state`."""

    route: str
    at: int
    before: State
    state: State
    reason: Unknown | None

    @property
    def id(self) -> str:
        """Return what names it for ever."""
        return f"{self.route}@{self.at}"


@dataclass(frozen=True, slots=True)
class Incident:
    """A time in which a route was measured not to be operational; `ended` is None while it lasts.

    `unstable`: four changes in six hours, which are one incident (status rule 7).
    """

    route: str
    started: int
    ended: int | None
    worst: State
    unstable: bool
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """What a person says: an incident, or planned maintenance, of some routes.

    `severity` is degraded, outage or maintenance; `ended` is None while nobody knows.
    """

    id: str
    routes: frozenset[str]
    severity: State
    started: int
    ended: int | None = None

    def active(self, now: int) -> bool:
        """Tell whether it holds at `now`."""
        return self.started <= now and (self.ended is None or now < self.ended)


@dataclass(frozen=True, slots=True)
class RouteStatus:
    """What every output prints about a route.

    `state` is what is shown: the worst of `measured` and the active `notices` (status rule 6).
    `reason` belongs to `measured`. `since` is the first bin of `measured`, or None where it
    began before the replay. `observed_until` is the end of the newest bin that counted. Without
    newer ones the state holds until `valid_until` and is unknown from then on; it is None where
    the state is unknown already. `decided` is the step
    that gave the state, None where nothing did.
    """

    route: str
    state: State
    measured: State
    reason: Unknown | None
    since: int | None
    observed_until: int | None
    valid_until: int | None
    unstable: bool
    notices: tuple[Notice, ...]
    decided: Step | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """The state of all, never better than its worst key route, or of a group (status rule 6).

    Of a group every route decides: its heading stands above all of them.
    """

    state: State
    worst: tuple[str, ...]
    observed_until: int | None
    valid_until: int | None


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How pulling from a source goes; `failing_since` and `fault` are None while all is well."""

    source: str
    last_success: int | None
    failing_since: int | None
    fault: str | None
