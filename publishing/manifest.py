"""What lies on a remote, as the run that brought it has noted, and what a next run has to do."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from publishing.assembly import RETIRED_FOR
from publishing.headers import leads_on
from publishing.model import is_hashed

UNKNOWN = ""
"""The fingerprint of a file that is there with nobody knows which bytes."""

_PAGE = re.compile(r"\.html?$")


class Stage(IntEnum):
    """The order in which files are put in place: what leads to a file comes after it."""

    DATA = 0
    NEW_PAGES = 1
    CHANGED_PAGES = 2
    FEEDS = 3

    @property
    def title(self) -> str:
        """Return its name, for people."""
        return self.name.replace("_", " ").lower()


class Manifest(BaseModel):
    """A file on the remote, beside those that it lists.

    `files` are there, each with the fingerprint of its bytes and headers. `begun` may be there
    or not: a run that has not ended was bringing or removing them. `run` is the run that wrote
    this. `retired` are the hashed files that the site holds no more, and since when.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    run: str
    files: Mapping[str, str] = Field(default_factory=dict)
    begun: tuple[str, ...] = ()
    retired: Mapping[str, AwareDatetime] = Field(default_factory=dict)

    @property
    def known(self) -> frozenset[str]:
        """Return what is there or may be."""
        return frozenset({*self.files, *self.begun})

    def doubted(self, run: str, paths: Iterable[str]) -> "Manifest":
        """Return what may be said while a run changes these paths, or after it broke off."""
        paths = set(paths)
        there = {path: UNKNOWN for path in paths if path in self.files}
        begun = (paths | set(self.begun)) - set(self.files)
        return self.model_copy(
            update={"run": run, "files": {**self.files, **there}, "begun": tuple(sorted(begun))}
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does: the files to put in place by stage, those to delete, what is there then."""

    stages: Mapping[Stage, tuple[str, ...]]
    deletions: tuple[str, ...]
    after: Manifest

    @property
    def sent(self) -> tuple[str, ...]:
        """Return the files to put in place, in their order."""
        return tuple(path for stage in sorted(self.stages) for path in self.stages[stage])

    @property
    def touched(self) -> tuple[str, ...]:
        """Return every path that changes."""
        return self.sent + self.deletions


def plan(
    files: Mapping[str, str], before: Manifest, now: datetime, run: str, *, partial: bool = False
) -> Plan:
    """Return how a remote becomes what `files` says: path → fingerprint.

    With `partial` the remote may hold other files, which stay. A hashed file outlives the last
    page that shows it, as in a release: caches and readers of feeds ask for it still.
    """
    changed = sorted(path for path in files if before.files.get(path) != files[path])
    stages: dict[Stage, tuple[str, ...]] = {}
    for stage in Stage:
        if found := tuple(path for path in changed if _stage_of(path, before) == stage):
            stages[stage] = found
    missing = sorted(before.known - files.keys())
    if partial:
        kept, retired = missing, dict(before.retired)
    else:
        since = {path: before.retired.get(path, now) for path in missing if is_hashed(path)}
        retired = {path: at for path, at in since.items() if now - at < RETIRED_FOR}
        kept = sorted(retired)
    there = {path: before.files[path] for path in kept if path in before.files}
    begun = tuple(path for path in kept if path not in before.files)
    after = Manifest(run=run, files={**there, **files}, begun=begun, retired=retired)
    return Plan(stages, tuple(path for path in missing if path not in kept), after)


def _stage_of(path: str, before: Manifest) -> Stage:
    if leads_on(path):
        return Stage.FEEDS
    if not _PAGE.search(path):
        return Stage.DATA
    return Stage.CHANGED_PAGES if path in before.files else Stage.NEW_PAGES
