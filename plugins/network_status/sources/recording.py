"""Sample measurements that repeat every 90 days, at fixed times.

A day of the recording is a day since the epoch (UTC) modulo 90, so that what was shown for a
day stays, build after build. One file per series, `<series>.rec`:

    ATGKREC1                    8 bytes
    90 × length                 4 bytes each, little-endian: of the day that follows
    90 × day                    zlib, or nothing where the length is 0

and a day, unpacked, is seven columns of 288 bytes, one for each five-minute bin of the day:

    sent                        0: nothing measured; 255: the prober itself failed
    lost
    five quantiles              QUANTILES of the round-trip time as bucket numbers (see
                                `histogram`); the first as it is, the others as the
                                difference to the one before; 0 where nothing came back
"""

import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from struct import Struct
from struct import error as StructError  # noqa: N812  it is an exception
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import Field

from network_status import histogram
from network_status.errors import SourceError
from network_status.model import BIN_S, DAY_S, NO_TIMES, Histogram, Measurement
from network_status.sources.contract import Answers, Request, Selector, Source, Span, Wanted

CYCLE_DAYS = 90
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
BINS_PER_DAY = DAY_S // BIN_S
BLIND = 255
COLUMNS = 2 + len(QUANTILES)

_KNOWN = 16_384
"""So many bins are remembered; the sample has 3,600 that differ, of 340,000."""
_MAGIC = b"ATGKREC1"
_LENGTHS = Struct(f"<{CYCLE_DAYS}I")
_ROUND = "recording"


class Recorded(NamedTuple):
    """One bin of a recording; `buckets` are those of QUANTILES, and empty with no reply."""

    sent: int
    lost: int
    buckets: tuple[int, ...]


class RecordedSeries(Selector):
    """`series` is the name of a file without its ending."""

    series: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class Recording(Source):
    """Sample measurements; `folder` lies below `content/`."""

    selector: ClassVar[type[Selector]] = RecordedSeries

    kind: Literal["recording"] = "recording"
    folder: str = "status/recordings"

    def requests(self, wanted: Sequence[Wanted], span: Span) -> list[Request]:  # noqa: ARG002  files hold all times
        """Return the files, one for each series."""
        return [self._file(one) for one in wanted]

    def measurements(
        self, wanted: Sequence[Wanted], span: Span, answers: Answers
    ) -> Iterator[Measurement]:
        """Yield the whole bins of a span. Raises SourceError for a broken file."""
        for one in wanted:
            file = self._file(one)
            try:
                yield from _series(one, span, answers[file])
            except (ValueError, StructError, zlib.error) as error:
                raise SourceError(f"content/{file.address}: {error}; make it anew") from error

    def _file(self, one: Wanted) -> Request:
        if not isinstance(one.selector, RecordedSeries):
            raise SourceError(f"{one.series}: {one.selector!r} selects no recording")
        return Request(f"{self.folder}/{one.selector.series}.rec")


def pack(days: Sequence[Sequence[Recorded]]) -> bytes:
    """Return the file of a series from its 90 days of 288 bins each."""
    packed = [zlib.compress(_columns(day), 9) for day in days]
    return _MAGIC + _LENGTHS.pack(*map(len, packed)) + b"".join(packed)


def unpack(data: bytes, day: int) -> list[Recorded]:
    """Return one day, 0 to 89, of a file. Raises ValueError or zlib.error for a broken one."""
    if data[: len(_MAGIC)] != _MAGIC:
        raise ValueError("is no recording")
    lengths = _LENGTHS.unpack_from(data, len(_MAGIC))
    begin = len(_MAGIC) + _LENGTHS.size + sum(lengths[:day])
    columns = zlib.decompress(data[begin : begin + lengths[day]])
    if len(columns) != COLUMNS * BINS_PER_DAY:
        raise ValueError(f"day {day} has {len(columns)} bytes, not {COLUMNS * BINS_PER_DAY}")
    return [_recorded(columns[number::BINS_PER_DAY]) for number in range(BINS_PER_DAY)]


def _series(one: Wanted, span: Span, data: bytes) -> Iterator[Measurement]:
    for day in range(span.since // DAY_S, -(-span.until // DAY_S)):
        for number, recorded in enumerate(unpack(data, day % CYCLE_DAYS)):
            start = day * DAY_S + number * BIN_S
            if span.since <= start <= span.until - BIN_S and recorded.sent:
                yield _measurement(one, start, recorded)


def _measurement(one: Wanted, start: int, recorded: Recorded) -> Measurement:
    if recorded.sent == BLIND:
        return Measurement(one.series, start, _ROUND, 0, 0, one.expected, blind=True, replaces=True)
    sent, lost, _ = recorded
    return Measurement(
        one.series,
        start,
        _ROUND,
        sent,
        lost,
        one.expected,
        _times(recorded),
        (("timeout", lost),) if lost else (),
        replaces=True,
    )


@lru_cache(maxsize=_KNOWN)
def _times(recorded: Recorded) -> Histogram:
    """Return the times in a bin as a histogram."""
    sent, lost, buckets = recorded
    if not buckets:
        return NO_TIMES
    return histogram.of_shares(buckets, histogram.shares_of(QUANTILES, sent - lost))


def _columns(day: Sequence[Recorded]) -> bytes:
    rows = [(recorded.sent, recorded.lost, *_steps(recorded.buckets)) for recorded in day]
    return b"".join(bytes(column) for column in zip(*rows, strict=True))


def _steps(buckets: Sequence[int]) -> tuple[int, ...]:
    if not buckets:
        return (0,) * len(QUANTILES)
    return tuple(high - low for low, high in zip((0, *buckets), buckets, strict=False))


@lru_cache(maxsize=_KNOWN)
def _recorded(row: bytes) -> Recorded:
    sent, lost, *steps = row
    answered = 0 < sent != BLIND and lost < sent
    return Recorded(sent, lost, tuple(accumulate(steps)) if answered else ())
