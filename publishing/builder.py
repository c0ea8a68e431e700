"""Builds: the installed software makes a site of a commit's content, in a process of its own.

Nothing that was pushed is executed. The process has an environment made from nothing, limits of
its time, its memory and the size of each file, and no network where the kernel lets its user do
without; it works on a copy of the lines' history, so that a push that is refused has changed
nothing.
"""

import contextlib
import errno
import logging
import os
import re
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from publishing import intake
from publishing.commits import Commits
from publishing.environment import bare
from publishing.errors import BuildFailed, PublishingError, Refused
from publishing.layout import Layout
from publishing.model import BUILD_JSON, MADE_JSON, Build, Ending, Made, Order
from publishing.settings import read_settings

FORGOTTEN_AFTER_S = 24 * 3600
"""How long a build stays that no release came from: that of a check, of a push that lost."""

_LINT_END = re.compile(r"\d+ problems? in content/")
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_STATUS_COPY = "status.sqlite"
_TAIL_LINES = 20

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one build may take: seconds, bytes of memory and of one file, files open at once."""

    seconds: float = 300
    memory_bytes: int = 2 << 30
    file_bytes: int = 256 << 20
    open_files: int = 256


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds with one installed version, that of `app/current` unless another is named.

    The caller holds the lock.
    """

    commits: Commits
    limits: Limits = Limits()
    version: str | None = None

    @property
    def layout(self) -> Layout:
        """The server's."""
        return self.commits.layout

    def build(self, commit: str, now: datetime) -> Build:
        """Make the site of a commit, and return its `build.json`.

        A build that would say the same is returned as it is. Raises Refused with every problem
        of the content, and BuildFailed where it does not end, or not with a site.
        """
        version = self.version or self.layout.version()
        folder = self.layout.build(commit)
        _forget_after_a_start(self.layout)
        if (found := read_build(self.layout, commit)) and found.holds(commit, version, now):
            return found
        (folder / BUILD_JSON).unlink(missing_ok=True)
        self._unpack(commit)
        made, _ = self._make(commit, now, self.layout.site(commit), folder / MADE_JSON)
        done = Build(commit=commit, version=version, built_at=now, next_due=made.next_due)
        draft = folder / f".{BUILD_JSON}"
        draft.write_text(done.model_dump_json(), encoding="utf-8")
        draft.replace(folder / BUILD_JSON)
        return done

    def preview(
        self, commit: str, now: datetime, output: Path, base: str
    ) -> tuple[Made, tuple[str, ...]]:
        """Make a preview of a commit below the path `base`, and return what is wrong with it, too.

        Raises Refused or BuildFailed where there is nothing to show.
        """
        _forget_after_a_start(self.layout)
        self._unpack(commit)
        # Not the build's own: a build of this commit that passed may lie beside it.
        made = self.layout.build(commit) / f"preview-{MADE_JSON}"
        return self._make(commit, now, output, made, base)

    def _unpack(self, commit: str) -> None:
        try:
            intake.unpack(self.commits, commit)
        except OSError as error:
            raise _stopped(error, self.layout) from error

    def _make(
        self, commit: str, now: datetime, output: Path, made: Path, base: str | None = None
    ) -> tuple[Made, tuple[str, ...]]:
        folder = self.layout.build(commit)
        made.unlink(missing_ok=True)
        store = folder / _STATUS_COPY
        order = Order(
            output=str(output),
            made=str(made),
            cache=str(self.layout.cache),
            status_store=str(store),
            parent=os.getpid(),
            memory_bytes=self.limits.memory_bytes,
            file_bytes=self.limits.file_bytes,
            open_files=self.limits.open_files,
            drafts=base is not None,
            base=base or "",
        )
        try:
            copy_store(self.layout.status_store, store)
            status, said = self._run(order, folder, now)
        except OSError as error:
            raise _stopped(error, self.layout) from error
        finally:
            for ending in ("", "-wal", "-shm", ".lock"):
                store.with_name(store.name + ending).unlink(missing_ok=True)
        if status or not made.is_file():
            raise _outcome(status, said, self.layout)
        try:
            return _made_in(made), problems_of(said)
        except ValidationError as error:
            faults = [f"{fault['loc']}: {fault['msg']}" for fault in error.errors()]
            raise BuildFailed(
                f"{order.made}: is not what this version reads: {'; '.join(faults)}"
            ) from None

    def _run(self, order: Order, folder: Path, now: datetime) -> tuple[int, str]:
        """Run the build to its end, and return its status and what it said."""
        app = self.layout.apps / self.version if self.version else self.layout.app
        python = app / ".venv" / "bin" / "python"
        environment = bare(self.layout.root) | {
            "PYTHONPATH": f"{app}:{app / 'plugins'}",
            "SOURCE_DATE_EPOCH": str(int(now.timestamp())),
            "COLUMNS": "1000",  # else Pelican folds its lines
        }
        with subprocess.Popen(  # noqa: S603  our own command
            [python, "-P", "-m", "publishing.make_site", order.model_dump_json()],
            cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace",
            start_new_session=True,
        ) as process:  # fmt: skip
            try:
                _, said = process.communicate(timeout=self.limits.seconds)
            except subprocess.TimeoutExpired:
                raise BuildFailed(
                    f"the build took longer than {self.limits.seconds:g} s and was ended; "
                    "what in this push takes so long? Push it in parts to find out"
                ) from None
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        return process.returncode, said


def builder_of(commits: Commits, version: str | None = None) -> Builder:
    """Return what builds on a server, within the limits of its `server.toml`.

    Raises ServerError where that cannot be read.
    """
    allowed = read_settings(commits.layout.settings).build
    return Builder(commits, Limits(allowed.seconds, allowed.memory_mb << 20), version)


def read_build(layout: Layout, commit: str) -> Build | None:
    """Return a commit's build if one passed and is still there."""
    try:
        text = (layout.build(commit) / BUILD_JSON).read_text("utf-8")
    except FileNotFoundError:
        return None
    return Build.model_validate_json(text) if layout.site(commit).is_dir() else None


def read_made(folder: Path) -> Made:
    """Return what the process that built told of the site in `folder`."""
    return _made_in(folder / MADE_JSON)


def have_content(commits: Commits, commit: str) -> None:
    """Have the content of a release in its place: the status is drawn from it.

    It may be gone with its build, which is not made again as long as the release is there. What
    prevents that is logged; readers get the release all the same. The caller holds the lock.
    """
    try:
        intake.unpack(commits, commit)
    except (PublishingError, OSError) as error:
        _log.warning("no content of %s, and no status without it: %s", commit, error)


def discard(layout: Layout, commit: str) -> None:
    """Remove the build of a commit, or what there is of one."""
    shutil.rmtree(layout.build(commit), ignore_errors=True)


def forget(layout: Layout, keep: Collection[str], now: datetime) -> None:
    """Remove the builds that nobody needs: not those of `keep`, nor what is new."""
    before = now.timestamp() - FORGOTTEN_AFTER_S
    for folder in layout.builds.iterdir():
        if folder.name not in keep and folder.stat().st_mtime < before:
            shutil.rmtree(folder)


def _forget_after_a_start(layout: Layout) -> None:
    """Remove every build where the machine was started since the last one.

    Builds are not flushed to the disk, which would take longer than they do: a machine that lost
    its power may have kept a page's name and not its bytes.
    """
    mark, boot = layout.boot, _BOOT_ID.read_bytes()
    if mark.is_file() and mark.read_bytes() != boot:
        for folder in layout.builds.iterdir():
            shutil.rmtree(folder)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_bytes(boot)


def copy_store(store: Path, to: Path) -> None:
    """Copy a store of SQLite as it is at one moment, while others write; none makes none."""
    to.unlink(missing_ok=True)
    if not store.is_file():
        return
    try:
        with (
            contextlib.closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True)) as source,
            contextlib.closing(sqlite3.connect(to)) as target,
        ):
            source.backup(target)
    except sqlite3.DatabaseError:
        # The build begins a new history then; what is wrong with this one, its own timer tells.
        to.unlink(missing_ok=True)


def _made_in(file: Path) -> Made:
    return Made.model_validate_json(file.read_text("utf-8"))


def problems_of(said: str) -> tuple[str, ...]:
    """Return the messages of a build, each with its further lines, which are indented."""
    messages = re.split(r"\n(?! )", said.strip("\n"))
    return tuple(text for text in messages if text and not _LINT_END.fullmatch(text))


def _outcome(status: int, said: str, layout: Layout) -> BuildFailed | Refused:
    """Say what ended a build, so that who pushed knows whose it is to mend."""
    problems = problems_of(said)
    if status == Ending.REFUSED and problems:
        return Refused(problems)
    if status == Ending.NO_DISK:
        return BuildFailed(_no_disk(layout))
    if status == Ending.NO_MEMORY:
        return BuildFailed("the build needs more memory than it may have; nothing was published")
    tail = "\n".join(said.splitlines()[-_TAIL_LINES:])
    return BuildFailed(_failure(tail or f"the build ended with status {status}"))


def _stopped(error: OSError, layout: Layout) -> BuildFailed:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return BuildFailed(_no_disk(layout))
    return BuildFailed(_failure(str(error)))


def _no_disk(layout: Layout) -> str:
    free = shutil.disk_usage(layout.root).free
    return (
        f"the server's disk is full ({free:,} bytes are free); nothing was published, and "
        "the live site stays as it is. Whoever runs the server must make room"
    )


def _failure(said: str) -> str:
    return f"the build failed, and not for what was pushed:\n{said}"
