"""Where a prober's rounds go: into the store, or into a file for another vantage point to pull."""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from network_status import histogram
from network_status.errors import NetworkStatusError
from network_status.history import History
from network_status.model import DAY_S, HOUR_S, Measurement
from network_status.rounds import Round
from network_status.sources.json_document import FORMAT, BlindRound, Document, MeasuredRound
from network_status.wire import Failure, Fault

KEPT_S = 6 * HOUR_S
"""How long a written file keeps its rounds: so long may nobody pull them."""


def measurement(found: Round) -> Measurement:
    """Return a round as the history adds it. With nothing sent it is blind, never loss."""
    task, at = found.task, found.at
    if not found.sent:
        return Measurement(task.series, at, str(at), 0, 0, task.expected, blind=True)
    times = histogram.of_values(one.rtt_ms for one in found.answered)
    lost = found.lost
    failures = tuple(sorted(lost.items()))
    return Measurement(
        task.series, at, str(at), found.sent, lost.total(), task.expected, times, failures
    )


def document_round(found: Round) -> MeasuredRound | BlindRound:
    """Return a round as the `json` source reads it."""
    if not found.sent:
        return BlindRound(series=found.task.series, at=found.at, blind=True)
    return MeasuredRound(
        series=found.task.series,
        at=found.at,
        sent=found.sent,
        lost=found.lost.total(),
        rtt_ms=tuple(round(one.rtt_ms, 2) for one in found.answered),
        failures=dict(sorted(found.lost.items())),
    )


def write_document(path: Path, rounds: Iterable[MeasuredRound | BlindRound], now: int) -> None:
    """Add rounds to a file, at once or not at all, and drop those that are too old.

    Drops those of the future as well: a clock that ran ahead has put them there. Raises
    NetworkStatusError for a file that holds something else or cannot be written.
    """
    try:
        kept = [one for one in (*_written(path), *rounds) if now - KEPT_S < one.at <= now]
        document = Document(format=FORMAT, rounds=tuple(kept))
        _put(path, f"{document.model_dump_json(exclude_defaults=True)}\n".encode())
    except OSError as error:
        raise NetworkStatusError(f"{path}: {error.strerror}; nothing was written") from error


def _put(path: Path, data: bytes) -> None:
    """Write a file whole: whoever reads it meanwhile gets the old one or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _written(path: Path) -> tuple[MeasuredRound | BlindRound, ...]:
    try:
        return Document.model_validate_json(path.read_bytes()).rounds
    except FileNotFoundError:
        return ()
    except ValidationError:
        raise NetworkStatusError(
            f"{path}: holds no rounds of ours; write to another file"
        ) from None


class Keeping(NamedTuple):
    """Where rounds go: into the store, or into a file instead."""

    store: Path
    write: Path | None

    def keep(self, rounds: Sequence[Round], now: int) -> None:
        """Keep the rounds of `now`. Raises NetworkStatusError."""
        if self.write:
            write_document(self.write, map(document_round, rounds), now)
            return
        with History(self.store, now) as history:
            if history.message:
                print(history.message, file=sys.stderr)
            names = {one.task.series for one in rounds}
            newest = history.newest()
            _check_clock(max(newest.get(name, 0) for name in names), self.store, now)
            history.forget_bins_after(names, now)
            history.add(map(measurement, rounds), now)
            for source, reason in _health(rounds).items():
                if reason is None:
                    history.source_succeeded(source, now)
                else:
                    history.source_failed(source, now, str(Failure(Fault.BLIND, reason)))


def _check_clock(last: int, store: Path, now: int) -> None:
    """Refuse to measure where the clock and the store are more than a day apart.

    What lies less far in the future was measured by a clock that ran ahead, and is forgotten:
    it would look fresh when its time comes. More may well be right, and the clock wrong.
    """
    if last > now + DAY_S:
        clock, found = (datetime.fromtimestamp(at, UTC).isoformat() for at in (now, last))
        raise NetworkStatusError(
            f"{store}: holds measurements of {found}, and this machine's clock says {clock}; "
            "set the clock, or move the file away"
        )


def _health(rounds: Sequence[Round]) -> Mapping[str, str | None]:
    """Return per source why it could send nothing at all, or None where it could."""
    health: dict[str, str | None] = {}
    for one in rounds:
        source = one.task.source.id
        if one.sent:
            health[source] = None
        else:
            health.setdefault(source, "; ".join(one.unsent))
    return health
