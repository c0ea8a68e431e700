"""What people say: incidents and planned maintenance, with what was said of them when."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from network_status.model import Notice, State


class Stage(StrEnum):
    """What an update reports, in the words of Statuspage with hyphens."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    POSTMORTEM = "postmortem"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in-progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"


PLANNED = frozenset({Stage.SCHEDULED, Stage.IN_PROGRESS, Stage.VERIFYING, Stage.COMPLETED})
CLOSING = frozenset({Stage.RESOLVED, Stage.COMPLETED})


@dataclass(frozen=True, slots=True)
class Update:
    """What was said at one time; `texts` is Markdown by language, and may lack some."""

    at: int
    stage: Stage
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Report:
    """One incident or maintenance of one folder; `updates` are oldest first."""

    slug: str
    notice: Notice
    titles: Mapping[str, str]
    updates: tuple[Update, ...]
    columns: tuple[str, ...]

    @property
    def published(self) -> int:
        """Return when people were first told."""
        return self.updates[0].at

    def known(self, now: int) -> tuple[Update, ...]:
        """Return the updates up to `now`, newest first."""
        return tuple(update for update in reversed(self.updates) if update.at <= now)

    def stage(self, now: int) -> Stage:
        """Return what it has come to: what was said last, and what a plan's times say.

        A plan begins and ends by the clock where nobody writes it down.
        """
        said = next((update.stage for update in self.known(now)), Stage.SCHEDULED)
        if self.notice.severity is not State.MAINTENANCE or said is Stage.COMPLETED:
            return said
        if self.notice.active(now):
            return Stage.IN_PROGRESS if said is Stage.SCHEDULED else said
        return Stage.SCHEDULED if now < self.notice.started else Stage.COMPLETED
