"""What a refresh of the status costs, from the store to the last file.

`python -m bench.status` measures a refresh of 20 routes with nothing kept, with five new minutes
of every route, and a minute later; then how the cost grows to 100 routes.
"""

import argparse
import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import linear_regression, median

from rich.console import Console
from rich.table import Table

from bench.build import MEMORY_DISK, Cost, cost_of, machine
from bench.corpus import ROOT
from bench.lines import connect, forget, rounds
from network_status.model import BIN_S

NOW = 1_795_680_000
"""2026-11-26 17:00 in Japan."""
SIZES = (10, 20, 50, 100)
FEW = 20

COLD, NEW_BIN, MINUTE_LATER = "nothing kept", "five new minutes", "a minute later"

Costs = dict[tuple[int, str], list[Cost]]
"""The cost of each refresh by the number of routes, and by what was new."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args(arguments)
    console = Console()
    console.print(machine())
    costs = measure(asked.rounds)
    console.print(cases_table(costs))
    console.print(growth_table(costs))


def measure(rounds_: int) -> Costs:
    """Refresh sites of all sizes, each round of five new minutes and a minute more."""
    costs: Costs = defaultdict(list)
    for routes in SIZES:
        with site_of(routes) as (site, server):
            for number in range(rounds_):
                now = NOW + (2 * number + 1) * BIN_S
                if number < max(1, rounds_ // 2):
                    clear(site)
                    costs[routes, COLD].append(refresh(site, server, now))
                costs[routes, NEW_BIN].append(refresh(site, server, now + BIN_S))
                costs[routes, MINUTE_LATER].append(refresh(site, server, now + BIN_S + 60))
    return costs


class Vantage(ThreadingHTTPServer):
    """A vantage point that publishes its rounds up to `now`."""

    def __init__(self, routes: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.routes, self.now = routes, NOW
        self.url = f"http://127.0.0.1:{self.server_port}/rounds.json"


class _Handler(BaseHTTPRequestHandler):
    server: Vantage

    def do_GET(self) -> None:
        data = rounds(self.server.routes, self.server.now)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def site_of(routes: int) -> Iterator[tuple[Path, Vantage]]:
    """Make a site in memory, where there is such a disk, and serve what is new of it."""
    where = MEMORY_DISK if MEMORY_DISK.is_dir() else None
    with (
        tempfile.TemporaryDirectory(prefix="atogaki-bench-", dir=where) as folder,
        Vantage(routes) as server,
    ):
        # In a process of its own: what is measured would begin with the memory of this one.
        filling = [sys.executable, "-m", "bench.lines", folder, str(routes), str(NOW)]
        subprocess.run(filling, cwd=ROOT, check=True)  # noqa: S603  ours
        connect(Path(folder), routes, server.url)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Path(folder), server
        finally:
            server.shutdown()
            thread.join()


def refresh(site: Path, server: Vantage, now: int) -> Cost:
    """Run `invoke status` at a time, in a process of its own. Raises SystemExit if it fails."""
    server.now = now
    command = [sys.executable, "-m", "invoke", "status", "--compress"]
    command += ["--content", str(site / "content"), "--store", str(site / "status.sqlite")]
    command += ["--output", str(site / "output")]
    environ = {**os.environ, "SOURCE_DATE_EPOCH": str(now)}
    return cost_of(  # no terminal, as under cron
        subprocess.Popen(command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL)  # noqa: S603  ours
    )


def clear(site: Path) -> None:
    """Remove what refreshes have left: files, and what is kept in the store and in var/cache."""
    shutil.rmtree(site / "output", ignore_errors=True)
    shutil.rmtree(ROOT / "var" / "cache" / "templates", ignore_errors=True)
    (ROOT / "var" / "cache" / "status").unlink(missing_ok=True)
    forget(site / "status.sqlite")


def exponent(costs: Costs, what: str) -> float:
    """Return b where the processors' time grows as routes ** b: least squares of logarithms."""
    times_s = [median(cost.cpu_s for cost in costs[size, what]) for size in SIZES]
    return linear_regression([math.log(n) for n in SIZES], [math.log(t) for t in times_s]).slope


def per_route_s(costs: Costs, what: str) -> float:
    """Return what one more route adds to the processors' time: least squares."""
    times_s = [median(cost.cpu_s for cost in costs[size, what]) for size in SIZES]
    return linear_regression(SIZES, times_s).slope


def cases_table(costs: Costs) -> Table:
    """Lay out what a refresh of few routes costs."""
    table = Table(title=f"{FEW} routes × 90 days")
    for head in ("", "CPU s, least", "CPU s, median", "wall s", "peak MB"):
        table.add_column(head, justify="right" if head else "left")
    for what in (COLD, NEW_BIN, MINUTE_LATER):
        found = costs[FEW, what]
        table.add_row(
            what,
            f"{min(cost.cpu_s for cost in found):.2f}",
            f"{median(cost.cpu_s for cost in found):.2f}",
            f"{median(cost.wall_s for cost in found):.2f}",
            f"{max(cost.peak_mb for cost in found):.0f}",
        )
    return table


def growth_table(costs: Costs) -> Table:
    """Lay out a row a size; below, what one more route costs and the exponent."""
    table = Table(title="routes × 90 days, median")
    table.add_column("routes", justify="right")
    for what in (COLD, NEW_BIN):
        for head in ("CPU s", "wall s", "peak MB"):
            table.add_column(f"{what}: {head}", justify="right")
    for size in SIZES:
        cells = []
        for what in (COLD, NEW_BIN):
            found = costs[size, what]
            cells += [
                f"{median(cost.cpu_s for cost in found):.2f}",
                f"{median(cost.wall_s for cost in found):.2f}",
                f"{max(cost.peak_mb for cost in found):.0f}",
            ]
        table.add_row(str(size), *cells)
    figures = [
        f"{what}: {1000 * per_route_s(costs, what):.0f} ms a route, exponent"
        f" {exponent(costs, what):.2f}"
        for what in (COLD, NEW_BIN)
    ]
    table.caption = "; ".join(figures)
    return table


if __name__ == "__main__":
    main()
