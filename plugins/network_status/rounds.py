"""One round of packets to every target of a `local` source: all at once, each in its time."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from network_status.probes import ATTEMPTS
from network_status.probes.outcome import Answered, Lost, NotSent, Outcome
from network_status.sources.local import Local, Target

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
