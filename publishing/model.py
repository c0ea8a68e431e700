"""What flows from a push to a release. Imports no sibling."""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

RELEASE_JSON = "release.json"
BUILD_JSON = "build.json"
MADE_JSON = "made.json"

ASSETS = "assets"
"""The folder of a site whose files change their names with their bytes."""

HASHED = rf"{ASSETS}/[^/]+\.[0-9a-f]{{10}}\.[a-z0-9]+$"
OF_STATUS = r"(?:(?:[a-z]{2,3}(?:-[A-Za-z0-9]+)*/)?status(?:/|$)|status\.txt$|api(?:/|$))"
"""Paths of a site, as they begin: expressions that nginx reads as well."""


def is_hashed(path: str) -> bool:
    """Tell whether a file of the site has a name that changes with its bytes."""
    return re.match(HASHED, path) is not None


def is_of_status(path: str) -> bool:
    """Tell whether a file of the site belongs to the live status, which no release holds."""
    return re.match(OF_STATUS, path) is not None


class Stamp(BaseModel):
    """Which content, by which software, at what time.

    `next_due` is when its next scheduled column or the next digest is. What was made from it is
    up to date as long as commit and version are the wanted ones and nothing has come due since.
    A key that is not known is passed over: the version that one goes back to reads what a newer
    one wrote.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

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

    With `drafts` it makes a preview: all texts, marked, below `base`, unknown to crawlers. An
    upgrade has the version before order of the one that comes: a field that a version brings has
    a default, and one that it does not know is passed over.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

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


class Ending(IntEnum):
    """How the process that builds ends without a site, as its exit status (sysexits.h).

    With any other it failed for what is not in the content.
    """

    REFUSED = os.EX_DATAERR
    NO_MEMORY = os.EX_OSERR
    NO_DISK = os.EX_CANTCREAT


class Made(BaseModel):
    """What the process that built tells of the site: `made.json` in the build's folder.

    `languages` have their own names. `receipt` is RECEIPT_LINES of pelicanconf.py: what adds
    lines to the receipt of a push, each `module:function` of a plugin, which is given Changes,
    the server's root and the time. Another version may tell more, or less, as in Order.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    siteurl: str
    languages: Mapping[str, str]
    next_due: AwareDatetime | None = None
    warnings: tuple[str, ...] = ()
    receipt: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """The files, by their paths in the site, in which a build differs from the live release."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]

    def of(self, lang: str) -> "Changes":
        """Return those of one language."""
        return self._where(lambda path: path.startswith(f"{lang}/"))

    def outside(self, languages: Iterable[str]) -> "Changes":
        """Return those that belong to no single language."""
        folders = tuple(f"{lang}/" for lang in languages)
        return self._where(lambda path: not path.startswith(folders))

    def _where(self, belongs: Callable[[str], bool]) -> "Changes":
        kinds = (self.new, self.changed, self.gone)
        return Changes(*(tuple(filter(belongs, paths)) for paths in kinds))


class Release(Stamp):
    """A release: `release.json` in its folder, written last.

    `released_at` has whole seconds, and no two releases of a site have the same. `retired` are
    the hashed files that the site holds no more and readers may still ask for, and since when.
    """

    released_at: AwareDatetime
    retired: Mapping[str, AwareDatetime] = Field(default_factory=dict)

    @property
    def name(self) -> str:
        """The release's folder; names sort by time."""
        return f"{self.released_at:%Y%m%dT%H%M%SZ}-{self.commit}"


class Pin(BaseModel):
    """The release that stays live, whatever comes due, until main has another tip than `tip`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    release: str
    tip: str | None


@dataclass(frozen=True, slots=True)
class Smoke:
    """Where a release is asked for after the switch, in whose name, and for how long at most."""

    url: str
    host: str
    patience_s: float = 5.0


class Settled(BaseModel):
    """The last release that the web server was seen to show, and whose feeds the hub knows."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    release: str
