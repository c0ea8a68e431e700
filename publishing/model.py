"""What flows from a push to a release. Imports no sibling."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict

RELEASE_JSON = "release.json"
BUILD_JSON = "build.json"
MADE_JSON = "made.json"


class Stamp(BaseModel):
    """Which content, by which software, at what time; `next_due` is its next scheduled column's.

    What was made from it is up to date as long as commit and version are the wanted ones and
    nothing has come due since.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    commit: str
    version: str
    built_at: AwareDatetime
    next_due: AwareDatetime | None = None

    def holds(self, commit: str, version: str, now: datetime) -> bool:
        """Tell whether a build of `commit` by `version` at `now` would say the same."""
        due = self.next_due is not None and self.next_due <= now
        return (self.commit, self.version) == (commit, version) and not due


class Build(Stamp):
    """A build that passed: `build.json` in its folder, written last."""


class Order(BaseModel):
    """What the process that builds is asked for; it runs in the folder where `content/` lies.

    With `drafts` it makes a preview: all texts, marked, below `base`, unknown to crawlers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    output: str
    made: str
    cache: str
    status_store: str
    parent: int
    memory_bytes: int
    file_bytes: int
    open_files: int
    drafts: bool = False
    base: str = ""


class Made(BaseModel):
    """What the process that built tells of the site: `made.json` in the build's folder.

    `languages` have their own names; `receipt` names what adds lines to the receipt, each
    `module:function` of a plugin.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    siteurl: str
    languages: Mapping[str, str]
    next_due: AwareDatetime | None = None
    warnings: tuple[str, ...] = ()
    receipt: tuple[str, ...] = ()


class Release(Stamp):
    """A release: `release.json` in its folder, written last."""

    released_at: AwareDatetime
