"""Builds made of a few files, for tests of what comes after a build."""

import contextlib
import hashlib
import os
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publishing import releases
from publishing.layout import Layout
from publishing.model import BUILD_JSON, Build
from tests.publishing.conftest import FIRST_VERSION, Desk, install

NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PAGE = "<p>本文。</p>" * 30


def commit_of(word: str) -> str:
    """A full object name for a word."""
    return hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest()


def build(layout: Layout, word: str, files: dict[str, str | bytes], **values) -> Build:
    """A build that passed, of a commit named by a word, with these files and no others."""
    values = {"commit": commit_of(word), "version": FIRST_VERSION, "built_at": NOON} | values
    made = Build(**values)
    site = layout.site(made.commit)
    shutil.rmtree(site, ignore_errors=True)
    for path, content in files.items():
        file = site / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    layout.content(made.commit).mkdir(parents=True, exist_ok=True)
    (layout.build(made.commit) / BUILD_JSON).write_text(made.model_dump_json(), "utf-8")
    return made


def commit(layout: Layout, subject: str) -> str:
    """Have main stand at a new commit without content, as after a push, and return its name."""
    environment = {"PATH": os.environ["PATH"]}
    for role in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{role}_NAME": "Desk", f"GIT_{role}_EMAIL": "desk@columns.example"}

    def git(*arguments, **options):
        done = subprocess.run(  # noqa: S603  our own command
            ["git", "--git-dir", str(layout.repository), *arguments],  # noqa: S607
            env=environment, capture_output=True, text=True, check=True, **options,
        )  # fmt: skip
        return done.stdout.strip()

    tree = git("mktree", input="")
    made = git("commit-tree", tree, "-m", subject)
    git("update-ref", "refs/heads/main", made)
    return made


def pushed(layout, subject, **values):
    """A commit that main stands at, and whose build passed."""
    name = commit(layout, subject)
    files = {"ja/index.html": f"{subject} {PAGE}", "404.html": PAGE}
    build(layout, "", files | values.pop("files", {}), commit=name, **values)
    return name


def run(worker, now=NOON):
    worker.run(lambda: now)


def names(layout):
    return [release.name for release in releases.kept(layout)]


def live(layout):
    return releases.live(layout).commit


@contextlib.contextmanager
def small_disk(folder, megabytes):
    """A file system of its own at `folder`, which is soon full."""
    stop = pytest.fail if os.environ.get("CI") else pytest.skip
    if os.geteuid():
        stop("only root may mount a file system")
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        stop(f"no file system may be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)  # noqa: S603, S607  our own command


def stored(desk: Desk, message: str = "Change", ref: str = "") -> str:
    """Commit what lies on a desk and put it into the server's repository, beside its hooks."""
    commit = desk.commit(message)
    desk.git("push", "--quiet", desk.remote, f"HEAD:{ref or f'refs/kept/{commit}'}",
             "--receive-pack", "git -c core.hooksPath=/dev/null receive-pack")  # fmt: skip
    return commit


def on_main(desk: Desk) -> str:
    """Have main stand at what lies on a desk, which nothing has built yet."""
    return stored(desk, ref="refs/heads/main")


def slow(layout: Layout, code: str) -> None:
    """Install a version whose settings run `code` before anything else."""
    install(layout, "slow")
    conf = layout.apps / "slow" / "publishconf.py"
    conf.write_text(f"{code}\n{conf.read_text('utf-8')}", "utf-8")


def wait_for(happened, seconds: float = 60) -> None:
    """Wait until something has happened."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


def processes() -> dict[int, str]:
    """Every process of this machine and its command line."""
    found = {}
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has just ended
            words = file.read_bytes().rstrip(b"\0").split(b"\0")
            found[int(file.parent.name)] = b" ".join(words).decode("utf-8", "replace")
    return found
