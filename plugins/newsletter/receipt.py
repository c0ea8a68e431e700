"""What publishing says of the newsletter in the receipt of a push."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Protocol

from newsletter.desk import STORE
from newsletter.model import PAGE, folder_of
from newsletter.store import READERS


class Changes(Protocol):
    """The pages that a push makes, by their paths in the site."""

    @property
    def new(self) -> Sequence[str]:
        """Those that were not there before."""
        ...


def lines(changes: Changes, root: Path, _now: datetime) -> Iterator[str]:
    """Yield what could be sent once a push to the server at `root` is live; RECEIPT_LINES.

    Reads the store and needs no key for that. Without one there is nobody to send to.
    """
    editions = list(_editions(changes.new))
    store = root / STORE
    if editions and store.is_file():
        with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True)) as db:
            counts = dict(db.execute(READERS).fetchall())
            begun = {(slug, id_.rpartition("/")[2]) for id_, slug in db.execute(_BEGUN)}
        yield from receipt_lines(editions, counts, begun, _command(root))


def receipt_lines(
    editions: Iterable[tuple[str, str]],
    counts: Mapping[str, int],
    begun: Collection[tuple[str, str]],
    command: str,
) -> Iterator[str]:
    """Yield for each column that could be sent to how many it would go, and the `command`.

    `editions` and those whose sending has `begun` are slugs with languages; `counts` are the
    subscribers by language.
    """
    waiting = sorted(one for one in editions if one not in begun and counts.get(one[1]))
    columns = [(slug, list(group)) for slug, group in groupby(waiting, key=lambda one: one[0])]
    for slug, group in columns[:_SHOWN]:
        readers = ", ".join(f"{counts[lang]:,} ({lang})" for _, lang in group)
        yield f"Newsletter, once this is live: to {readers} by"
        yield f"  {command} newsletter.send {slug}"
    if len(columns) > _SHOWN:
        yield f"  and {len(columns) - _SHOWN:,} more new columns"


def _command(root: Path) -> str:
    """Return what runs a command on a server, as whom it belongs to, with the secrets it needs."""
    return (
        f"sudo systemd-run --pty --uid={root.owner()} -p EnvironmentFile={root}/secrets.env"
        f" {root}/invoke"
    )


_SHOWN = 5
_BEGUN = "SELECT id, slug FROM editions"


def _editions(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield slug and language of each edition among the paths of a site."""
    for path in paths:
        match path.split("/"):
            case [lang, _, slug, _] if path == f"{folder_of(slug, lang)}/{PAGE}":
                yield slug, lang
