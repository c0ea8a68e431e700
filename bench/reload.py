"""How long a save takes until the page that shows it reloads, in the preview.

`python -m bench.reload`: `serve` on a copy of this repository's site, an open connection as a
page has it, and a text that is saved again and again.
"""

import argparse
import http.client
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

from rich.console import Console

from bench.build import machine
from bench.corpus import ROOT

_SITE = ("content", "theme", "plugins", "pelicanconf.py")
_SERVE = """
import pathlib, sys
sys.path.insert(0, "plugins")
from press.serve import serve
serve(pathlib.Path("."), port=0)
"""
_READY = re.compile(r"http://127\.0\.0\.1:(\d+)/ follows your edits")
_TEXT = "content/columns/{}/ja.md"
_PAGE = "/ja/columns/{}/"
_COLUMN = "2020-06-10-one-percent"
PATIENCE_S = 60
PAUSE_S = 2.0
"""Between two saves: a writer reads the page first, and the next build loads its code."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Save as often as the command line says, and print how long each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    asked = parser.parse_args(arguments)
    console = Console()
    console.print(machine())
    with _served() as (site, port):
        times_s = sorted(_saved(site, port, number) for number in range(asked.rounds))
    console.print(
        f"save to reload, {asked.rounds} saves: least {times_s[0]:.2f} s, "
        f"median {median(times_s):.2f} s, most {times_s[-1]:.2f} s"
    )


@contextmanager
def _served() -> Iterator[tuple[Path, int]]:
    """Serve a copy of the site, built once; give its folder and its port."""
    with tempfile.TemporaryDirectory(prefix="atogaki-bench-") as folder:
        site = Path(folder)
        for name in _SITE:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            copy(ROOT / name, site / name)
        with subprocess.Popen(  # noqa: S603  ours
            [sys.executable, "-c", _SERVE], cwd=site, stdout=subprocess.PIPE, text=True
        ) as process:
            lines = iter(process.stdout or ())
            ready = next(found for found in map(_READY.match, lines) if found)
            try:
                yield site, int(ready[1])
            finally:
                process.send_signal(signal.SIGINT)
                process.communicate()


def _saved(site: Path, port: int, number: int) -> float:
    """Save the column once more and return the seconds until its page is told to reload."""
    time.sleep(PAUSE_S)
    shown = re.search(r"shown=(\d+)", _ask(port, _PAGE.format(_COLUMN[11:])).read().decode())
    if shown is None:
        raise SystemExit("the page does not wait for its reload")
    waiting = _ask(port, f"/.reload?shown={shown[1]}")
    start = time.perf_counter()
    with (site / _TEXT.format(_COLUMN)).open("a", encoding="utf-8") as text:
        text.write(f"\n追記{number}。\n")
    with closing(waiting):
        while not waiting.readline().startswith(b"data:"):
            pass
    return time.perf_counter() - start


def _ask(port: int, path: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    connection.request("GET", path)
    return connection.getresponse()


if __name__ == "__main__":
    main()
