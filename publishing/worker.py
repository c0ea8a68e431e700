"""The worker: `python -m publishing.worker ROOT` makes readers see what main stands at.

A push starts it, and a timer each minute: for hooks that got lost, reboots, and columns that come
due. Whatever ends it, the live release is whole, and the next run goes on from there.
"""

import contextlib
import logging
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from logging.handlers import RotatingFileHandler
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict

from publishing import builder, pins, previews, releases, state
from publishing.assembly import assemble
from publishing.builder import Builder, builder_of
from publishing.commits import Commits
from publishing.compression import Twins
from publishing.environment import bare
from publishing.errors import Busy, PublishingError, ServerError
from publishing.layout import Layout
from publishing.lock import held
from publishing.model import Pin, Release, Smoke
from publishing.promotion import promote, settled
from publishing.settings import read_settings

PATIENCE_S = 300.0
"""A push that comes while another is built is live right after it, and not at the next minute."""

_LOG_BYTES = 1_000_000
_LOGS_KEPT = 3
_LONGEST_PAUSE = timedelta(minutes=15)

_log = logging.getLogger(__name__)


class Setback(BaseModel):
    """What was last wanted and failed, how often in a row, and when."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    wanted: str
    times: int
    at: AwareDatetime

    def holds_back(self, wanted: str, now: datetime) -> bool:
        """Tell whether it is too early to try again: what goes on failing is tried less often."""
        pause = min(timedelta(minutes=2 ** min(self.times - 1, 10)), _LONGEST_PAUSE)
        return self.wanted == wanted and self.at <= now < self.at + pause


@dataclass(frozen=True, slots=True)
class Worker:
    """Works for the site of one builder; `smoke` is where the web server is asked, if it is."""

    builder: Builder
    smoke: Smoke | None

    @property
    def layout(self) -> Layout:
        """The server's."""
        return self.builder.layout

    def run(self, clock: Callable[[], datetime], patience_s: float = PATIENCE_S) -> None:
        """Bring the live site up to main, software and clock, or to what a pin says.

        Raises PublishingError where that fails; a later run tries again, after pauses that grow.
        """
        with held(self.layout, "the worker", patience_s):
            # Only now: what was pushed or came due while another held the lock counts.
            now, tip = clock(), self.builder.commits.tip()
            pin = pins.in_force(self.layout, tip)
            wanted = pin.release if pin else f"{tip} by {self._version()}"
            setback = state.read(self.layout.setback, Setback)
            try:
                if tip and not (setback and setback.holds_back(wanted, now)):
                    self._advance(tip, pin, now)
                    self.layout.setback.unlink(missing_ok=True)
            except Exception:
                times = setback.times if setback and setback.wanted == wanted else 0
                with contextlib.suppress(OSError):  # a full disk: then it is tried each minute
                    state.write(
                        self.layout.setback, Setback(wanted=wanted, times=times + 1, at=now)
                    )
                raise
            finally:
                if shown := releases.live(self.layout):
                    builder.have_content(self.builder.commits, shown.commit)
                self._tidy(tip, pin, now)

    def _advance(self, tip: str, pin: Pin | None, now: datetime) -> None:
        if pin:
            promote(self.layout, self._pinned(pin, now), self.smoke, safe=False)
        else:
            promote(self.layout, self._release(tip, now), self.smoke)

    def _release(self, tip: str, now: datetime) -> Release:
        """Return the release of what main stands at, which is made where there is none yet."""
        version = self._version()
        for release in releases.kept(self.layout):
            if release.holds(tip, version, now):
                return release
        return self._made(tip, now)

    def _pinned(self, pin: Pin, now: datetime) -> Release:
        """Return the pinned release, made again where it is gone: no backup holds releases."""
        for release in releases.kept(self.layout):
            if release.name == pin.release:
                return release
        release = self._made(pin.release.rpartition("-")[-1], now)
        pins.put(self.layout, release.name, pin.tip)
        return release

    def _made(self, commit: str, now: datetime) -> Release:
        """Return a new release of a commit, of the build that passed or of another."""
        return assemble(self.layout, self.builder.build(commit, now), now)

    def _version(self) -> str:
        try:
            return self.layout.version()
        except FileNotFoundError:
            raise ServerError(
                f"{self.layout.app}: leads to no version of the software; install one, as in "
                f"invoke server-install --root {self.layout.root}"
            ) from None

    def _tidy(self, tip: str | None, pin: Pin | None, now: datetime) -> None:
        """Remove what nobody needs any more."""
        shown = settled(self.layout)
        needed = {pin.release if pin else "", shown.name if shown else ""}
        releases.prune(self.layout, needed)
        commits = {release.commit for release in releases.kept(self.layout)}
        builder.forget(self.layout, commits | {tip or ""}, now)
        previews.expire(self.layout, now)
        Twins(self.layout.compressed).prune(now)


def main(root: Path) -> int:
    """Run once for the site below `root`, and return the exit status."""
    layout = Layout(root)
    os.environ.clear()
    os.environ.update(bare(root))
    os.umask(0o022)  # the web server is somebody else
    _listen(layout)
    try:
        worker_of(layout).run(lambda: datetime.now(UTC))
    except Busy as error:
        print(error, file=sys.stderr)  # the log is that of the one who has the lock
    except PublishingError as error:
        _log.error("%s", error)
    except Exception:  # noqa: BLE001  nobody else hears of it
        _log.exception("the worker stumbled")
    else:
        return 0
    return 1


def worker_of(layout: Layout) -> Worker:
    """Return the worker of a server, as its `server.toml` says. Raises ServerError."""
    return Worker(builder_of(Commits(layout)), read_settings(layout.settings).smoke)


def _listen(layout: Layout) -> None:
    """Log to stderr, where journald listens, and to a file that is cut before it grows large."""
    layout.logs.mkdir(parents=True, exist_ok=True)
    file = RotatingFileHandler(
        layout.worker_log, maxBytes=_LOG_BYTES, backupCount=_LOGS_KEPT, encoding="utf-8", delay=True
    )
    logging.basicConfig(
        handlers=[file, logging.StreamHandler()],
        level=logging.INFO,
        format="%(asctime)sZ %(levelname)s %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S",
    )
    logging.Formatter.converter = time.gmtime


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
