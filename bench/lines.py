"""A site with a status only: so many routes, each with 90 days in the store.

Eight routes between five places, each place with its control target, as the sample's; every
further block repeats them under names of its own. The past is the recordings', judged every few
days, so that the log of events is as long as that of a site that was refreshed all the time.

    python -m bench.lines FOLDER ROUTES NOW
"""

import json
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.corpus import ROOT
from bench.recordings import LINES
from network_status.model import BIN_S, DAY_S, HOUR_S
from network_status.observing import observe

PLACES = ("tokyo", "osaka", "shanghai", "dalian", "hong-kong")
ROUTES = tuple(name for name in LINES if not name.endswith("-control"))
KEY = 4
"""So many routes of a site decide its headline."""
DAYS = 90
STRIDE_DAYS = 9
"""Within what five-minute bins reach back, in which changes of state are found."""

_RECORDED = '[[sources]]\nid = "vantage"\nkind = "recording"\nfolder = "recordings"\n'


def make_site(site: Path, routes: int, now: int) -> None:
    """Write a site's content and `status.sqlite` below `site`."""
    content = site / "content"
    (content / "status").mkdir(parents=True)
    shutil.copytree(ROOT / "content" / "pages", content / "pages")
    recordings = shutil.copytree(ROOT / "content" / "status" / "recordings", content / "recordings")
    _write(site, len(ROUTES), _RECORDED)
    store = site / "status.sqlite"
    for days in range(DAYS - STRIDE_DAYS, -1, -STRIDE_DAYS):
        then = datetime.fromtimestamp(now - days * DAY_S, UTC)
        observe({"PATH": content, "STATUS_STORE": store, "NOW": then}, ("ja", "en"))
    shutil.rmtree(recordings)
    _repeat(store, routes)


def connect(site: Path, routes: int, url: str) -> None:
    """Have the site pull from an address what is new."""
    _write(site, routes, f'[[sources]]\nid = "vantage"\nkind = "json"\nurl = "{url}"\n')


def rounds(routes: int, now: int) -> bytes:
    """Return what a vantage point publishes: the last hour and a bit of every series."""
    first = (now - HOUR_S) // BIN_S * BIN_S - 2 * BIN_S
    found = [
        {
            "series": name,
            "at": at,
            "sent": 100,
            "lost": int((at // BIN_S + number) % 41 == 0),
            "quantiles_ms": [[q / 20, 40 + q + number % 30] for q in range(1, 20, 3)],
        }
        for number, name in enumerate(_series(routes))
        for at in range(first, now // BIN_S * BIN_S, BIN_S)
    ]
    return json.dumps({"format": "atogaki-measurements/1", "rounds": found}).encode()


def forget(store: Path) -> None:
    """Take away what refreshes have kept in the store."""
    with sqlite3.connect(store) as db:
        db.execute("DELETE FROM kept")
    db.close()


def _write(site: Path, routes: int, source: str) -> None:
    (site / "content" / "status" / "network.toml").write_text(source + "".join(_tables(routes)))


def _tables(routes: int) -> Iterator[str]:
    for block in range(_blocks(routes)):
        for place in PLACES:
            yield f'[[vantage_points]]\nid = "{place}-{block}"\nname = {_name(place, block)}\n'
            control = f"{place}-control-{block}"
            yield f'[[controls]]\nvantage = "{place}-{block}"\n{_from(control, f"{place}-control")}'
        yield f'[[groups]]\nid = "group-{block}"\nname = {_name("Group", block)}\n'
    for number, (line, block) in enumerate(_routes(routes)):
        near = next(place for place in PLACES if line.startswith(place))
        far = line.removeprefix(f"{near}-")
        yield (
            f'[[routes]]\nname = {_name(f"{near} → {far}", block)}\ngroup = "group-{block}"\n'
            f'vantage = "{near}-{block}"\ntarget = "{far}-{block}"\n'
            f"key = {'true' if number < KEY else 'false'}\n{_from(f'{line}-{block}', line)}"
        )


def _name(name: str, block: int) -> str:
    return f'{{ ja = "{name} {block}", en = "{name} {block}" }}'


def _from(series: str, recorded: str) -> str:
    """Return how a series is selected, in the recordings by the line that it repeats."""
    selected = recorded if series.endswith("-0") else series
    return f'id = "{series}"\nsource = "vantage"\nselect = {{ series = "{selected}" }}\n'


def _routes(routes: int) -> list[tuple[str, int]]:
    return [(ROUTES[number % len(ROUTES)], number // len(ROUTES)) for number in range(routes)]


def _blocks(routes: int) -> int:
    return -(-routes // len(ROUTES))


def _series(routes: int) -> list[str]:
    controls = [f"{place}-control-{block}" for block in range(_blocks(routes)) for place in PLACES]
    named = [f"{line}-{block}" for line, block in _routes(routes)] + controls
    # As `_from` selects them: the first block by the names of the recordings.
    return [name.removesuffix("-0") if name.endswith("-0") else name for name in named]


def _repeat(store: Path, routes: int) -> None:
    """Copy what the store holds of the first block to the others."""
    with sqlite3.connect(store) as db:
        tables = [
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        first = db.execute("SELECT id, name FROM series").fetchall()
        for block in range(1, _blocks(routes)):
            for id_, name in first:
                other = f"{name.removesuffix('-0')}-{block}"
                new = db.execute("INSERT INTO series (name) VALUES (?)", (other,)).lastrowid
                for table in tables:
                    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
                    if "series" in columns:
                        rest = ", ".join(column for column in columns if column != "series")
                        db.execute(
                            f"INSERT INTO {table} (series, {rest})"  # noqa: S608  names of our own
                            f" SELECT ?, {rest} FROM {table} WHERE series = ?",
                            (new, id_),
                        )
    db.close()


if __name__ == "__main__":
    make_site(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
