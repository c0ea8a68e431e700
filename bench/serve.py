"""How many readers of one column nginx serves on this machine: `python -m bench.serve`.

wrk asks over loopback for ten seconds and more than a server would ever be asked at once; both
share the processors, so that a machine of its own serves more.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.build import machine
from bench.corpus import ROOT
from publishing.compression import Twins
from publishing.configuration import files
from publishing.layout import Layout
from publishing.settings import ServerSettings
from tests.publishing.nginx import Nginx, free_port, running

COLUMN = "/ja/columns/one-percent/"
SECONDS = 10
CONNECTIONS = 64


@dataclass(frozen=True)
class Load:
    """What wrk measured: answers a second, milliseconds until half and 99 % had theirs, errors."""

    per_second: float
    median_ms: float
    slowest_ms: float
    errors: int


def main() -> None:
    """Serve the site of this repository, ask for a column in each coding, and print a table."""
    if shutil.which("wrk") is None or shutil.which("nginx") is None:
        sys.exit("not installed: apt install wrk nginx-light libnginx-mod-http-brotli-static")
    console = Console()
    console.print(machine())
    table = Table("answer", "bytes", "requests/s", "median ms", "99 % ms", "errors", title=COLUMN)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as nginx:
        for coding in ("br", "gzip", "identity"):
            answer = nginx.ask(COLUMN, Accept_Encoding=coding)
            load = ask(nginx, {"Accept-Encoding": coding})
            table.add_row(coding, f"{len(answer.body):,}", *figures(load))
        known = nginx.ask(COLUMN, Accept_Encoding="br")["ETag"]
        load = ask(nginx, {"Accept-Encoding": "br", "If-None-Match": known})
        table.add_row("304", "0", *figures(load))
    console.print(table)


@contextmanager
def serving(folder: Path) -> Iterator[Nginx]:
    """Nginx with the server's own configuration in front of the site, built for the public."""
    layout = Layout(folder / "root")
    release = layout.releases / "first"
    release.parent.mkdir(parents=True)
    settings = ("-s", "publishconf.py", "-o", str(release), "--quiet")
    command = [sys.executable, "-m", "pelican", "content", *settings]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603  our own command
    layout.current.symlink_to("releases/first")
    page = release / COLUMN.strip("/") / "index.html"
    for ending in (".br", ".gz"):
        twin = Twins(layout.compressed).of(page.read_bytes(), ending)
        if twin:
            shutil.copy(twin, page.with_name(f"{page.name}{ending}"))
    port = free_port()
    web = {"names": ["columns.example"], "listen": [f"127.0.0.1:{port}"], "loopback": ""}
    server = ServerSettings.model_validate({"name": "bench", "web": web})
    with running(folder / "nginx", files(layout, server, ("ja", "en"), "nobody"), port) as nginx:
        yield nginx


def ask(nginx: Nginx, headers: dict[str, str]) -> Load:
    """Load the server for ten seconds."""
    given = {"Host": nginx.host} | headers
    options = [part for name, value in given.items() for part in ("-H", f"{name}: {value}")]
    address = f"http://127.0.0.1:{nginx.port}{COLUMN}"
    command = ["wrk", f"-c{CONNECTIONS}", "-t2", f"-d{SECONDS}s", "--latency", *options, address]
    done = subprocess.run(  # noqa: S603  our own command
        command, capture_output=True, text=True, check=True, timeout=SECONDS + 30
    )
    return load_in(done.stdout)


def load_in(said: str) -> Load:
    """Return what wrk printed."""
    (per_second,) = re.findall(r"Requests/sec:\s+([\d.]+)", said)
    failed = re.findall(r"Non-2xx or 3xx responses: (\d+)", said)
    sockets = re.findall(r"(?:connect|read|write|timeout) (\d+)", said)
    return Load(
        float(per_second), _ms(said, "50%"), _ms(said, "99%"), sum(map(int, failed + sockets))
    )


def figures(load: Load) -> tuple[str, ...]:
    """Return a load as the cells of a row."""
    return (
        f"{load.per_second:,.0f}", f"{load.median_ms:.2f}", f"{load.slowest_ms:.2f}",
        str(load.errors),
    )  # fmt: skip


def _ms(said: str, share: str) -> float:
    (found,) = re.findall(rf"{share}\s+([\d.]+)(us|ms|s)\b", said)
    return float(found[0]) * {"us": 0.001, "ms": 1, "s": 1000}[found[1]]


if __name__ == "__main__":
    main()
