"""Bins as rows of the history's tables."""

from collections.abc import Sequence
from typing import Any

from network_status.merging import Row
from network_status.model import NO_TIMES, Bin, Failures, Histogram


def stored(row: Row) -> tuple[Any, ...]:  # Any: the columns of the table
    """Return a bin with its rounds as a row of `bins`, without the series."""
    start, sent, lost, expected, rtt, failures, blind = row.bin
    text = " ".join(f"{kind}:{lost}" for kind, lost in failures)
    rounds = "\n".join(sorted(row.rounds))
    return start, sent, lost, expected, rtt, text, blind, row.whole, rounds


def bin_of(row: Sequence[Any]) -> Bin:  # Any: a row of the table
    """Return the bin of a row, whose rounds are left out."""
    start, sent, lost, expected, rtt, failures, blind = row
    return Bin(
        start,
        sent,
        lost,
        expected,
        Histogram(rtt) if rtt else NO_TIMES,
        _failures_of(failures) if failures else (),
        blind == 1,
    )


def _failures_of(text: str) -> Failures:
    parts = (part.rpartition(":") for part in text.split(" "))
    return tuple((kind, int(lost)) for kind, _, lost in parts)
