"""What a push of one edited column costs until readers have it, step by step.

`python -m bench.push --columns 1000`: real git, the hooks, the installed software, the worker;
no web server, so that no page is asked for.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.build import machine, site_of
from bench.corpus import ROOT, edit
from publishing import builder, intake, lock, releases
from publishing.builder import builder_of, read_made
from publishing.commits import Commits
from publishing.layout import Layout
from publishing.receipt import receipt
from publishing.repository import prepare

_SOFTWARE = ("plugins", "theme", "publishing", "tasks.py", "pelicanconf.py", "publishconf.py")
_SERVER = 'name = "bench"\n[web]\nnames = ["columns.example"]\nloopback = ""\n'
_LONGEST_S = 1800  # the first release compresses everything

PARTS = ("unpack", "lint and build", "compare and weigh")
"""What happens between the hook's first line and the receipt, each run by itself."""
STEPS = ("git, to the hook's first line", "the hook", "git, to its end", "the worker, to live")
"""What a push goes through, one after another."""

Times = dict[str, list[float]]
"""Seconds on the clock by what took them."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Push as often as the command line says, and print what each step took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--columns", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args(arguments)
    times: Times = defaultdict(list)
    with site_of(asked.columns) as site:
        layout = _server(site / "srv")
        desk = _desk(site, layout)
        _push(desk, layout, defaultdict(list))  # the first has no cache and no release before it
        for number in range(asked.rounds):
            edit(site, number % asked.columns, f"round {number}")
            _take_apart(desk, layout, times)
            _push(desk, layout, times)
        with lock.held(layout, "the benchmark", _LONGEST_S):
            pass  # the last worker tidies up in what is removed now
    console = Console()
    console.print(machine())
    console.print(_table(times, asked.columns, asked.rounds))


def _take_apart(desk: Path, layout: Layout, times: Times) -> None:
    """Do by hand what the hook does with the next push, and forget it."""
    commit = _commit(desk)
    _git(desk, "push", "--quiet", "--force", str(layout.repository), "HEAD:refs/heads/aside")
    commits, now = Commits(layout), datetime.now(UTC)
    with _timed(times, "unpack"):
        intake.unpack(commits, commit)
    with _timed(times, "lint and build"):
        builder_of(commits).build(commit, now)
    with _timed(times, "compare and weigh"):
        list(receipt(layout, commit, read_made(layout.build(commit)), now))
    shutil.rmtree(layout.compressed)
    builder.discard(layout, commit)


def _push(desk: Path, layout: Layout, times: Times) -> None:
    """Push what was committed, and wait until it is live."""
    commit = _commit(desk)
    marks = [time.perf_counter()]
    with subprocess.Popen(  # noqa: S603  our own command
        ["git", "push", str(layout.repository), "HEAD:refs/heads/main"],  # noqa: S607
        cwd=desk, env=_environment(desk), stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        said = []
        for line in process.stderr or ():
            said.append(line)
            if "Building " in line or "Live within " in line:
                marks.append(time.perf_counter())
    if process.returncode:
        raise SystemExit("".join(said))
    marks.append(time.perf_counter())
    _until_live(layout, commit)
    marks.append(time.perf_counter())
    for step, begin, end in zip(STEPS, marks, marks[1:], strict=False):
        times[step].append(end - begin)
    times["all"].append(marks[-1] - marks[0])


def _until_live(layout: Layout, commit: str) -> None:
    end = time.monotonic() + _LONGEST_S
    while (found := releases.live(layout)) is None or found.commit != commit:
        if time.monotonic() > end:
            raise SystemExit(f"not live after {_LONGEST_S} s; {layout.worker_log} says why")
        time.sleep(0.01)


def _server(root: Path) -> Layout:
    """Make a server whose software is this checkout."""
    layout = Layout(root)
    app = layout.apps / "bench"
    app.mkdir(parents=True)
    for name in _SOFTWARE:
        (app / name).symlink_to(ROOT / name)
    (app / ".venv").symlink_to(sys.prefix)
    layout.app.symlink_to(app.name)
    layout.settings.write_text(_SERVER, "utf-8")
    for folder in (layout.builds, layout.releases, layout.previews, layout.var):
        folder.mkdir()
    prepare(layout)
    return layout


def _desk(site: Path, layout: Layout) -> Path:
    (site / ".gitignore").write_text(f"/{layout.root.name}/\n", "utf-8")
    _git(site, "init", "--quiet", "--initial-branch=main")
    return site


def _commit(desk: Path) -> str:
    _git(desk, "add", "--all")
    _git(desk, "commit", "--quiet", "--allow-empty", "--message", "An edit")
    return _git(desk, "rev-parse", "HEAD").strip()


def _git(desk: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603  our own arguments
        ["git", *arguments],  # noqa: S607
        cwd=desk, env=_environment(desk), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def _environment(desk: Path) -> dict[str, str]:
    person = {"NAME": "Desk", "EMAIL": "desk@columns.example"}
    roles = {f"GIT_{role}_{key}": person[key] for role in ("AUTHOR", "COMMITTER") for key in person}
    return {"PATH": os.environ["PATH"], "HOME": str(desk), "GIT_CONFIG_NOSYSTEM": "1", **roles}


@contextmanager
def _timed(times: Times, what: str) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    times[what].append(time.perf_counter() - begin)


def _table(times: Times, columns: int, rounds: int) -> Table:
    table = Table(title=f"one edit among {columns:,} columns, median of {rounds}")
    table.add_column("step")
    table.add_column("seconds", justify="right")
    for step in STEPS:
        table.add_row(step, f"{median(times[step]):.2f}")
        for part in PARTS if step == "the hook" else ():
            table.add_row(f"  of it, {part}", f"{median(times[part]):.2f}")
    table.add_row("all", f"{median(times['all']):.2f}")
    return table


if __name__ == "__main__":
    main()
