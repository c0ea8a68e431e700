"""What the newsletter costs.

`python -m bench.newsletter --editions 1000` builds a site of that many columns with and without
their editions: cold, after one edit, and with nothing changed. `--messages 1000,10000` sends one
to so many people.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.build import OURS, Builder, Cost, Costs, build, clear, machine, site_of
from bench.corpus import LANGUAGES, edit
from bench.messages import messages, messages_table
from pelicanconf import PLUGINS

_MAILING = [name for name in PLUGINS if name != "feeds"]
WITH_EDITIONS = Builder(
    "with editions", Path("pelicanconf.py"), (f"PLUGINS={json.dumps(_MAILING)}",)
)
BUILDERS = (OURS, WITH_EDITIONS)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark that the command line asks for, and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--editions", type=int, metavar="COLUMNS", default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--messages", metavar="RECIPIENTS", help="1000,10000")
    asked = parser.parse_args(arguments)
    console = Console()
    console.print(machine())
    if asked.messages:
        counts = tuple(int(count) for count in asked.messages.split(","))
        console.print(messages_table(messages(counts)))
        return
    console.print(editions_table(editions(asked.editions, asked.rounds), asked.editions))


def editions(columns: int, rounds: int) -> Costs:
    """Build one site cold, after an edit and unchanged, with editions and without, in turn."""
    costs: Costs = defaultdict(list)
    with site_of(columns) as site:
        for number in range(rounds):
            for builder in BUILDERS if number % 2 else BUILDERS[::-1]:
                clear(site)
                costs["cold", builder].append(build(builder, site))
                edit(site, number % columns, f"{builder.name} {number}")
                costs["one edit", builder].append(build(builder, site))
                costs["unchanged", builder].append(build(builder, site))
    return costs


def editions_table(costs: Costs, columns: int) -> Table:
    """Lay out medians, and what each edition adds to them."""
    rounds = len(costs["cold", OURS])
    table = Table(title=f"{columns:,} columns in two languages, median of {rounds}")
    for head in ("", "", "wall s", "CPU s", "peak MB", "CPU ms an edition"):
        table.add_column(head, justify="right" if head else "left")
    for (what, builder), found in sorted(costs.items(), key=lambda item: item[0][0]):
        added_s = _median(found, _cpu_s) - _median(costs[what, OURS], _cpu_s)
        table.add_row(
            what,
            builder.name,
            f"{median(cost.wall_s for cost in found):.2f}",
            f"{_median(found, _cpu_s):.2f}",
            f"{median(cost.peak_mb for cost in found):.0f}",
            f"{added_s / (columns * len(LANGUAGES)) * 1000:.2f}" if builder is not OURS else "",
        )
    return table


def _median(costs: Sequence[Cost], figure: Callable[[Cost], float]) -> float:
    return median(map(figure, costs))


def _cpu_s(cost: Cost) -> float:
    return cost.cpu_s


if __name__ == "__main__":
    main()
