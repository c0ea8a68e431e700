"""The commands: `.venv/bin/invoke --list` shows them, `make NAME` runs one."""

import shlex
import sys
from pathlib import Path

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT / "plugins"))

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
def status(  # an option for each thing that a server or a person may want otherwise
    _: Context,
    public: bool = False,
    output: str = "",
    content: str = "",
    store: str = "",
    compress: bool = False,
    explain: str = "",
    deadman: bool = False,
) -> None:
    """Refresh the status alone (--explain ROUTE: why it is so; --deadman: age it)."""
    from publishing.status import Places, main

    settings = ROOT / ("publishconf.py" if public else "pelicanconf.py")
    places = Places(output, content, store)
    sys.exit(main(settings, places, compress=compress, explain=explain, deadman=deadman))


@task
def quality(c: Context) -> None:
    """Lint, format check and types of the code."""
    for command in ("ruff check", "ruff format --check", "mypy"):
        _run(c, f"{PYTHON} -m {command}" + (" ." if command.startswith("ruff") else ""))


@task
def bench(
    c: Context, columns: int = 1000, sizes: str = "", rounds: int = 5, status: bool = False
) -> None:
    """Time builds beside stock Pelican's (--sizes 500,1000: growth; --status: refreshes)."""
    if status:
        _run(c, f"{PYTHON} -m bench.status --rounds {rounds}")
        return
    what = f"--sizes {sizes}" if sizes else f"--columns {columns}"
    _run(c, f"{PYTHON} -m bench.build {what} --rounds {rounds}")


@task
def lock(c: Context) -> None:
    """Write the lock files anew from pyproject.toml."""
    compile_ = f"{PYTHON} -m uv pip compile pyproject.toml --universal --python-version 3.11"
    options = "--generate-hashes --no-header --no-annotate --no-emit-index-url --upgrade --quiet"
    _run(c, f"{compile_} {options} -o requirements.txt")
    _run(c, f"{compile_} --group test -c requirements.txt {options} -o requirements-test.txt")


def _run(c: Context, command: str) -> None:
    """Run a command in the project's folder, as a person sees it; end with its exit status."""
    with c.cd(str(ROOT)):
        result = c.run(command, pty=sys.stdout.isatty(), warn=True)
    if result is None or result.exited:
        raise Exit(code=result.exited if result else 1)
