"""Builds made of a few files, for tests of what comes after a build."""

import contextlib
import hashlib
import os
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from publishing.layout import Layout
from publishing.model import BUILD_JSON, Build

NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def commit_of(word: str) -> str:
    """A full object name for a word."""
    return hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest()


def build(layout: Layout, word: str, files: dict[str, str | bytes], **values) -> Build:
    """A build that passed, of a commit named by a word, with these files in its site."""
    site = layout.site(commit_of(word))
    for path, content in files.items():
        file = site / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    defaults = {"commit": commit_of(word), "version": "first", "built_at": NOON}
    made = Build(**defaults | values)
    layout.build(made.commit).mkdir(parents=True, exist_ok=True)
    (layout.build(made.commit) / BUILD_JSON).write_text(made.model_dump_json(), "utf-8")
    return made


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
