"""Checkouts as people install from: clones of this repository, as it is now, all committed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from publishing import software

ROOT = Path(__file__).parents[2]
LEFT_OUT = (
    ".git",
    ".venv",
    "var",
    "output",
    "node_modules",
    "__pycache__",
    ".*_cache",
    "recordings",
)


def git(folder: Path, *arguments: str) -> str:
    """Run git as a person whose name the tests do not need."""
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


def make_checkout(folder: Path) -> Path:
    """A repository at `folder` with one commit, which holds what lies here."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "All of it")
    return folder


def commit(folder: Path, message: str) -> str:
    """Commit everything there, and return the commit's name."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def seed_environment(layout, checkout: Path) -> Path:
    """Put the tests' own environment where the one of a checkout's lock file would be made."""
    environment = software.environment_of(layout, checkout / software.LOCK_FILE)
    environment.parent.mkdir(parents=True, exist_ok=True)
    environment.symlink_to(sys.prefix)
    environment.with_name(f"{environment.name}.ready").touch()
    return environment
