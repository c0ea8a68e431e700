"""How measurements become bins and bins become hours, whatever their order. Pure.

Adding is commutative and idempotent: a known round changes nothing, a whole bin replaces an
older whole bin or any rounds, whichever came first.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from network_status import histogram
from network_status.model import BIN_S, HOUR_S, Bin, Failures, HourBin, Measurement

_NONE: frozenset[str] = frozenset()


class Row(NamedTuple):
    """A bin as it is kept: with the rounds in it, or the round of the whole it came as."""

    bin: Bin
    whole: str | None
    rounds: frozenset[str]

    def plus(self, new: Measurement) -> "Row":
        """Return the row with a measurement in it."""
        if new.replaces:
            return _whole(new) if self.whole is None or self.whole <= new.round else self
        if self.whole is not None or new.round in self.rounds:
            return self
        return Row(_sum(self.bin, new), None, self.rounds | {new.round})


def possible(new: Measurement) -> Measurement:
    """Return a measurement as it is. Raises ValueError for counts that cannot be."""
    if not 0 <= new.lost <= new.sent or new.expected < 0 or (new.blind and new.sent):
        raise ValueError(f"{new.route}: {new} cannot be; a source must clamp what it counts")
    return new


def bin_start(measurement: Measurement) -> int:
    """Return the beginning of the bin that a measurement belongs to."""
    return measurement.start // BIN_S * BIN_S


def added(rows: Mapping[int, Row], found: Iterable[Measurement]) -> dict[int, Row]:
    """Return the rows, by their beginning, with measurements added."""
    after = dict(rows)
    for measurement in found:
        start = bin_start(measurement)
        row = after.get(start)
        after[start] = row.plus(measurement) if row else _first(measurement)
    return after


def hours_of(bins: Sequence[Bin]) -> list[HourBin]:
    """Sum up ascending bins by the hour."""
    return [
        _hour_of(start, list(group))
        for start, group in groupby(bins, key=lambda bin_: bin_.start // HOUR_S * HOUR_S)
    ]


def _first(new: Measurement) -> Row:
    return _whole(new) if new.replaces else Row(Bin(bin_start(new), 0, 0, 0), None, _NONE).plus(new)


def _whole(new: Measurement) -> Row:
    start = bin_start(new)
    bin_ = Bin(start, new.sent, new.lost, new.expected, new.rtt, new.failures, new.blind)
    return Row(bin_, new.round, _NONE)


def _sum(old: Bin, new: Measurement) -> Bin:
    return Bin(
        old.start,
        old.sent + new.sent,
        old.lost + new.lost,
        max(old.expected, new.expected),
        histogram.merge([old.rtt, new.rtt]),
        _sum_failures(old.failures, new.failures),
        old.blind or new.blind,
    )


def _sum_failures(*parts: Failures) -> Failures:
    counts: defaultdict[str, int] = defaultdict(int)
    for kind, lost in (failure for part in parts for failure in part):
        counts[kind] += lost
    return tuple(sorted(counts.items()))


def _hour_of(start: int, bins: Sequence[Bin]) -> HourBin:
    bits = {bin_.start: 1 << (bin_.start - start) // BIN_S for bin_ in bins}
    return HourBin(
        start,
        sum(bin_.sent for bin_ in bins),
        sum(bin_.lost for bin_ in bins),
        sum(bin_.expected for bin_ in bins),
        sum(bits[bin_.start] for bin_ in bins if bin_.valid),
        sum(bits[bin_.start] for bin_ in bins if bin_.good),
        histogram.merge(bin_.rtt for bin_ in bins),
    )
