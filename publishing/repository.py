"""The bare repository that staff push to: its settings, and hooks that lead to the software."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from publishing import git
from publishing.layout import Layout

BRANCH = "refs/heads/main"
"""The branch that is published; any other is only stored."""

HOOKS = ("pre-receive", "post-receive")

PUSH_MB = 256
"""How much a push may bring, unless the server's owner says otherwise."""


def settings_of(push_mb: int) -> Mapping[str, str]:
    """Return what git is told of the repository, to which a push may bring so many megabytes."""
    return {
        "receive.denyNonFastForwards": "true",
        "receive.denyDeletes": "true",
        "receive.advertisePushOptions": "true",
        "receive.maxInputSize": f"{push_mb}m",
        "transfer.fsckObjects": "true",
        "core.logAllRefUpdates": "always",  # who pushed what, also where a release is lost
    }


def prepare(layout: Layout, push_mb: int = PUSH_MB) -> None:
    """Make the repository with its settings and hooks, or bring one that exists up to date.

    Raises ServerError where git cannot.
    """
    branch = BRANCH.removeprefix("refs/heads/")
    git.said("init", "--quiet", "--bare", f"--initial-branch={branch}", str(layout.repository))
    for name, value in settings_of(push_mb).items():
        git.said("config", name, value, inside=layout.repository)
    for file, text in hook_files(layout).items():
        draft = file.with_name(f".{file.name}.new")
        draft.write_text(text, encoding="utf-8")
        draft.chmod(0o755)
        draft.replace(file)


def is_prepared(layout: Layout, push_mb: int = PUSH_MB) -> bool:
    """Tell whether `prepare` would change nothing."""
    if not (layout.repository / "HEAD").is_file():
        return False
    return all(
        git.said("config", "--default", "", "--get", name, inside=layout.repository).strip()
        == value
        for name, value in settings_of(push_mb).items()
    ) and all(
        file.is_file() and file.read_text("utf-8") == text
        for file, text in hook_files(layout).items()
    )


def hook_files(layout: Layout) -> dict[Path, str]:
    """Return the text of each hook by its file.

    They run the software that is installed when they run, and nothing that was pushed.
    """
    return {layout.repository / "hooks" / name: _hook(layout, name) for name in HOOKS}


def _hook(layout: Layout, name: str) -> str:
    path = shlex.quote(f"{layout.app}:{layout.app / 'plugins'}")
    command = shlex.join([str(layout.python), "-P", "-X", "utf8", "-m", "publishing.hooks", name])
    return (
        "#!/bin/sh\n# Written by server-install; what it does is the installed software's.\n"
        f"PYTHONPATH={path} exec {command} {shlex.quote(str(layout.root))}\n"
    )
