"""`invoke server-upgrade` and `server-back`: another version builds, once it has shown that it can.

Its software comes from a commit that somebody named, never from a push by itself.
"""

import subprocess
from collections.abc import Callable
from datetime import datetime

from publishing import releases, software
from publishing.builder import builder_of
from publishing.commits import Commits
from publishing.errors import BuildFailed, Refused, ServerError
from publishing.install import software_steps, take
from publishing.layout import Layout
from publishing.lock import held
from publishing.starting import start

PATIENCE_S = 600

Say = Callable[[str], None]


def upgrade(layout: Layout, revision: str, now: datetime, say: Say) -> None:
    """Have the software of a commit of the server's repository build from now on.

    Raises ServerError where there is no such commit, or it cannot build what is live: the version
    that builds stays then.
    """
    commit = Commits(layout).resolve(revision)
    if commit is None:
        raise ServerError(
            f"{revision}: names no commit of {layout.repository}; push it first, then name its"
            " branch or commit: invoke server-upgrade main"
        )
    _change_to(layout, commit, now, say)


def go_back(layout: Layout, now: datetime, say: Say) -> None:
    """Have the version that built before this one build again. Raises ServerError as `upgrade`."""
    if not layout.app_before.is_dir():
        raise ServerError(f"{layout.app_before}: there is no version before this one")
    _change_to(layout, layout.app_before.resolve().name, now, say)


def _change_to(layout: Layout, version: str, now: datetime, say: Say) -> None:
    before = layout.version()
    if version == before:
        say(f"already so:  {layout.app}, which leads to {version}")
        return
    for step in software_steps(layout, layout.repository, version):
        take(step, say)
    with held(layout, f"an upgrade to {version}", PATIENCE_S):
        _try(layout, version, now, say)
        software.lead(layout.app_before, before)
        software.lead(layout.app, version)
    say(f"made:        {layout.app}, which leads to {version}; it was {before}")
    for gone in software.prune(layout):
        say(f"removed:     {layout.apps / gone}")
    _install_again(layout, say)
    _release(layout, say)


def _try(layout: Layout, version: str, now: datetime, say: Say) -> None:
    """Build with a version what readers see, or what they will see first. Raises ServerError."""
    live = releases.live(layout)
    commit = live.commit if live else Commits(layout).tip()
    if commit is None:
        say("not tried:   nothing has been pushed yet")
        return
    try:
        builder_of(Commits(layout), version).build(commit, now)
    except (BuildFailed, Refused) as error:
        raise ServerError(
            f"{version} cannot build {commit}, which is live; {layout.version()} goes on building."
            f" It says:\n{error}"
        ) from None
    say(f"tried:       {version} builds {commit}")


def _install_again(layout: Layout, say: Say) -> None:
    """Have the new version bring files and folders up to its own mind. Raises ServerError."""
    app = layout.app.resolve()
    command = [str(app / ".venv/bin/python"), "-m", "invoke", "server-install", "--quiet"]
    done = subprocess.run(  # noqa: S603  our own command
        [*command, "--root", str(layout.root)],
        cwd=app, capture_output=True, text=True, check=False,
    )  # fmt: skip
    for line in done.stdout.splitlines():
        say(line)
    if done.returncode:
        raise ServerError(
            f"{app.name} builds now, but its files are not all in place; run server-install in"
            f" {layout.app}. It says:\n{done.stderr.strip()}"
        )


def _release(layout: Layout, say: Say) -> None:
    """Have the new version release what is live anew, or what a pin says. Raises ServerError."""
    if start(layout).wait():
        raise ServerError(
            f"{layout.version()} builds now, but its release failed; {layout.worker_log} says why."
            " To go back: invoke server-back"
        )
    if live := releases.live(layout):
        say(f"live:        {live.name}, made by {live.version}")
