"""What flows from a push to a release. Imports no sibling."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict

RELEASE_JSON = "release.json"
BUILD_JSON = "build.json"


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


class Release(Stamp):
    """A release: `release.json` in its folder, written last."""

    released_at: AwareDatetime
