"""How git is run: without a shell, without the caller's own variables of git.

And without replacements: a pushed refs/replace/… would put other bytes in place of those of a
commit that somebody has read, and named. Imports no sibling but the errors.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from publishing.errors import ServerError


def run(*arguments: str, environment: Mapping[str, str]) -> "subprocess.CompletedProcess[bytes]":
    """Run git to its end, whatever that is."""
    return subprocess.run(  # noqa: S603  no shell
        ["git", *arguments],  # noqa: S607  wherever the system has it
        env=_whole(environment), capture_output=True, check=False,
    )  # fmt: skip


@contextmanager
def opened(
    *arguments: str, environment: Mapping[str, str], stdin: int = subprocess.DEVNULL
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run git for as long as the caller reads what it prints."""
    with subprocess.Popen(  # noqa: S603  no shell
        ["git", *arguments],  # noqa: S607  as above
        env=_whole(environment), stdin=stdin, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def said(*arguments: str, inside: Path | None = None) -> str:
    """Return what git prints for whoever runs the server. Raises ServerError where it fails.

    `inside` is the folder in which it runs, if that matters.
    """
    place = ("-C", str(inside)) if inside else ()
    own = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    done = run(*place, *arguments, environment=own)
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip()
        raise ServerError(f"git {arguments[0]}: {told}")
    return done.stdout.decode("utf-8", "replace")


def _whole(environment: Mapping[str, str]) -> dict[str, str]:
    return {**environment, "GIT_NO_REPLACE_OBJECTS": "1"}
