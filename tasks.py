"""The commands: `.venv/bin/invoke --list` shows them, `make NAME` runs one."""

import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

from invoke.collection import Collection
from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

if TYPE_CHECKING:
    from newsletter.desk import Desk
    from publishing.layout import Layout
    from publishing.remote import Source

ROOT = Path(__file__).parent
sys.path[:0] = [str(ROOT), str(ROOT / "plugins")]

PYTHON = shlex.quote(sys.executable)
AT_ONCE = f"-n {(os.cpu_count() or 1) + 2} --dist loadfile --no-loadscope-reorder"
"""Two tests more than processors, as there are always some that wait for their servers; those of a
file in one process, so that its servers and browser are started once; the short files, which come
last in the alphabet, at the end, when processes run out of work."""
BENCHMARKS = ("build", "reload", "push", "serve", "status", "newsletter")


@task
def site(c: Context, public: bool = False, output: str = "output") -> None:
    """Build output/ (--public: as publishconf.py says)."""
    settings = "publishconf.py" if public else "pelicanconf.py"
    _run(c, f"{PYTHON} -m pelican content -s {settings} -o {shlex.quote(output)}")


@task
def serve(_: Context, port: str = "8000") -> None:
    """Show the site, drafts too, and follow every save."""
    from press.serve import port_of, serve

    serve(ROOT, port_of(port))


@task
def check(_: Context) -> None:
    """Name all that is wrong in content/ by file and line."""
    from lint.run import main

    # As in public: the site's own address, written out, is then known for one.
    sys.exit(main(str(ROOT / "publishconf.py")))


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
    """Run the tests (--only tests/bilingual for some)."""
    _run(c, f"{PYTHON} -m pytest {AT_ONCE} {only}")


@task
def soak(c: Context, rounds: int = 60) -> None:
    """Run the tests that kill and load, at full counts."""
    _run(c, f"ATOGAKI_SOAK={rounds} {PYTHON} -m pytest {AT_ONCE} tests -m soak")


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

    _newsletter(root, lambda desk: list_all(desk, as_csv=csv, out=sys.stdout, now=int(time())))


@task(name="remove")
def subscribers_remove(_: Context, address: str, root: str = "") -> None:
    """Erase somebody; no old import brings them back."""
    from newsletter.roster import remove

    _newsletter(root, lambda desk: remove(desk, address, int(time())))


@task(name="languages")
def subscribers_languages(_: Context, whom: str, languages: str, root: str = "") -> None:
    """Set somebody's languages (an address, ja,en)."""
    from newsletter.roster import change_languages

    _newsletter(root, lambda desk: change_languages(desk, whom, languages, int(time())))


@task(name="sync")
def subscribers_sync(_: Context, from_: str = "", root: str = "", insist: bool = False) -> None:
    """Take people from a listmonk server (--from URL)."""
    from newsletter.roster import sync_from

    _newsletter(root, lambda desk: sync_from(desk, from_, int(time()), insist=insist))


@task
def server_install(_: Context, root: str = "", dry_run: bool = False, quiet: bool = False) -> None:
    """Make a server below --root (--dry-run: say what)."""
    from publishing.install import install

    os.umask(0o022)  # what root copies and nginx reads, whatever the caller keeps to himself
    with _told():
        install(_layout(root), ROOT.resolve(), print, dry=dry_run, quiet=quiet)


@task
def server_upgrade(_: Context, revision: str, root: str = "") -> None:
    """Let a pushed commit's software build, as of main."""
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
    """List the releases: live, pinned, when and what."""
    from publishing.rollback import table

    with _told():
        print(table(_server(root)))


@task
def rollback(_: Context, to: str = "", root: str = "") -> None:
    """Go back to the release before (or --to RELEASE)."""
    from publishing.rollback import roll_back
    from publishing.settings import read_settings

    with _told():
        server = _server(root)
        print(roll_back(server, read_settings(server.settings).smoke, to))


@task
def publish(_: Context, to: str, from_: str = "", root: str = "", dry_run: bool = False) -> None:
    """Bring output/, or --root's release, to a remote."""
    from publishing.remote import publish

    with _told():
        publish(_source(root, from_), to, datetime.now(UTC), print, dry=dry_run)


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
    to: str = "",
) -> None:
    """Refresh the status (--explain ROUTE, --to REMOTE)."""
    from publishing.status import Places, main, places_on

    if deadman and to:
        _age_remote(root, to)
        return
    places = Places(output, content, store)
    if root or os.environ.get("ATOGAKI_ROOT"):
        with _told():
            places = places_on(_server(root), deadman=deadman)
        public = compress = True
    settings = ROOT / ("publishconf.py" if public else "pelicanconf.py")
    ended = main(settings, places, compress=compress, explain=explain, deadman=deadman)
    if to and not explain:
        _send_status(root, output, to)
    sys.exit(ended)


@task
def quality(c: Context) -> None:
    """Lint, format check and types of the code."""
    for command in ("ruff check", "ruff format --check", "mypy"):
        _run(c, f"{PYTHON} -m {command}" + (" ." if command.startswith("ruff") else ""))


@task
def bench(
    c: Context, of: str = "build", columns: int = 0, sizes: str = "", rounds: int = 0
) -> None:
    """Measure (--of reload, push, serve, status, …)."""
    if of not in BENCHMARKS:
        raise Exit(
            f"--of {of}: there is none of that; write one of {', '.join(BENCHMARKS)}", code=1
        )
    given = {"columns": columns, "sizes": shlex.quote(sizes) if sizes else "", "rounds": rounds}
    options = " ".join(f"--{name} {value}" for name, value in given.items() if value)
    _run(c, f"{PYTHON} -m bench.{of} {options}")


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


def _source(root: str, folder: str) -> "Source":
    """Return what to publish: what a server shows, or a build in this checkout."""
    from publishing.remote import Source, source_on

    if not folder and (root or os.environ.get("ATOGAKI_ROOT")):
        return source_on(_server(root))
    site = Path(folder or ROOT / "output").absolute()
    return Source(site, site, ROOT / "var")


def _send_status(root: str, output: str, to: str) -> None:
    from publishing.remote import publish_status

    with _told():
        publish_status(_source(root, output), to, datetime.now(UTC), print)


def _age_remote(root: str, to: str) -> None:
    from network_status.conf import read_settings
    from publishing.remote import age_status

    var = _server(root).var if root or os.environ.get("ATOGAKI_ROOT") else ROOT / "var"
    with _told():
        age_status(read_settings(ROOT / "publishconf.py"), var, to, datetime.now(UTC), print)


@contextmanager
def _told() -> Iterator[None]:
    """End a command with what publishing has to say, and not with a traceback."""
    from publishing.errors import PublishingError

    try:
        yield
    except PublishingError as error:
        raise Exit(str(error), code=1) from None


def _newsletter(root: str, command: "Callable[[Desk], int]") -> None:
    """Run a command of the newsletter on this machine's files, or on those of a server's root."""
    from newsletter.desk import desk_of, told

    server = _layout(root) if root or os.environ.get("ATOGAKI_ROOT") else None

    def run() -> int:
        where = (server.newsletter_store, server.current) if server else ()
        return command(desk_of(ROOT / "publishconf.py", os.environ, *where))

    sys.exit(told(run))


def _run(c: Context, command: str) -> None:
    """Run a command in the project's folder, as a person sees it; end with its exit status."""
    with c.cd(str(ROOT)):
        result = c.run(command, pty=sys.stdout.isatty(), warn=True)
    if result is None or result.exited:
        raise Exit(code=result.exited if result else 1)


ns = Collection(
    *(site, serve, check, new, status, probe),
    *(server_install, server_upgrade, server_back, releases, rollback, publish),
    *(test, soak, quality, bench, lock),
)
ns.add_collection(Collection("newsletter", newsletter_send, newsletter_resolve, newsletter_preview))
ns.add_collection(
    Collection(
        "subscribers",
        *(subscribers_import, subscribers_list, subscribers_languages),
        *(subscribers_remove, subscribers_sync),
    )
)
