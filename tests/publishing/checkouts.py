"""Checkouts as people install from: this repository as it is now, with small content, committed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from publishing import software
from publishing.layout import Layout
from tests.site.conftest import TOPICS, Site

ROOT = Path(__file__).parents[2]
LEFT_OUT = (".git", ".venv", "var", "output", "content", "__pycache__", ".*_cache", ".hypothesis")
URL = "https://columns.example"


def git(folder: Path, *arguments: str) -> str:
    """Run git as a person of the desk."""
    person = {"NAME": "Desk", "EMAIL": "desk@columns.example"}
    environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    environment |= {
        f"GIT_{role}_{k}": person[k] for role in ("AUTHOR", "COMMITTER") for k in person
    }
    environment["GIT_CONFIG_GLOBAL"] = os.devnull
    return subprocess.run(  # noqa: S603  our own arguments
        ["git", "-C", str(folder), *arguments],  # noqa: S607
        env=environment, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip


def make_checkout(folder: Path) -> Site:
    """A repository at `folder` with one commit: our software, and a column."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    site = Site(folder)
    site.write("content/topics.toml", TOPICS)
    for slug in ("about", "privacy"):
        for lang in ("ja", "en"):
            site.write(f"content/pages/{slug}/{lang}.md", f"Title: {slug} {lang}\n\n{slug}.\n")
    site.column()
    configuration = (folder / "publishconf.py").read_text("utf-8")
    ours = configuration.replace("https://columns.atogaki.example", URL)
    site.write("publishconf.py", ours)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "All of it")
    return site


def commit(folder: Path, message: str = "Change") -> str:
    """Commit everything there, and return the commit's name."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def fetch(layout: Layout, checkout: Path, branch: str) -> None:
    """Let a branch of the server's repository stand where the checkout does, past all hooks."""
    git(layout.repository, "fetch", "--quiet", str(checkout), f"+HEAD:refs/heads/{branch}")


def seed_environment(layout: Layout, checkout: Path) -> Path:
    """Put the tests' own environment where the one of a checkout's lock file would be made."""
    environment = software.environment_of(layout, checkout / software.LOCK_FILE)
    environment.parent.mkdir(parents=True, exist_ok=True)
    environment.symlink_to(sys.prefix)
    environment.with_name(f"{environment.name}.ready").touch()
    return environment
