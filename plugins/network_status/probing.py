"""`invoke probe`: one round of packets to every target of a `local` source, or a round for ever.

All targets at once, their packets spaced; the round goes into the store, or into a file in the
`json` source's format for another vantage point to pull.
"""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import sleep, time
from typing import NamedTuple

from pydantic import ValidationError

from network_status import histogram, settings
from network_status.conf import read_settings
from network_status.errors import NetworkSettingsError, NetworkStatusError
from network_status.history import History
from network_status.model import HOUR_S, Measurement
from network_status.probes import ATTEMPTS
from network_status.probes.outcome import Answered, Lost, NotSent, Outcome
from network_status.settings import Network, Route
from network_status.sources.json_document import FORMAT, BlindRound, Document, MeasuredRound
from network_status.sources.local import Local, Target
from network_status.wire import Failure, Fault

KEPT_S = 6 * HOUR_S
"""How long a written file keeps its rounds: so long may nobody pull them."""
STALL_S = 5.0
"""What a round may take beyond its packets before it is cut."""


class Task(NamedTuple):
    """A series to probe: its target, how, and how often that happens in five minutes."""

    series: str
    target: Target
    source: Local
    packets: int
    expected: int

    @property
    def length_s(self) -> float:
        """Return how long a round takes at most: a name that hangs, then a packet that does."""
        return (self.packets - 1) * self.source.spacing_s + 2 * self.source.timeout_s


class Round(NamedTuple):
    """What became of the packets of one round; `at` in Unix seconds."""

    task: Task
    at: int
    outcomes: tuple[Outcome, ...]

    @property
    def answered(self) -> list[Answered]:
        """Return those that came back."""
        return [one for one in self.outcomes if isinstance(one, Answered)]

    @property
    def lost(self) -> Counter[str]:
        """Return how many were lost, by kind."""
        return Counter(one.kind for one in self.outcomes if isinstance(one, Lost))

    @property
    def unsent(self) -> list[str]:
        """Return why packets never left, each reason once."""
        return list(dict.fromkeys(one.reason for one in self.outcomes if isinstance(one, NotSent)))

    @property
    def sent(self) -> int:
        """Return how many left this machine."""
        return len(self.answered) + self.lost.total()


def main(settings_file: str, every_s: float | None = None, write: str | None = None) -> int:
    """Probe once, or every `every_s` seconds until stopped; return the exit status.

    That is 1 where the settings are wrong or nothing could be sent at all.
    """
    try:
        site = read_settings(Path(settings_file))
        network = settings.load(Path(site["PATH"]), site["LANGUAGES"])
        tasks = tasks_of(network, every_s)
        keep = _Keeping(Path(site["STATUS_STORE"]), Path(write) if write else None)
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
        if isinstance(one, Route) and one.probe != target.probe:
            problems.append(
                f'{one.id}: select probes by {target.probe}; write probe = "{target.probe}"'
            )
        if every_s and tasks[-1].length_s > every_s:
            problems.append(
                f"{one.id}: a round takes up to {tasks[-1].length_s:g} s, which is longer than "
                f"every {every_s:g} s; send fewer packets, or closer together"
            )
    if not tasks:
        problems.append('no route has a source of kind "local"; invoke probe has nothing to do')
    if problems:
        raise NetworkSettingsError(f"content/status/network.toml: {line}" for line in problems)
    return tuple(tasks)


# --- A round ----------------------------------------------------------------------------------


async def probe(tasks: Sequence[Task], at: int) -> list[Round]:
    """Probe all targets at once."""
    outcomes = await asyncio.gather(*map(_outcomes, tasks))
    return [Round(task, at, found) for task, found in zip(tasks, outcomes, strict=True)]


async def _outcomes(task: Task) -> tuple[Outcome, ...]:
    """Send a target's packets at their distances; what is not over in time was not measured."""
    running = [asyncio.create_task(_attempt(task, number)) for number in range(task.packets)]
    _, late = await asyncio.wait(running, timeout=task.length_s + STALL_S)
    for one in late:
        one.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    return tuple(_outcome(one) for one in running)


async def _attempt(task: Task, number: int) -> Outcome:
    await asyncio.sleep(number * task.source.spacing_s)
    return await ATTEMPTS[task.target.probe](task.target, task.source.timeout_s)


def _outcome(attempt: "asyncio.Task[Outcome]") -> Outcome:
    """Return what became of an attempt; one that crashed measured nothing."""
    if attempt.cancelled():
        return NotSent("this machine was too slow to measure")
    error = attempt.exception()
    return NotSent(f"{type(error).__name__}: {error}") if error else attempt.result()


# --- What is kept of it -----------------------------------------------------------------------


def measurement(found: Round) -> Measurement:
    """Return a round as the history adds it. With nothing sent it is blind, never loss."""
    task, at = found.task, found.at
    if not found.sent:
        return Measurement(task.series, at, str(at), 0, 0, task.expected, blind=True)
    times = histogram.of_values(one.rtt_ms for one in found.answered)
    lost = found.lost
    failures = tuple(sorted(lost.items()))
    return Measurement(
        task.series, at, str(at), found.sent, lost.total(), task.expected, times, failures
    )


def document_round(found: Round) -> MeasuredRound | BlindRound:
    """Return a round as the `json` source reads it."""
    if not found.sent:
        return BlindRound(series=found.task.series, at=found.at, blind=True)
    return MeasuredRound(
        series=found.task.series,
        at=found.at,
        sent=found.sent,
        lost=found.lost.total(),
        rtt_ms=tuple(round(one.rtt_ms, 2) for one in found.answered),
        failures=dict(sorted(found.lost.items())),
    )


def write_document(path: Path, rounds: Iterable[MeasuredRound | BlindRound], now: int) -> None:
    """Add rounds to a file, at once or not at all, and drop those that are too old.

    Raises NetworkStatusError for a file that holds something else.
    """
    young = [one for one in (*_written(path), *rounds) if one.at > now - KEPT_S]
    document = Document(format=FORMAT, rounds=tuple(young))
    text = document.model_dump_json(exclude_defaults=True) + "\n"
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, "utf-8")
    draft.replace(path)


def _written(path: Path) -> tuple[MeasuredRound | BlindRound, ...]:
    try:
        return Document.model_validate_json(path.read_bytes()).rounds
    except FileNotFoundError:
        return ()
    except ValidationError:
        raise NetworkStatusError(
            f"{path}: holds no rounds of ours; write to another file"
        ) from None


class _Keeping(NamedTuple):
    """Where rounds go: into the store, or into a file instead."""

    store: Path
    write: Path | None

    def keep(self, rounds: Sequence[Round], now: int) -> None:
        if self.write:
            write_document(self.write, map(document_round, rounds), now)
            return
        with History(self.store, now) as history:
            if history.message:
                print(history.message, file=sys.stderr)
            history.add(map(measurement, rounds), now)
            for source, reason in _health(rounds).items():
                if reason is None:
                    history.source_succeeded(source, now)
                else:
                    history.source_failed(source, now, str(Failure(Fault.BLIND, reason)))


def _health(rounds: Sequence[Round]) -> Mapping[str, str | None]:
    """Return per source why it could send nothing at all, or None where it could."""
    health: dict[str, str | None] = {}
    for one in rounds:
        source = one.task.source.id
        if one.sent:
            health[source] = None
        else:
            health.setdefault(source, "; ".join(one.unsent))
    return health


# --- Once, and for ever -----------------------------------------------------------------------


def _once(tasks: Sequence[Task], keep: _Keeping) -> int:
    rounds = _round(tasks, keep)
    for line in report(rounds):
        print(line)
    _complain(rounds, set())
    return 0 if any(one.sent for one in rounds) else 1


def _repeat(tasks: Sequence[Task], keep: _Keeping, every_s: float) -> int:
    """Probe at multiples of `every_s`, quiet but for what is new, until a signal ends it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    known: set[str] = set()
    try:
        while True:
            known = _complain(_round(tasks, keep), known)
            sleep(every_s - time() % every_s)
    except KeyboardInterrupt:
        return 0


def _round(tasks: Sequence[Task], keep: _Keeping) -> list[Round]:
    rounds = asyncio.run(probe(tasks, int(time())))
    keep.keep(rounds, int(time()))
    return rounds


def _complain(rounds: Sequence[Round], known: set[str]) -> set[str]:
    """Say what kept packets from leaving, unless it was said before; return what holds now."""
    reasons = {reason for one in rounds for reason in one.unsent}
    for reason in sorted(reasons - known):
        names = ", ".join(one.task.series for one in rounds if reason in one.unsent)
        print(f"not measured: {names}: {reason}", file=sys.stderr)
    return reasons


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
