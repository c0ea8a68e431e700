"""What the history knows of its sources: how pulling goes, what they told of, and too early.

The part of `History` that is about sources and not about routes, and the transactions of all.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby

from network_status.model import SourceHealth


class SourceRecords:
    """Notes of sources in the database that `History` opens."""

    _db: sqlite3.Connection
    _now: int

    # --- Writing ------------------------------------------------------------------------------

    def source_succeeded(self, source: str, at: int) -> None:
        """Note that a source answered, and that whatever failed before is over."""
        with self._writing():
            self._db.execute(
                "INSERT OR REPLACE INTO sources VALUES (?, ?, NULL, NULL)", (source, at)
            )

    def source_failed(self, source: str, at: int, fault: str) -> None:
        """Note that a source failed; `failing_since` is the first time since it last answered."""
        with self._writing():
            self._db.execute(
                "INSERT INTO sources VALUES (:source, NULL, :at, :fault) ON CONFLICT (id) DO UPDATE"
                " SET failing_since = coalesce(min(failing_since, :at), :at), fault = :fault",
                {"source": source, "at": at, "fault": fault},
            )

    def note_ahead(self, source: str, at: int, until: int) -> None:
        """Note that a source told at `at` of times up to `until`, which had not come."""
        with self._writing():
            self._db.execute(
                "INSERT INTO ahead SELECT :source, :at, :until WHERE NOT EXISTS"
                " (SELECT 1 FROM ahead WHERE source = :source AND since <= :at AND until >= :at)",
                {"source": source, "at": at, "until": until},
            )
            self._db.execute(
                "UPDATE ahead SET until = max(until, :until)"
                " WHERE source = :source AND since <= :at AND until >= :at",
                {"source": source, "at": at, "until": until},
            )

    def forget_ahead(self, source: str, at: int) -> None:
        """Forget what was noted of times after `at`, which a source tells of no more."""
        with self._writing():
            self._db.execute("DELETE FROM ahead WHERE source = ? AND until > ?", (source, at))

    def note_asked(self, names: Iterable[str], since: int, until: int) -> None:
        """Note that a source has told what it holds of some series in a span."""
        touching = "series = ? AND since <= ? AND until >= ?"
        with self._writing():
            for series in map(self._series_id, names):
                values = (series, until, since)
                sql = f"SELECT min(since), max(until) FROM asked WHERE {touching}"  # noqa: S608  our own names
                first, last = self._db.execute(sql, values).fetchone()
                self._db.execute(f"DELETE FROM asked WHERE {touching}", values)  # noqa: S608  our own names
                touched = [since, until] if first is None else [since, until, first, last]
                whole = (series, min(touched), max(touched))
                self._db.execute("INSERT INTO asked VALUES (?, ?, ?)", whole)

    # --- Reading ------------------------------------------------------------------------------

    def source_health(self) -> dict[str, SourceHealth]:
        """Return how pulling from each source goes."""
        rows = self._db.execute("SELECT * FROM sources ORDER BY id")
        return {row[0]: SourceHealth(*row) for row in rows}

    def ahead(self, source: str) -> tuple[tuple[int, int], ...]:
        """Return the spans of which a source told before they had come."""
        sql = "SELECT since, until FROM ahead WHERE source = ? ORDER BY since"
        return tuple(self._db.execute(sql, (source,)).fetchall())

    def asked(self) -> dict[str, tuple[tuple[int, int], ...]]:
        """Return per series the spans that its source has told of, oldest first, none touching."""
        sql = "SELECT name, since, until FROM asked JOIN series ON series = id ORDER BY name, since"
        rows = self._db.execute(sql).fetchall()
        return {
            name: tuple((since, until) for _, since, until in found)
            for name, found in groupby(rows, key=lambda row: str(row[0]))
        }

    def revision(self) -> int:
        """Return the number of the last write that changed a bin.

        A history begins to count at the time of its beginning: one that is begun anew repeats no
        number of the one before.
        """
        sql = "SELECT coalesce(max(revision), ?) FROM days"
        return int(self._db.execute(sql, (self._now,)).fetchone()[0])

    # --- Inside -------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[int]:
        """Hold the write lock for one transaction and give its revision."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self.revision() + 1
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _series_id(self, name: str) -> int:
        self._db.execute("INSERT OR IGNORE INTO series (name) VALUES (?)", (name,))
        row = self._db.execute("SELECT id FROM series WHERE name = ?", (name,)).fetchone()
        return int(row[0])
