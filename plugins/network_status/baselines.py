"""The usual round-trip times once more, outside the history: what a lost history cannot say.

Without a baseline no route is slow, and a history that is lost or set aside has none for days.
So the medians of finished hours, which baselines are made of, lie in a file beside it as well.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from network_status.errors import HistoryError
from network_status.histogram import BUCKETS, bucket_of, middle_ms
from network_status.model import DAY_S, HOUR_S
from network_status.summary import BASELINE_DAYS

KEPT_S: Final = (BASELINE_DAYS + 2) * DAY_S

Medians = Mapping[str, Mapping[int, float]]
"""The median of each hour in which anything came back, in ms, by series and start."""


def beside(store: Path) -> Path:
    """Return the file that belongs to a history."""
    return store.with_name(f"{store.stem}-baselines.json")


def read(file: Path) -> dict[str, dict[int, float]]:
    """Return what the file holds; nothing where it is missing or broken."""
    try:
        found = json.loads(file.read_bytes())
        return {series: _hours(*kept) for series, kept in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def write(file: Path, medians: Medians, now: int) -> None:
    """Keep the medians of the hours that are over, at once or not at all, if anything changed.

    What is too old goes by the newest hour, so that a clock that is wrong takes nothing away.
    Raises HistoryError.
    """
    over = {
        series: {at: ms for at, ms in hours.items() if at + HOUR_S <= now}
        for series, hours in medians.items()
    }
    kept = {series: _packed(hours) for series, hours in sorted(over.items()) if hours}
    data = f"{json.dumps(kept, separators=(',', ':'))}\n".encode()
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        if not file.is_file() or file.read_bytes() != data:
            draft.write_bytes(data)
            draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise HistoryError(f"{file}: {error.strerror}; nothing of it was written") from error


def _packed(hours: Mapping[int, float]) -> tuple[int, list[int]]:
    """Return the first hour, and the bucket of each from there on; -1 where nothing came back."""
    newest = max(hours)
    first = max(min(hours), newest - KEPT_S)
    steps = range(first, newest + 1, HOUR_S)
    return first, [bucket_of(hours[at]) if at in hours else -1 for at in steps]


def _hours(first: int, buckets: list[int]) -> dict[int, float]:
    numbered = ((first + n * HOUR_S, bucket) for n, bucket in enumerate(buckets))
    return {at: middle_ms(bucket) for at, bucket in numbered if 0 <= bucket < BUCKETS}
