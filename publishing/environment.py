"""The environment of what publishing starts: built from nothing."""

import os
from pathlib import Path


def bare(root: Path) -> dict[str, str]:
    """Return what a program needs to run, and nothing of what the caller was given.

    A push over SSH brings variables of its sender's, a hook those of git.
    """
    return {"PATH": os.defpath, "HOME": str(root), "LANG": "C.UTF-8"}
