"""The commands: `.venv/bin/invoke --list` shows them, `make NAME` runs one."""

import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

from invoke.collection import Collection
from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

if TYPE_CHECKING:
    from newsletter.desk import Desk

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT / "plugins"))

PYTHON = shlex.quote(sys.executable)


@task
def site(c: Context, public: bool = False, output: str = "output") -> None:
    """Build content/ into output/ (--public: publishconf.py)."""
    settings = "publishconf.py" if public else "pelicanconf.py"
    _run(c, f"{PYTHON} -m pelican content -s {settings} -o {shlex.quote(output)}")


@task
def serve(_: Context, port: str = "8000") -> None:
    """Show the site here, drafts too, and follow every save."""
    from press.serve import port_of, serve

    serve(ROOT, port_of(port))


@task
def check(_: Context) -> None:
    """Name all that is wrong in content/ by file and line."""
    from lint.run import main

    sys.exit(main(str(ROOT / "pelicanconf.py")))


@task(iterable=["title"])
def new(_: Context, slug: str, title: list[str]) -> None:
    """Begin a column: new cable-fault --title en="A cut"."""
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
    """Run the tests that kill and load, at full counts."""
    _run(c, f"ATOGAKI_SOAK={rounds} {PYTHON} -m pytest -n auto tests -m soak")


@task
def probe(_: Context, every: float = 0, write: str = "") -> None:
    """Probe every target once (--every 60, --write FILE)."""
    from network_status.probing import main

    sys.exit(main(str(ROOT / "pelicanconf.py"), every or None, write or None))


@task(name="send")
def newsletter_send(
    _: Context,
    slug: str,
    lang: str = "",
    to: str = "",
    via: str = "smtp",
    rate: int = 600,
    root: str = "",
    dry_run: bool = False,
    yes: bool = False,
) -> None:
    """Send a column (--dry-run; --to ADDRESS is a test)."""
    from newsletter.sending import Wish, send

    wish = Wish(slug, lang, to, via, rate, dry_run, yes)
    _newsletter(root, lambda desk: send(desk, wish))


@task(name="resolve")
def newsletter_resolve(
    _: Context,
    edition: str,
    address: str = "",
    root: str = "",
    sent: bool = False,
    not_sent: bool = False,
) -> None:
    """Show what may have been sent, or decide (--sent)."""
    from newsletter.sending import resolve

    if sent and not_sent:
        raise Exit("write --sent or --not-sent, and not both")
    decided = sent if sent or not_sent else None
    _newsletter(root, lambda desk: resolve(desk, edition, address, sent=decided))


@task(name="preview")
def newsletter_preview(_: Context, slug: str, lang: str = "", mailbox: str = "") -> None:
    """Write a column's mails into a mailbox file."""
    from newsletter.preview import main

    sys.exit(main(str(ROOT / "pelicanconf.py"), slug, lang, mailbox))


@task(name="import")
def subscribers_import(_: Context, file: str, root: str = "") -> None:
    """Take people from a CSV file; bad rows are named."""
    from newsletter.roster import import_file

    _newsletter(root, lambda desk: import_file(desk, Path(file), int(time())))


@task(name="list")
def subscribers_list(_: Context, root: str = "", csv: bool = False) -> None:
    """Show everybody (--csv: as import reads them)."""
    from newsletter.roster import list_all

    _newsletter(root, lambda desk: list_all(desk, as_csv=csv, out=sys.stdout))


@task(name="remove")
def subscribers_remove(_: Context, address: str, root: str = "") -> None:
    """Erase somebody; no old import brings them back."""
    from newsletter.roster import remove

    _newsletter(root, lambda desk: remove(desk, address, int(time())))


@task(name="sync")
def subscribers_sync(_: Context, from_: str = "", root: str = "") -> None:
    """Take people from a listmonk server (--from URL)."""
    from newsletter.roster import sync_from

    _newsletter(root, lambda desk: sync_from(desk, from_, int(time())))


@task
def quality(c: Context) -> None:
    """Lint, format check and types of the code."""
    for command in ("ruff check", "ruff format --check", "mypy"):
        _run(c, f"{PYTHON} -m {command}" + (" ." if command.startswith("ruff") else ""))


@task
def bench(c: Context, columns: int = 1000, sizes: str = "", rounds: int = 5) -> None:
    """Time builds beside stock Pelican's (--sizes: growth)."""
    what = f"--sizes {sizes}" if sizes else f"--columns {columns}"
    _run(c, f"{PYTHON} -m bench.build {what} --rounds {rounds}")


@task
def lock(c: Context) -> None:
    """Write the lock files anew from pyproject.toml."""
    compile_ = f"{PYTHON} -m uv pip compile pyproject.toml --universal --python-version 3.11"
    options = "--generate-hashes --no-header --no-annotate --no-emit-index-url --upgrade --quiet"
    _run(c, f"{compile_} {options} -o requirements.txt")
    _run(c, f"{compile_} --group test -c requirements.txt {options} -o requirements-test.txt")


def _newsletter(root: str, command: "Callable[[Desk], int]") -> None:
    """Run a command of the newsletter on this machine's files, or on those of a server's root."""
    from newsletter.desk import desk_of, told
    from publishing.layout import Layout

    layout = Layout(Path(root)) if root else None

    def run() -> int:
        where = (layout.newsletter_store, layout.current) if layout else ()
        return command(desk_of(ROOT / "publishconf.py", os.environ, *where))

    sys.exit(told(run))


def _run(c: Context, command: str) -> None:
    """Run a command in the project's folder, as a person sees it; end with its exit status."""
    with c.cd(str(ROOT)):
        result = c.run(command, pty=sys.stdout.isatty(), warn=True)
    if result is None or result.exited:
        raise Exit(code=result.exited if result else 1)


ns = Collection(site, serve, check, new, test, soak, probe, quality, bench, lock)
ns.add_collection(Collection("newsletter", newsletter_send, newsletter_resolve, newsletter_preview))
ns.add_collection(
    Collection(
        "subscribers", subscribers_import, subscribers_list, subscribers_remove, subscribers_sync
    )
)
