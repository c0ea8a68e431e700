"""The commands: `.venv/bin/invoke --list` shows them, `make NAME` runs one."""

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

if TYPE_CHECKING:
    from publishing.layout import Layout

ROOT = Path(__file__).parent
sys.path[:0] = [str(ROOT), str(ROOT / "plugins")]

PYTHON = shlex.quote(sys.executable)


@task
def site(c: Context, public: bool = False, output: str = "output") -> None:
    """Build content/ into output/ (--public: as publishconf.py says)."""
    settings = "publishconf.py" if public else "pelicanconf.py"
    _run(c, f"{PYTHON} -m pelican content -s {settings} -o {shlex.quote(output)}")


@task
def serve(_: Context, port: str = "8000") -> None:
    """Show the site on 127.0.0.1, drafts too, and follow every save."""
    from press.serve import port_of, serve

    serve(ROOT, port_of(port))


@task
def check(_: Context) -> None:
    """Name everything that is wrong in content/, as file:line: message."""
    from lint.run import main

    sys.exit(main(str(ROOT / "pelicanconf.py")))


@task(iterable=["title"])
def new(_: Context, slug: str, title: list[str]) -> None:
    """Begin a column, as in: invoke new cable-fault --title en="A cut"."""
    from columns.new import create
    from lint.build import load_settings
    from lint.run import rules_of

    settings = load_settings(str(ROOT / "pelicanconf.py"))
    sys.exit(create(settings, rules_of(settings).headers, slug, title))


@task
def test(c: Context, only: str = "tests") -> None:
    """Run the tests (--only tests/bilingual for some of them)."""
    _run(c, f"{PYTHON} -m pytest -n auto {only}")


@task
def soak(c: Context, rounds: int = 60) -> None:
    """Run the tests that kill and load things, at their full counts."""
    _run(c, f"ATOGAKI_SOAK={rounds} {PYTHON} -m pytest -n auto tests -m soak")


@task
def probe(_: Context, every: float = 0, write: str = "") -> None:
    """Probe every target once (--every 60 goes on; --write FILE)."""
    from network_status.probing import main

    sys.exit(main(str(ROOT / "pelicanconf.py"), every or None, write or None))


@task
def server_install(_: Context, root: str = "", dry_run: bool = False, quiet: bool = False) -> None:
    """Make a server below --root (--dry-run: only say what)."""
    from publishing.install import install

    os.umask(0o022)  # what root copies and nginx reads, whatever the caller keeps to himself
    with _told():
        install(_layout(root), ROOT.resolve(), print, dry=dry_run, quiet=quiet)


@task
def server_upgrade(_: Context, revision: str, root: str = "") -> None:
    """Let the software of a pushed commit build, once it can: main."""
    from publishing.upgrade import upgrade

    with _told():
        upgrade(_server(root), revision, datetime.now(UTC), print)


@task
def server_back(_: Context, root: str = "") -> None:
    """Let the version build again that built before."""
    from publishing.upgrade import go_back

    with _told():
        go_back(_server(root), datetime.now(UTC), print)


@task
def releases(_: Context, root: str = "") -> None:
    """List the releases that --root keeps: live, pinned, when, what."""
    from publishing.rollback import table

    with _told():
        print(table(_server(root)))


@task
def rollback(_: Context, to: str = "", root: str = "") -> None:
    """Make the release before the live one live (--to RELEASE: that one)."""
    from publishing.rollback import roll_back
    from publishing.settings import read_settings

    with _told():
        server = _server(root)
        print(roll_back(server, read_settings(server.settings).smoke, to))


@task
def status(  # an option for each thing that a server or a person may want otherwise
    _: Context,
    public: bool = False,
    output: str = "",
    content: str = "",
    store: str = "",
    compress: bool = False,
    explain: str = "",
    deadman: bool = False,
    root: str = "",
) -> None:
    """Refresh the status alone (--explain ROUTE: why it is so; --deadman: age it)."""
    from publishing.status import Places, main, places_on

    places = Places(output, content, store)
    if root or os.environ.get("ATOGAKI_ROOT"):
        with _told():
            places = places_on(_server(root))
        public = compress = True
    settings = ROOT / ("publishconf.py" if public else "pelicanconf.py")
    sys.exit(main(settings, places, compress=compress, explain=explain, deadman=deadman))


@task
def quality(c: Context) -> None:
    """Lint, format check and types of the code."""
    for command in ("ruff check", "ruff format --check", "mypy"):
        _run(c, f"{PYTHON} -m {command}" + (" ." if command.startswith("ruff") else ""))


@task
def bench(
    c: Context, columns: int = 1000, sizes: str = "", rounds: int = 5, push: bool = False
) -> None:
    """Time builds beside stock Pelican's (--sizes 500,1000: growth; --push: a push to live)."""
    what = f"--sizes {sizes}" if sizes else f"--columns {columns}"
    _run(c, f"{PYTHON} -m bench.{'push' if push else 'build'} {what} --rounds {rounds}")


@task
def lock(c: Context) -> None:
    """Write the lock files anew from pyproject.toml."""
    compile_ = f"{PYTHON} -m uv pip compile pyproject.toml --universal --python-version 3.11"
    options = "--generate-hashes --no-header --no-annotate --no-emit-index-url --upgrade --quiet"
    _run(c, f"{compile_} {options} -o requirements.txt")
    _run(c, f"{compile_} --group test -c requirements.txt {options} -o requirements-test.txt")


def _layout(root: str) -> "Layout":
    """Return where the server lies that --root or, without it, ATOGAKI_ROOT names."""
    from publishing.layout import Layout

    given = root or os.environ.get("ATOGAKI_ROOT", "")
    if not given:
        raise Exit("which server? Name its root: --root /srv/atogaki, or ATOGAKI_ROOT", code=1)
    return Layout(Path(given).absolute())


def _server(root: str) -> "Layout":
    server = _layout(root)
    if not server.repository.is_dir():
        raise Exit(f"{server.root}: holds no server; as in --root /srv/atogaki", code=1)
    return server


@contextmanager
def _told() -> Iterator[None]:
    """End a command with what publishing has to say, and not with a traceback."""
    from publishing.errors import PublishingError

    try:
        yield
    except PublishingError as error:
        raise Exit(str(error), code=1) from None


def _run(c: Context, command: str) -> None:
    """Run a command in the project's folder, as a person sees it; end with its exit status."""
    with c.cd(str(ROOT)):
        result = c.run(command, pty=sys.stdout.isatty(), warn=True)
    if result is None or result.exited:
        raise Exit(code=result.exited if result else 1)
