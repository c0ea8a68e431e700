"""The environment of what publishing starts, built from nothing, and the user it runs as."""

import os
import pwd
from pathlib import Path


def bare(root: Path) -> dict[str, str]:
    """Return what a program needs to run, and nothing of what the caller was given.

    A push over SSH brings variables of its sender's, a hook those of git.
    """
    return {"PATH": os.defpath, "HOME": str(root), "LANG": "C.UTF-8"}


def name_of(user: int) -> str:
    """Return a user's name, or the number as sudo takes it where the machine knows no name."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"#{user}"
