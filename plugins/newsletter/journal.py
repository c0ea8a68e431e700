"""A file beside the database that only grows: what was sent, how far, and who left.

A database that was restored from a backup has forgotten what happened since; this file has not.
A line for each edition's beginning and end, and in between a dot for each message that was
reserved; a line with the key of whoever left.
"""

import os
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from newsletter.model import Edition, Record

_BEGUN, _FINISHED, _REOPENED, _LEFT, _END = "begun", "finished", "reopened", "left", "\n"


_LEAVING = re.compile(f"{_LEFT} (\\S+) ([0-9a-f]{{32}})")


@dataclass(frozen=True, slots=True)
class Past:
    """What the journal knows of one edition; moments are as the file has them.

    Older journals do not say how an edition went, which then was by SMTP.
    """

    begun: str = ""
    reserved: int = 0
    finished: str = ""
    via: str = "smtp"
    slug: str = ""

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

    @classmethod
    def beside(cls, store: Path) -> Self:
        """Return the journal of a database."""
        return cls(store.with_suffix(".journal"))

    def past(self, edition: str) -> Past:
        """Return what was written of an edition."""
        past = Past()
        reserved, finished, ours = 0, "", False
        for line in self._lines():
            event, at, subject, via, slug = (*line.split(), *[""] * 5)[:5]
            if event == _BEGUN:
                ours = subject == edition
                if ours and not past.begun:
                    past = Past(at, via=via or past.via, slug=slug)
            elif event in (_FINISHED, _REOPENED):
                if subject == edition:
                    finished = at if event == _FINISHED else ""
            elif ours:
                reserved += line.count(".")
        return replace(past, reserved=reserved, finished=finished)

    def begin(self, edition: Edition, via: str, now: int) -> None:
        """Note that an edition is sent, or sent on."""
        self._append(f"{_BEGUN} {_at(now)} {edition.id} {via} {edition.slug}\n")

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

    def leave(self, person: bytes, now: int) -> None:
        """Note that somebody left; a sender may be at work meanwhile."""
        self._append(f"{_LEFT} {_at(now)} {person.hex()}\n", beside_sender=True)

    def left(self) -> dict[bytes, int]:
        """Return the keys of all who ever left, and when each did so last, in Unix seconds."""
        found: dict[bytes, int] = {}
        for line in self._lines():
            if match := _LEAVING.fullmatch(line.rstrip(_END)):
                found[bytes.fromhex(match[2])] = int(datetime.fromisoformat(match[1]).timestamp())
        return found

    def _append(self, line: str, *, beside_sender: bool = False) -> None:
        """Write a line of its own; beside a sender, behind a mark that it makes just now, too."""
        lines = self._lines()
        apart = beside_sender or (lines and not lines[-1].endswith(_END))
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{_END if apart else ''}{line}")
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
