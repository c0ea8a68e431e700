"""A server below a folder of its own, and the desks that push to it with real git."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from publishing.layout import Layout
from publishing.repository import prepare
from tests.publishing import sshd
from tests.site.conftest import TOPICS, Site

CHECKOUT = Path(__file__).parents[2]
SOFTWARE = ("plugins", "theme", "publishing", "tasks.py", "pelicanconf.py")
SITEURL = "https://columns.example"
FIRST_VERSION = "2025-01-01-first"

PUBLISHCONF = f"""\
import sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).parent))
from pelicanconf import *
SITEURL = "{SITEURL}"
PUBLIC = True
"""

SERVER = """\
name = "columns"

[web]
names = ["columns.example"]
loopback = ""
"""


def serve(layout: Layout) -> Layout:
    """Make a server: the software, an empty repository with its hooks, its settings."""
    install(layout, FIRST_VERSION)
    layout.settings.write_text(SERVER, "utf-8")
    for folder in (layout.builds, layout.releases, layout.previews, layout.var, layout.status):
        folder.mkdir()
    prepare(layout)
    return layout


def install(layout: Layout, version: str) -> None:
    """Install this checkout, in the environment of the tests, as `version` and make it build."""
    app = layout.apps / version
    app.mkdir(parents=True)
    for name in SOFTWARE:
        (app / name).symlink_to(CHECKOUT / name)
    (app / ".venv").symlink_to(sys.prefix)
    (app / "publishconf.py").write_text(PUBLISHCONF, "utf-8")
    switch(layout, version)


def switch(layout: Layout, version: str) -> None:
    """Make an installed version the one that builds."""
    layout.app.unlink(missing_ok=True)
    layout.app.symlink_to(version)


def git_environment(home: Path) -> dict[str, str]:
    """What git of a person at a desk sees: nothing of the machine that runs the tests."""
    person = {"NAME": "Desk", "EMAIL": "desk@columns.example"}
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        **{f"GIT_{role}_{key}": person[key] for role in ("AUTHOR", "COMMITTER") for key in person},
    }


@dataclass
class Desk(Site):
    """A working copy of a person who writes: `write` and `column` make files, `push` sends them.

    `said` of a push is what the server told, without git's `remote: ` in front.
    """

    remote: str = ""
    environment: dict[str, str] = field(default_factory=dict)

    def git(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603  our own command
            ["git", "-c", "core.quotePath=false", *arguments],  # noqa: S607
            cwd=self.root, env=self.environment, capture_output=True, text=True, check=check,
            timeout=120,
        )  # fmt: skip

    def commit(self, message: str = "Change") -> str:
        """Commit everything that lies here and return the commit's name."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD").stdout.strip()

    def push(self, *refs: str, options: tuple[str, ...] = (), force: bool = False) -> "Push":
        """Push HEAD to main, or what the arguments say."""
        given = [f"--push-option={option}" for option in options] + ["--force"] * force
        refs = refs or ("HEAD:refs/heads/main",)
        done = self.git("push", "--no-progress", *given, self.remote, *refs, check=False)
        return Push(done.returncode == 0, done.stderr)


@dataclass(frozen=True)
class Push:
    """How a push ended."""

    accepted: bool
    stderr: str

    @property
    def said(self) -> str:
        lines = (line for line in self.stderr.splitlines() if line.startswith("remote:"))
        return "\n".join(line.removeprefix("remote:").removeprefix(" ").rstrip() for line in lines)


@pytest.fixture
def layout(tmp_path):
    """A root with the software installed and an empty repository with its hooks."""
    return serve(Layout(tmp_path / "srv"))


@pytest.fixture
def desk_of(tmp_path):
    """Makes desks: `desk_of(remote, "name")` has a small site that is not committed yet."""

    def make(remote, name: str = "desk") -> Desk:
        home = tmp_path / f"home-{name}"
        home.mkdir()
        desk = Desk(tmp_path / name, remote=str(remote), environment=git_environment(home))
        desk.root.mkdir()
        desk.git("init", "--quiet", "--initial-branch=main")
        desk.write("content/topics.toml", TOPICS)
        for slug in ("about", "privacy"):
            for lang in ("ja", "en"):
                desk.write(f"content/pages/{slug}/{lang}.md", f"Title: {slug} {lang}\n\n{slug}.\n")
        return desk

    return make


@pytest.fixture
def ssh(tmp_path):
    """A real sshd, for as long as the test runs."""
    with sshd.running(tmp_path / "sshd") as running:
        yield running


@pytest.fixture
def far_desk(layout, desk_of, ssh):
    """A desk that pushes over SSH."""
    desk = desk_of(ssh.address_of(layout.repository), "far")
    desk.environment["GIT_SSH_COMMAND"] = ssh.command
    return desk


@pytest.fixture
def desk(layout, desk_of):
    """A desk that pushes to the server over the local transport."""
    return desk_of(layout.repository)
