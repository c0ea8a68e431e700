"""Starts the worker, and does not load what it works with: whoever pushed waits."""

import subprocess

from publishing.environment import bare
from publishing.layout import Layout


def start(layout: Layout) -> "subprocess.Popen[bytes]":
    """Start a worker that outlives the caller and has nothing of its environment."""
    path = f"{layout.app}:{layout.app / 'plugins'}"
    return subprocess.Popen(  # noqa: S603  our own command
        [layout.python, "-P", "-m", "publishing.worker", str(layout.root)],
        cwd="/",
        env=bare(layout.root) | {"PYTHONPATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
