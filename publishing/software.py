"""The software of a server: a folder for each version, which is a commit, and its environment.

Versions whose lock files are equal share one environment.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from publishing import git
from publishing.errors import ServerError
from publishing.layout import Layout

LOCK_FILE = "requirements.txt"
KEPT_VERSIONS = 3

_ELSEWHERE = ("content", "tests", "bench", ".ci")
"""What a version of the software leaves out; content comes by pushes alone."""

_NEEDED = ("publishconf.py", "tasks.py", LOCK_FILE, "plugins", "theme", "publishing")


def head(checkout: Path) -> str:
    """Return the commit that a checkout stands at.

    Raises ServerError where its software differs from that, or it is no checkout: what runs on a
    server is a commit, or nobody could say later what ran.
    """
    changed = git.said(
        "status", "--porcelain", "--", ".", *_excluded(), inside=checkout
    ).splitlines()
    if changed:
        names = ", ".join(line[3:] for line in changed[:5])
        raise ServerError(
            f"{checkout}: {names} {'differs' if len(changed) == 1 else 'differ'} from what is"
            " committed; commit it, or install from a fresh clone"
        )
    return git.said("rev-parse", "HEAD", inside=checkout).strip()


def unpack(repository: Path, commit: str, version: Path) -> None:
    """Lay the software of a commit out at `version`, whole or not at all. Raises ServerError."""
    draft = version.with_name(f".{version.name}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    archive = draft.with_suffix(".tar")
    try:
        archiving = ("-c", "tar.umask=0022", "archive", f"--output={archive}", commit)
        git.said(*archiving, "--", ".", *_excluded(), inside=repository)
        _run(["tar", "--extract", "--no-same-owner", f"--file={archive}", f"--directory={draft}"])
        missing = [name for name in _NEEDED if not (draft / name).exists()]
        if missing:
            raise ServerError(
                f"{commit}: holds no {', '.join(missing)}; name a commit with software"
            )
        draft.rename(version)
    finally:
        archive.unlink(missing_ok=True)
        shutil.rmtree(draft, ignore_errors=True)


def is_equipped(layout: Layout, version: Path) -> bool:
    """Tell whether a version has an environment that was made to its end."""
    lock_file = version / LOCK_FILE
    if not lock_file.is_file():
        return False
    environment = environment_of(layout, lock_file)
    linked = (version / ".venv").is_symlink() and (version / ".venv").resolve()
    return linked == environment.resolve() and _is_ready(environment)


def equip(layout: Layout, version: Path) -> None:
    """Give a version the environment that its lock file asks for. Raises ServerError.

    Packages are checked by their hashes.
    """
    lock_file = version / LOCK_FILE
    environment = environment_of(layout, lock_file)
    if not _is_ready(environment):
        _mark(environment).unlink(missing_ok=True)
        if environment.is_symlink():
            environment.unlink()  # or what it leads to would be cleared
        _run([sys.executable, "-m", "venv", "--clear", str(environment)])
        python = str(environment / "bin" / "python")
        options = ("--quiet", "--no-input", "--disable-pip-version-check", "--require-hashes")
        _run([python, "-I", "-m", "pip", "install", *options, "--requirement", str(lock_file)])
        _mark(environment).touch()
    lead(version / ".venv", f"../{environment.relative_to(layout.apps)}")


def environment_of(layout: Layout, lock_file: Path) -> Path:
    """Return where the environment lies that a lock file asks for, with this Python."""
    digest = hashlib.sha256(lock_file.read_bytes()).hexdigest()[:16]
    return layout.environments / f"{digest}-{sys.implementation.cache_tag}"


def prune(layout: Layout) -> tuple[str, ...]:
    """Remove all but the newest versions, what leads to none, and return which versions went.

    What builds and what built before it are never removed.
    """
    named = {link.resolve().name for link in (layout.app, layout.app_before) if link.is_symlink()}
    versions = sorted(versions_in(layout), key=_installed_at, reverse=True)
    kept = named | {path.name for path in versions[:KEPT_VERSIONS]}
    gone = [path for path in versions if path.name not in kept]
    for path in gone:
        shutil.rmtree(path)
    used = {environment.resolve() for path in versions if (environment := path / ".venv").exists()}
    for path in layout.environments.iterdir():
        if path.is_dir() and path.resolve() not in used:
            _mark(path).unlink(missing_ok=True)
            path.unlink() if path.is_symlink() else shutil.rmtree(path)
    return tuple(path.name for path in gone)


def versions_in(layout: Layout) -> list[Path]:
    """Return the folders of all installed versions."""
    return [
        path
        for path in layout.apps.iterdir()
        if path.is_dir() and not path.is_symlink() and (path / "publishing").exists()
    ]


def lead(link: Path, target: str) -> None:
    """Make a link lead to a name beside it, at once for whoever follows it."""
    draft = link.with_name(f".{link.name}")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    draft.replace(link)


def _installed_at(version: Path) -> int:
    link = version / ".venv"
    return (link if link.is_symlink() else version).lstat().st_mtime_ns


def _is_ready(environment: Path) -> bool:
    return _mark(environment).is_file() and (environment / "bin" / "python").exists()


def _mark(environment: Path) -> Path:
    """Return the file beside an environment that says it was made to its end."""
    return environment.with_name(f"{environment.name}.ready")


def _excluded() -> list[str]:
    return [f":(exclude){name}" for name in _ELSEWHERE]


def _run(command: list[str]) -> None:
    """Run a command of ours to its end. Raises ServerError."""
    done = subprocess.run(  # noqa: S603  no shell, no words of anybody else's in front
        command, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise ServerError("\n".join([f"{' '.join(command[:4])} …: failed", *said[-20:]]))
