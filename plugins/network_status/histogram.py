"""Round-trip times in log buckets that merge, count and answer for quantiles.

A bucket is 5 % wide: number i holds 0.05 ms × 1.05^i up to the next, for i from 0 to 255, so
0.05 ms to 12.6 s; what lies outside is counted in the first or the last. A quantile is the
geometric middle of the bucket that holds its nearest rank, so it is off by 2.5 % at most.

Packed: for each bucket that is not empty, in order, its number (one byte) and its count (four
bytes, little-endian; what is more is not counted). Nothing else, so equal contents are equal bytes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from math import ceil, inf, log
from struct import Struct

from network_status.model import NO_TIMES, Histogram

GROWTH = 1.05
LEAST_MS = 0.05
BUCKETS = 256
MOST = (1 << 32) - 1

_ENTRY = Struct("<BI")
_MIDDLES_MS: tuple[float, ...] = tuple(
    LEAST_MS * pow(GROWTH, number + 0.5) for number in range(BUCKETS)
)


def bucket_of(rtt_ms: float) -> int:
    """Return the number of the bucket that holds a round-trip time."""
    if rtt_ms <= LEAST_MS:
        return 0
    return min(BUCKETS - 1, int(log(rtt_ms / LEAST_MS) / log(GROWTH)))


def of_values(rtts_ms: Iterable[float]) -> Histogram:
    """Return the histogram of single round-trip times."""
    return of_buckets(Counter(map(bucket_of, rtts_ms)))


def of_quantiles(pairs: Iterable[tuple[float, float]], count: int) -> Histogram:
    """Return the histogram of `count` times of which a server told (quantile, ms) pairs only.

    Every rank takes the time of the quantile nearest to it: the quantiles given come out as
    they went in, and nothing is made up between them.
    """
    known = sorted(pairs)
    shares = shares_of(tuple(quantile for quantile, _ in known), count)
    return of_shares((bucket_of(rtt_ms) for _, rtt_ms in known), shares)


@lru_cache(maxsize=4096)
def shares_of(quantiles: tuple[float, ...], count: int) -> tuple[int, ...]:
    """Return how many of `count` ranks lie nearest to each of the ascending `quantiles`."""
    if not quantiles or count <= 0:
        return (0,) * len(quantiles)
    borders = [(low + high) / 2 for low, high in pairwise(quantiles)]
    ranks = [0, *(int(count * border + 0.5) for border in borders), count]
    return tuple(above - below for below, above in pairwise(ranks))


def of_shares(buckets: Iterable[int], shares: Sequence[int]) -> Histogram:
    """Return the histogram that holds `shares[i]` times in `buckets[i]`; buckets may repeat."""
    counts: dict[int, int] = {}
    for bucket, share in zip(buckets, shares, strict=True):
        counts[bucket] = counts.get(bucket, 0) + share
    return of_buckets(counts)


def of_buckets(counts: Mapping[int, int]) -> Histogram:
    """Return the histogram with these counts by bucket number."""
    pack = _ENTRY.pack
    return Histogram(
        b"".join([pack(number, min(n, MOST)) for number, n in sorted(counts.items()) if n])
    )


def merge(histograms: Iterable[Histogram]) -> Histogram:
    """Return one histogram of all times; the order does not matter."""
    filled = [histogram for histogram in histograms if histogram]
    if len(filled) < 2:
        return filled[0] if filled else NO_TIMES
    # All entries end to end unpack at once, whichever histogram they come from.
    counts: dict[int, int] = {}
    for number, count in _ENTRY.iter_unpack(b"".join(filled)):
        counts[number] = counts.get(number, 0) + count
    return of_buckets(counts)


def count(histogram: Histogram) -> int:
    """Return how many times it holds."""
    return sum(n for _, n in _ENTRY.iter_unpack(histogram))


def quantile_ms(histogram: Histogram, quantile: float) -> float | None:
    """Return the round-trip time at a quantile (0 to 1), or None where there is none."""
    rank = max(1, ceil(quantile * count(histogram)))
    return _at_rank(_ENTRY.iter_unpack(histogram), rank) if histogram else None


def quantiles_ms(histograms: Iterable[Histogram], quantiles: Iterable[float]) -> tuple[float, ...]:
    """Return the times at ascending quantiles over all histograms, and nothing of empty ones."""
    entries = sorted(_ENTRY.iter_unpack(b"".join(histograms)))
    total = sum([n for _, n in entries])
    if not total:
        return ()
    found: list[float] = []
    # A bucket may occur in several histograms; its entries are neighbours and count as one.
    position, seen = 0, 0
    for quantile in quantiles:
        rank = max(1, ceil(quantile * total))
        while seen < rank:
            seen += entries[position][1]
            position += 1
        found.append(_MIDDLES_MS[entries[position - 1][0]])
    return tuple(found)


def middle_ms(bucket: int) -> float:
    """Return the time that stands for a bucket; `bucket_of` leads back."""
    return _MIDDLES_MS[bucket]


def median_with_lost_ms(histogram: Histogram, lost: int) -> float | None:
    """Return the median where a lost packet counts as infinitely late (RFC 7679 §5.2).

    Unlike the median of what came back it never falls when more is lost: status law (a)
    rests on it. None where nothing was sent.
    """
    entries = [*_ENTRY.iter_unpack(histogram)]
    total = sum([n for _, n in entries]) + lost
    return _at_rank(entries, ceil(total / 2)) if total else None


def _at_rank(entries: Iterable[tuple[int, int]], rank: int) -> float:
    for number, n in entries:
        rank -= n
        if rank <= 0:
            return _MIDDLES_MS[number]
    return inf
