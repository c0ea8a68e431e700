"""What a build costs, ours beside stock Pelican's, in the same run and in turn.

`python -m bench.build --columns 1000` compares them cold and after one edit;
`--sizes 500,1000,2000,5000` tells how the cost of a cold build grows.
"""

import argparse
import math
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import linear_regression, median

from rich.console import Console
from rich.table import Table

from bench.corpus import ROOT, edit, make_site

MEMORY_DISK = Path("/dev/shm")  # noqa: S108  a disk would measure the disk


@dataclass(frozen=True)
class Builder:
    """One way to build a site: a settings file, in the site's folder or elsewhere, and more."""

    name: str
    settings: Path
    overrides: tuple[str, ...] = ()


OURS = Builder("ours", Path("pelicanconf.py"))
STOCK = Builder("stock", ROOT / "bench" / "stock" / "pelicanconf.py")
CACHED = Builder(
    "stock, caching", STOCK.settings, ("LOAD_CONTENT_CACHE=true", "CACHE_CONTENT=true")
)


@dataclass(frozen=True)
class Cost:
    """What one build took: seconds on the clock, of the processors, and its largest memory."""

    wall_s: float
    cpu_s: float
    peak_mb: float


Costs = dict[tuple[str, Builder], list[Cost]]
"""Every build's cost by what was built and who built it."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark that the command line asks for, and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--columns", type=int, default=1000)
    parser.add_argument("--sizes", type=_numbers, help="numbers of columns: 500,1000,2000,5000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--minutes", type=float, default=10, help="begin no round after these")
    asked = parser.parse_args(arguments)
    in_time = _rounds(asked.rounds, asked.minutes * 60)
    console = Console()
    console.print(machine())
    if asked.sizes:
        console.print(growth_table(grow(asked.sizes, in_time), asked.sizes))
    else:
        console.print(comparison_table(compare(asked.columns, in_time), asked.columns))


def compare(columns: int, rounds: Iterator[int]) -> Costs:
    """Build one site cold and after an edit, each builder in turn."""
    costs: Costs = defaultdict(list)
    with site_of(columns) as site:
        for number in rounds:
            for builder in _in_turn((OURS, STOCK, CACHED), number):
                clear(site)
                costs["cold", builder].append(build(builder, site))
                edit(site, number % columns, f"{builder.name} {number}")
                costs["one edit", builder].append(build(builder, site))
    return costs


def grow(sizes: Sequence[int], rounds: Iterator[int]) -> Costs:
    """Build sites of all sizes cold, each builder in turn."""
    costs: Costs = defaultdict(list)
    for number in rounds:
        for columns in sizes:
            with site_of(columns) as site:
                for builder in _in_turn((OURS, STOCK), number):
                    clear(site)
                    costs[str(columns), builder].append(build(builder, site))
    return costs


def build(builder: Builder, site: Path) -> Cost:
    """Build a site into its `output/`, in a process of its own. Raises SystemExit if it fails."""
    command = [sys.executable, "-m", "pelican", "content", "-o", "output", "--quiet"]
    command += ["-s", str(builder.settings)]
    command += ["-e", f'CACHE_PATH="{site}/var/cache"', *builder.overrides]
    return cost_of(subprocess.Popen(command, cwd=site, stdout=subprocess.DEVNULL))  # noqa: S603  ours


def cost_of(process: subprocess.Popen[bytes]) -> Cost:
    """Wait for a process and return what it took. Raises SystemExit if it fails."""
    started = time.perf_counter()
    _, status, used = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{process.args}: failed, status {process.returncode}")
    return Cost(wall_s, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


@contextmanager
def site_of(columns: int) -> Iterator[Path]:
    """Make a site in memory, where there is such a disk, and remove it in the end."""
    where = MEMORY_DISK if MEMORY_DISK.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="atogaki-bench-", dir=where) as folder:
        make_site(Path(folder), columns)
        yield Path(folder)


def clear(site: Path) -> None:
    """Remove what builds of the site have left."""
    for name in ("output", "var"):
        shutil.rmtree(site / name, ignore_errors=True)


def exponent(costs: Costs, builder: Builder, sizes: Sequence[int]) -> float:
    """Return b where the processors' time grows as columns ** b: least squares of logarithms."""
    times_s = [_median(costs[str(size), builder], _cpu_s) for size in sizes]
    return linear_regression([math.log(n) for n in sizes], [math.log(t) for t in times_s]).slope


def machine() -> str:
    """Name what the figures depend on beside the code."""
    cpu_info = Path("/proc/cpuinfo")
    lines = cpu_info.read_text().splitlines() if cpu_info.exists() else []
    models = {line.partition(": ")[2] for line in lines if line.startswith("model name")}
    model = ", ".join(sorted(models)) or platform.machine()
    return (
        f"{os.cpu_count()} cores, {model}; Python {platform.python_version()},"
        f" Pelican {version('pelican')}, Markdown {version('markdown')}"
    )


def comparison_table(costs: Costs, columns: int) -> Table:
    """Lay out medians, and each builder's as a part of stock Pelican's."""
    rounds = len(costs["cold", OURS])
    table = Table(title=f"{columns:,} columns in two languages, median of {rounds}")
    for head in ("", "", "wall s", "CPU s", "peak MB", "wall, stock = 1", "CPU, stock = 1"):
        table.add_column(head, justify="right" if head else "left")
    for (what, builder), found in sorted(costs.items(), key=lambda item: item[0][0]):
        stock = costs[what, STOCK]
        table.add_row(
            what,
            builder.name,
            f"{_median(found, _wall_s):.2f}",
            f"{_median(found, _cpu_s):.2f}",
            f"{_median(found, _peak_mb):.0f}",
            f"{_median(found, _wall_s) / _median(stock, _wall_s):.2f}",
            f"{_median(found, _cpu_s) / _median(stock, _cpu_s):.2f}",
        )
    return table


def growth_table(costs: Costs, sizes: Sequence[int]) -> Table:
    """Lay out a row a size, and the exponents below."""
    rounds = len(costs[str(sizes[0]), OURS])
    table = Table(title=f"cold builds, median of {rounds}", show_footer=True)
    table.add_column("columns", "exponent", justify="right")
    for builder in (OURS, STOCK):
        power = f"{exponent(costs, builder, sizes):.2f}"
        table.add_column(f"{builder.name}: CPU s", power, justify="right")
        table.add_column("wall s", justify="right")
        table.add_column("peak MB", justify="right")
    for size in sizes:
        cells = [
            f"{_median(costs[str(size), builder], figure):.{digits}f}"
            for builder in (OURS, STOCK)
            for figure, digits in ((_cpu_s, 2), (_wall_s, 2), (_peak_mb, 0))
        ]
        table.add_row(f"{size:,}", *cells)
    return table


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def _rounds(count: int, limit_s: float) -> Iterator[int]:
    """Count the rounds; after the limit no other begins."""
    started = time.monotonic()
    for number in range(count):
        if number and time.monotonic() - started > limit_s:
            return
        yield number


def _in_turn(builders: Sequence[Builder], round_: int) -> Iterator[Builder]:
    """Yield the builders, each round from another one on."""
    start = round_ % len(builders)
    yield from (*builders[start:], *builders[:start])


def _median(costs: Sequence[Cost], figure: Callable[[Cost], float]) -> float:
    return median(map(figure, costs))


def _wall_s(cost: Cost) -> float:
    return cost.wall_s


def _cpu_s(cost: Cost) -> float:
    return cost.cpu_s


def _peak_mb(cost: Cost) -> float:
    return cost.peak_mb


if __name__ == "__main__":
    main()
