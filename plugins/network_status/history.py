"""What is kept between builds: counts per route and five minutes, per hour, and what happened.

SQLite in `var/`. Five-minute bins stay for 11 days and hours for 400; an hour is summed up
anew from its bins while they are there and is final after that. Every write is one
transaction that begins with the write lock, prunes, and leaves the number of a revision on the
days it touched, so that what was made of the others stands. What measurements become is in
`merging`, what becomes of a broken file in `database`.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from network_status.database import is_broken, locked, opened, set_aside
from network_status.errors import HistoryError, HistoryLost
from network_status.merging import Row, added, bin_start, hours_of, possible
from network_status.model import (
    DAY_S,
    HOUR_S,
    Bin,
    Event,
    HourBin,
    Measurement,
    State,
    Unknown,
)
from network_status.rows import bin_of, stored
from network_status.source_records import SourceRecords

BINS_KEPT_S = 11 * DAY_S
HOURS_KEPT_S = 400 * DAY_S
DAYS_KEPT_S = 92 * DAY_S

_BIN_COLUMNS = "start, sent, lost, expected, rtt, failures, blind"
_HOUR_COLUMNS = "start, sent, lost, expected, valid_bits, good_bits, rtt"


@dataclass(frozen=True, slots=True)
class Series:
    """What is kept of one route or control target."""

    bins: tuple[Bin, ...]
    hours: tuple[HourBin, ...]


class KeptDay(NamedTuple):
    """What a finished day amounted to, as bytes, and of what (`stamp`) it was summed up."""

    series: str
    kind: str
    start: int
    stamp: str
    value: bytes


class History(SourceRecords):
    """The store in one file, as a context manager.

    `message` says what a person should know: that a broken file was set aside, and where.
    A fault found later, in the middle of the file, raises HistoryLost once it lies aside; open
    again and ask the sources again. Raises HistoryError where a newer program wrote the file,
    where another writer holds it for longer than BUSY_TIMEOUT_S, and where the disk is full.
    """

    def __init__(self, path: Path, now: int) -> None:
        self._path = path
        self._now = now
        self.message: str | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with locked(path):
                self._db = self._opened()
        except sqlite3.DatabaseError as error:
            raise HistoryError(f"{path}: {error}") from error
        except OSError as error:
            raise HistoryError(
                f"{path}: {error.strerror}; what is measured must be kept in a folder that can "
                "be written"
            ) from error

    def _opened(self) -> sqlite3.Connection:
        try:
            return opened(self._path)
        except sqlite3.DatabaseError as error:
            if not is_broken(error):
                raise
            self.message = set_aside(self._path, self._now, error)
            return opened(self._path)

    @property
    def path(self) -> Path:
        """Return the file."""
        return self._path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()
        if not isinstance(error, sqlite3.DatabaseError):
            return
        if not is_broken(error):
            raise HistoryError(f"{self._path}: {error}") from error
        with locked(self._path):
            raise HistoryLost(self._replace_broken(error)) from error

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    # --- Writing ------------------------------------------------------------------------------

    def add(self, measurements: Iterable[Measurement], now: int) -> int:
        """Add measurements and prune what is too old at `now`; return how many bins changed.

        What lies before the five-minute bins that are kept fills hours that are missing, and
        what lies before those is dropped. Raises ValueError for counts that cannot be.
        """
        by_series: defaultdict[str, list[Measurement]] = defaultdict(list)
        for measurement in measurements:
            by_series[possible(measurement).route].append(measurement)
        with self._writing() as revision:
            changed = sum(
                self._add_to(self._series_id(name), found, now, revision)
                for name, found in by_series.items()
            )
            self._prune(now)
        return changed

    def append(self, events: Iterable[Event], judged_until: Mapping[str, int]) -> None:
        """Record changes of state, and up to where each route has been judged for them.

        An event that is known (route and first bin) stays as it was; so does a later border.
        """
        with self._writing():
            self._db.executemany(
                "INSERT INTO judged VALUES (?, ?) ON CONFLICT (series) DO UPDATE"
                " SET until = max(until, excluded.until)",
                [(self._series_id(route), until) for route, until in judged_until.items()],
            )
            self._db.executemany(
                "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?)",
                [(self._series_id(e.route), e.at, e.before, e.state, e.reason) for e in events],
            )

    def keep_days(self, days: Iterable[KeptDay]) -> None:
        """Keep what days amounted to, each in the place of what was kept of it before."""
        with self._writing():
            self._db.executemany(
                "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?)",
                [(self._series_id(one.series), *one[1:]) for one in days],
            )

    def forget_changes_from(self, at: int) -> None:
        """Forget what was judged of a time that has not come, as by a clock that ran ahead."""
        with self._writing():
            self._db.execute("UPDATE judged SET until = min(until, ?)", (at,))
            self._db.execute("DELETE FROM events WHERE at >= ?", (at,))

    def forget_bins_after(self, names: Iterable[str], at: int) -> None:
        """Forget what a clock that ran ahead has put into bins that have not begun yet."""
        with self._writing() as revision:
            for series in map(self._series_id, names):
                gone = [bin_.start for bin_ in self._bins(series, at + 1, None)]
                if not gone:
                    continue
                self._db.execute("DELETE FROM bins WHERE series = ? AND start > ?", (series, at))
                hour = at // HOUR_S * HOUR_S
                self._db.execute(
                    "DELETE FROM hours WHERE series = ? AND start >= ?", (series, hour)
                )
                self._put_hours(series, hours_of(self._bins(series, hour, None)))
                self._touch(series, gone, revision)

    # --- Reading ------------------------------------------------------------------------------

    def bins(self, since: int, until: int | None = None) -> dict[str, tuple[Bin, ...]]:
        """Return all series' bins of a span, ascending, and always each one's newest bin.

        The newest tells "stale" from "never any data", however old it is.
        """
        return {
            name: self._newest_bin(series, since) + self._bins(series, since, until)
            for name, series in self._names().items()
        }

    def hours(self, since: int, until: int | None = None) -> dict[str, tuple[HourBin, ...]]:
        """Return all series' hours of a span, ascending."""
        return {name: self._hours(series, since, until) for name, series in self._names().items()}

    def hours_since(self, since: Mapping[str, int]) -> dict[str, tuple[HourBin, ...]]:
        """Return the hours of some series, ascending, each from a time of its own on."""
        names = self._names()
        return {
            name: self._hours(names[name], at, None) for name, at in since.items() if name in names
        }

    def kept_days(self) -> dict[str, dict[tuple[str, int], tuple[str, bytes]]]:
        """Return what is kept of each series' days: by kind and start, stamp and value."""
        found: defaultdict[str, dict[tuple[str, int], tuple[str, bytes]]] = defaultdict(dict)
        sql = "SELECT name, kind, start, stamp, value FROM kept JOIN series ON series = id"
        for name, kind, start, stamp, value in self._db.execute(sql):
            found[name][kind, start] = stamp, value
        return found

    def series(self, name: str, bins_since: int, hours_since: int) -> Series:
        """Return what is kept of one route or control target; empty where it is not known."""
        series = self._names().get(name, -1)
        return Series(self._bins(series, bins_since, None), self._hours(series, hours_since, None))

    def newest(self, until: int | None = None) -> dict[str, int]:
        """Return the beginning of each series' newest bin: where pulling goes on.

        Bins after `until` do not count: a clock that was wrong, or a build of an earlier time.
        """
        limit = until if until is not None else 1 << 62
        sql = "SELECT max(start) FROM bins WHERE series = ? AND start <= ?"
        found = {
            name: self._db.execute(sql, (series, limit)).fetchone()[0]
            for name, series in self._names().items()
        }
        return {name: start for name, start in found.items() if start is not None}

    def revisions(self, since: int) -> dict[str, dict[int, int]]:
        """Return of each series the UTC days from a time on, and the write that changed each."""
        found: defaultdict[str, dict[int, int]] = defaultdict(dict)
        sql = "SELECT name, day, revision FROM days JOIN series ON series = id WHERE day >= ?"
        for name, day, revision in self._db.execute(sql, (since,)):
            found[name][day] = revision
        return found

    def events(self, since: int = 0) -> tuple[Event, ...]:
        """Return the recorded changes of state, oldest first."""
        sql = (
            "SELECT name, at, before, state, reason FROM events JOIN series ON series = id"
            " WHERE at >= ? ORDER BY at, name"
        )
        return tuple(
            Event(name, at, State(before), State(state), Unknown(reason) if reason else None)
            for name, at, before, state, reason in self._db.execute(sql, (since,))
        )

    def judged_until(self) -> dict[str, int]:
        """Return up to where each route has been judged for events."""
        sql = "SELECT name, until FROM judged JOIN series ON series = id"
        return dict(self._db.execute(sql).fetchall())

    def _replace_broken(self, error: sqlite3.DatabaseError) -> str:
        """Set the file aside unless another process has done so and begun a new one."""
        try:
            db = opened(self._path)
            whole = db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
            db.close()
        except sqlite3.DatabaseError:
            whole = False
        if whole:
            return f"{self._path}: {error}; another process has begun a new history"
        return set_aside(self._path, self._now, error)

    # --- Inside -------------------------------------------------------------------------------

    def _names(self) -> dict[str, int]:
        return dict(self._db.execute("SELECT name, id FROM series ORDER BY name").fetchall())

    def _add_to(self, series: int, found: list[Measurement], now: int, revision: int) -> int:
        border = _first_bin_kept(now)
        recent = [measurement for measurement in found if measurement.start >= border]
        old = [m for m in found if now - HOURS_KEPT_S <= m.start < border]
        changed = self._add_recent(series, recent) if recent else set()
        changed |= self._fill_hours(series, old) if old else set()
        self._touch(series, changed, revision)
        return len(changed)

    def _add_recent(self, series: int, found: list[Measurement]) -> set[int]:
        starts = {bin_start(measurement) for measurement in found}
        before = self._rows(series, min(starts), max(starts))
        after = added(before, found)
        changed = {start: row for start, row in after.items() if row != before.get(start)}
        self._db.executemany(
            "INSERT OR REPLACE INTO bins VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(series, *stored(row)) for row in changed.values()],
        )
        hours = sorted({start // HOUR_S * HOUR_S for start in changed})
        if hours:
            bins = self._bins(series, hours[0], hours[-1] + HOUR_S)
            self._put_hours(series, [hour for hour in hours_of(bins) if hour.start in set(hours)])
        return set(changed)

    def _fill_hours(self, series: int, found: list[Measurement]) -> set[int]:
        """Sum up hours whose bins are no longer kept, where there is none yet."""
        first = min(measurement.start for measurement in found) // HOUR_S * HOUR_S
        known = {hour.start for hour in self._hours(series, first, None)}
        rows = added({}, (m for m in found if m.start // HOUR_S * HOUR_S not in known))
        self._put_hours(series, hours_of([rows[start].bin for start in sorted(rows)]))
        return set(rows)

    def _touch(self, series: int, starts: Iterable[int], revision: int) -> None:
        """Leave the revision on the days of bins that changed."""
        self._db.executemany(
            "INSERT OR REPLACE INTO days VALUES (?, ?, ?)",
            {(series, start // DAY_S * DAY_S, revision) for start in starts},
        )

    def _put_hours(self, series: int, hours: Iterable[HourBin]) -> None:
        sql = "INSERT OR REPLACE INTO hours VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        self._db.executemany(sql, [(series, *hour) for hour in hours])

    def _prune(self, now: int) -> None:
        """Delete what is too old, but nothing by a clock that may be far ahead.

        Where there is no bin of the day before the last one, it is `now` that is in doubt: after
        a pause, pruning waits for a day.
        """
        now = min(now, max(self.newest().values(), default=now))
        sql = "SELECT EXISTS (SELECT 1 FROM bins WHERE series = ? AND start BETWEEN ? AND ?)"
        span = now - 2 * DAY_S, now - DAY_S
        series = [*self._names().values()]
        if not any(self._db.execute(sql, (one, *span)).fetchone()[0] for one in series):
            return
        borders = (
            ("bins", "start", _first_bin_kept(now)),
            ("hours", "start", now - HOURS_KEPT_S),
            ("days", "day", now - HOURS_KEPT_S),
            ("events", "at", now - HOURS_KEPT_S),
            ("kept", "start", now - DAYS_KEPT_S),
        )
        for table, column, border in borders:
            self._db.executemany(
                f"DELETE FROM {table} WHERE series = ? AND {column} < ?",  # noqa: S608  our own names
                [(one, border) for one in series],
            )

    def _rows(self, series: int, first: int, last: int) -> dict[int, Row]:
        rows = self._db.execute(
            f"SELECT {_BIN_COLUMNS}, whole, rounds FROM bins"  # noqa: S608  our own names
            " WHERE series = ? AND start BETWEEN ? AND ?",
            (series, first, last),
        )
        return {
            row[0]: Row(bin_of(row[:-2]), row[-2], frozenset(row[-1].split("\n")) - {""})
            for row in rows
        }

    def _bins(self, series: int, since: int, until: int | None) -> tuple[Bin, ...]:
        return tuple(map(bin_of, self._span("bins", _BIN_COLUMNS, series, since, until)))

    def _newest_bin(self, series: int, before: int) -> tuple[Bin, ...]:
        """Return the newest bin of a series if it lies before a time."""
        rows = self._db.execute(
            f"SELECT {_BIN_COLUMNS} FROM bins WHERE series = ? ORDER BY start DESC LIMIT 1",  # noqa: S608  our own names
            (series,),
        )
        return tuple(bin_ for bin_ in map(bin_of, rows) if bin_.start < before)

    def _hours(self, series: int, since: int, until: int | None) -> tuple[HourBin, ...]:
        return tuple(map(HourBin._make, self._span("hours", _HOUR_COLUMNS, series, since, until)))

    def _span(
        self, table: str, columns: str, series: int, since: int, until: int | None
    ) -> Iterable[Sequence[Any]]:  # Any: a row, as the columns say
        limit = until if until is not None else 1 << 62
        return self._db.execute(
            f"SELECT {columns} FROM {table}"  # noqa: S608  our own names
            " WHERE series = ? AND start >= ? AND start < ? ORDER BY start",
            (series, since, limit),
        )


def _first_bin_kept(now: int) -> int:
    """Return the border at a whole hour, so that an hour has all of its bins or none."""
    return (now - BINS_KEPT_S) // HOUR_S * HOUR_S
