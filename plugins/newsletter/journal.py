"""A file beside the database that only grows: which editions were begun and finished, and how far.

A database that was restored from a backup has forgotten what was sent since; this file has not.
A line for each beginning and end, and in between a dot for each message that was reserved.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from newsletter.ledger import Record

_BEGUN, _FINISHED, _REOPENED, _END = "begun", "finished", "reopened", "\n"


@dataclass(frozen=True, slots=True)
class Past:
    """What the journal knows of one edition; moments are as the file has them."""

    begun: str = ""
    reserved: int = 0
    finished: str = ""

    def contradicts(self, record: Record | None) -> str | None:
        """Return what the database does not know although it happened, or None."""
        if self.begun and record is None:
            return f"its sending began on {self.begun}"
        if record and self.reserved > record.reserved:
            return f"{self.reserved} messages were begun, and not {record.reserved}"
        if self.finished and record and record.finished_at is None:
            return f"it was finished on {self.finished}"
        return None


class Journal:
    """The file; what is begun or finished is on the disk when the call returns."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def past(self, edition: str) -> Past:
        """Return what was written of an edition."""
        begun = finished = ""
        reserved, ours = 0, False
        for line in self._lines():
            event, at, subject = (*line.split(), "", "", "")[:3]
            if event == _BEGUN:
                ours = subject == edition
                begun = begun or (at if ours else "")
            elif event in (_FINISHED, _REOPENED):
                if subject == edition:
                    finished = at if event == _FINISHED else ""
            elif ours:
                reserved += line.count(".")
        return Past(begun, reserved, finished)

    def begin(self, edition: str, now: int) -> None:
        """Note that an edition is sent, or sent on."""
        self._append(f"{_BEGUN} {_at(now)} {edition}\n")

    def mark(self) -> None:
        """Note one message; a file that lost some marks to a power cut knows less, not wrongly."""
        with self.path.open("ab") as file:
            file.write(b".")

    def finish(self, edition: str, now: int) -> None:
        """Note that everybody has had their turn."""
        self._append(f"{_FINISHED} {_at(now)} {edition}\n")

    def reopen(self, edition: str, now: int) -> None:
        """Note that a person wants an edition sent on, whoever had it."""
        self._append(f"{_REOPENED} {_at(now)} {edition}\n")

    def _append(self, line: str) -> None:
        lines = self._lines()
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{'' if not lines or lines[-1].endswith(_END) else _END}{line}")
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(self.path.parent)

    def _lines(self) -> list[str]:
        try:
            return self.path.read_text("utf-8").splitlines(keepends=True)
        except FileNotFoundError:
            return []


def _at(now: int) -> str:
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _sync_folder(folder: Path) -> None:
    """Put a new file's name on the disk, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
