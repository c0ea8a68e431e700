"""`invoke probe`: one round of packets to every target of a `local` source, or a round for ever."""

import asyncio
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import sleep, time

from network_status import settings
from network_status.conf import read_settings
from network_status.errors import NetworkSettingsError, NetworkStatusError
from network_status.keeping import Keeping
from network_status.model import BIN_S, VALID_SHARE
from network_status.rounds import Round, Task, probe
from network_status.settings import Network
from network_status.sources.local import Local, Target


def main(settings_file: str, every_s: float | None = None, write: str | None = None) -> int:
    """Probe once, or every `every_s` seconds until stopped; return the exit status.

    That is 1 where the settings are wrong or nothing could be sent at all.
    """
    try:
        site = read_settings(Path(settings_file))
        network = settings.load(Path(site["PATH"]), site["LANGUAGES"])
        tasks = tasks_of(network, every_s)
        keep = Keeping(Path(site["STATUS_STORE"]), Path(write) if write else None)
        return _repeat(tasks, keep, every_s) if every_s else _once(tasks, keep)
    except NetworkStatusError as error:
        print(error, file=sys.stderr)
        return 1


def tasks_of(network: Network, every_s: float | None = None) -> tuple[Task, ...]:
    """Return what is to be probed. Raises NetworkSettingsError with every problem."""
    sources = {source.id: source for source in network.sources if isinstance(source, Local)}
    tasks, problems = [], []
    for one in (*network.routes, *network.controls):
        source, target = sources.get(one.source), one.select
        if source is None or not isinstance(target, Target):
            continue
        tasks.append(Task(one.id, target, source, one.packets, one.expected))
        if every_s and tasks[-1].length_s > every_s:
            problems.append(
                f"{one.id}: a round takes up to {tasks[-1].length_s:g} s, which is longer than "
                f"every {every_s:g} s; send fewer packets, or closer together"
            )
        if every_s and VALID_SHARE * every_s > one.interval_s:
            cure = f"write interval_s = {min(every_s, BIN_S):g}"
            problems.append(
                f"{one.id}: interval_s is {one.interval_s}, and of a round every {every_s:g} s too "
                f"few packets come for five minutes to count; {cure}"
            )
    if not tasks:
        problems.append('no route has a source of kind "local"; invoke probe has nothing to do')
    if problems:
        raise NetworkSettingsError(f"content/status/network.toml: {line}" for line in problems)
    return tuple(tasks)


# --- Once, and for ever -----------------------------------------------------------------------


def _once(tasks: Sequence[Task], keep: Keeping) -> int:
    rounds = _round(tasks, keep)
    for line in report(rounds):
        print(line)
    _complain(rounds, set())
    return 0 if any(one.sent for one in rounds) else 1


def _repeat(tasks: Sequence[Task], keep: Keeping, every_s: float) -> int:
    """Probe at multiples of `every_s`, quiet but for what is new, until a signal ends it.

    A round that cannot be kept (a full disk, a store that somebody holds) is lost; the next
    one may not be.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    known: set[str] = set()
    try:
        while True:
            try:
                known = _complain(_round(tasks, keep), known)
            except NetworkStatusError as error:
                known = _say_new({str(error): str(error)}, known)
            sleep(every_s - time() % every_s)
    except KeyboardInterrupt:
        return 0


def _round(tasks: Sequence[Task], keep: Keeping) -> list[Round]:
    rounds = asyncio.run(probe(tasks, int(time())))
    keep.keep(rounds, int(time()))
    return rounds


def _complain(rounds: Sequence[Round], known: set[str]) -> set[str]:
    """Say what kept packets from leaving; return the reasons."""
    reasons = {reason for one in rounds for reason in one.unsent}
    lines = {}
    for reason in reasons:
        names = ", ".join(one.task.series for one in rounds if reason in one.unsent)
        lines[reason] = f"not measured: {names}: {reason}"
    return _say_new(lines, known)


def _say_new(lines: Mapping[str, str], known: set[str]) -> set[str]:
    """Print the lines whose reasons were not known before; return all reasons."""
    for reason in sorted(lines.keys() - known):
        print(lines[reason], file=sys.stderr, flush=True)
    return set(lines)


def report(rounds: Sequence[Round]) -> Iterator[str]:
    """Yield a line for each series."""
    width = max((len(one.task.series) for one in rounds), default=0)
    for one in rounds:
        yield f"{one.task.series:{width}}  {', '.join(_said(one))}"


def _said(found: Round) -> Iterator[str]:
    if not found.sent:
        yield "blind"
        return
    yield f"{found.sent} sent"
    why = ", ".join(f"{kind} {count}" for kind, count in sorted(found.lost.items()))
    yield f"{found.lost.total()} lost" + (f" ({why})" if why else "")
    if not found.answered:
        return
    yield f"median {median(one.rtt_ms for one in found.answered):.1f} ms"
    if phases := found.answered[-1].phases_ms:
        yield "of which " + ", ".join(f"{phase} {ms:.1f}" for phase, ms in phases)
    if until := found.answered[-1].certificate_until:
        yield f"certificate until {datetime.fromtimestamp(until, UTC):%Y-%m-%d %H:%M} UTC"
