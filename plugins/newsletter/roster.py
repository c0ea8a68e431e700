"""`invoke subscribers.*`: the people of the newsletter by hand."""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.table import Table

from newsletter.addresses import normalised
from newsletter.desk import Desk
from newsletter.errors import ImportRefused, NewsletterError, TokenError
from newsletter.importing import COLUMNS, SUSPENDED, Rows, languages_of, read_rows
from newsletter.listmonk import listmonk_from
from newsletter.model import Subscriber
from newsletter.subscribers import Enrolled, Subscribers
from newsletter.syncing import sync
from newsletter.tokens import Purpose, Signer


def import_file(desk: Desk, path: Path, now: int) -> int:
    """Take people from a CSV file, name every row that is bad, and return the exit status."""
    try:
        rows = read_rows(path.read_bytes(), desk.languages, desk.zone, now)
    except (OSError, ImportRefused) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ImportRefused(f"{path}: {reason}") from error
    with desk.open_store(now) as store:
        done = Counter(Subscribers(store).enrol(rows.good))
    for bad in rows.bad:
        print(f"{path}:{bad.line}: {bad.reason}", file=sys.stderr)
    print("\n".join(_report(rows, done)))
    return 1 if rows.bad else 0


def _report(rows: Rows, done: Counter[Enrolled]) -> Iterator[str]:
    if rows.encoding == "cp932":
        name = next((one.name for one in rows.good if not one.name.isascii()), "")
        yield "read as cp932 (Shift_JIS)" + (f'; one of the names is "{name}"' if name else "")
    yield (
        f"{done[Enrolled.NEW]:,} new, {done[Enrolled.MERGED]:,} known before, "
        f"{done[Enrolled.REMOVED]:,} kept out as they left after that consent, "
        f"{len(rows.bad):,} bad rows"
    )


def list_all(desk: Desk, *, as_csv: bool, out: TextIO, now: int) -> int:
    """Show everybody, or write what `import_file` reads."""
    with desk.open_store(now) as store:
        people = Subscribers(store)
        if as_csv:
            _write(people.all(), desk, out)
        else:
            _show(people.all(), people.counts(), desk, out)
    return 0


def remove(desk: Desk, whom: str, now: int) -> int:
    """Erase whoever has an address, or the token that a mail to unsubscribe holds."""
    with desk.open_store(now) as store:
        found = Subscribers(store).remove(
            _person(whom, Purpose.UNSUBSCRIBE, store.signer, now), now
        )
    known = "removed" if found else "was no subscriber"
    print(f"{known}; no older consent brings this address back, and a new one can")
    return 0


def change_languages(desk: Desk, whom: str, languages: str, now: int) -> int:
    """Set the languages of whoever has an address, or the token of a mail that asks for others."""
    try:
        chosen = languages_of(languages, desk.languages)
    except ValueError as error:
        raise NewsletterError(f"{error}; write them like {','.join(desk.languages)}") from None
    with desk.open_store(now) as store:
        person = _person(whom, Purpose.LANGUAGE, store.signer, now)
        found = Subscribers(store).change_languages(person, chosen, now)
    if found is None:
        raise NewsletterError(f"{whom}: does not subscribe; nothing was changed")
    print(f"{found.address}: {', '.join(found.languages)}")
    return 0


def sync_from(desk: Desk, url: str, now: int, *, insist: bool = False) -> int:
    """Take people from a listmonk server, and who left there; one must `insist` if most did."""
    with listmonk_from(desk.environ, url) as listmonk, desk.open_store(now) as store:
        report = sync(listmonk, Subscribers(store), desk.languages, now, insist=insist)
    print("\n".join(report))
    return 0


def _person(whom: str, purpose: Purpose, signer: Signer, now: int) -> bytes:
    if "@" in whom:
        return signer.person(normalised(whom))
    try:
        return signer.open(purpose, whom, now)
    except TokenError:
        raise NewsletterError(
            f"{whom}: is neither an address nor what stands in the subject of a mail behind "
            f'"{purpose}"'
        ) from None


def _write(people: Iterable[Subscriber], desk: Desk, out: TextIO) -> None:
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow((*COLUMNS, SUSPENDED))
    rows.writerows((*_cells(one, desk), one.suspended or "") for one in people)


def _show(people: Iterable[Subscriber], counts: dict[str, int], desk: Desk, out: TextIO) -> None:
    table = Table(box=None)
    for name in (*COLUMNS, SUSPENDED):
        table.add_column(name, overflow="fold")
    for one in people:
        address, languages, name, at, how = _cells(one, desk)
        table.add_row(address, languages, name, at[:16], how, one.suspended)
    console = Console(file=out, markup=False, highlight=False)
    console.print(table)
    console.print(", ".join(f"{lang}: {count:,}" for lang, count in counts.items()) or "nobody")


def _cells(one: Subscriber, desk: Desk) -> tuple[str, ...]:
    """Return what COLUMNS say."""
    at = datetime.fromtimestamp(one.consent.at, desk.zone).isoformat(" ")
    return one.address, " ".join(one.languages), one.name, at, one.consent.how
