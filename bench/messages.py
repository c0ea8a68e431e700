"""What sending costs: many messages to a mail server on this machine that throws them away.

The sender is a process of its own, as `invoke newsletter.send` runs it, with the ledger on the
disk, and so is the server; figures are the sender's.
"""

import os
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from rich.table import Table

from bench.build import Cost
from bench.corpus import ROOT
from newsletter.delivery import Clock, Delivery, Letter, Pace
from newsletter.journal import Journal
from newsletter.ledger import Ledger
from newsletter.model import LANGUAGE_PLACE, UNSUBSCRIBE_PLACE, Consent, Edition, Sender
from newsletter.relay import Connection, Relay, Tls
from newsletter.store import Store
from newsletter.subscribers import Enrolment, Subscribers
from newsletter.tokens import Signer

_SIGNER = Signer(b"of a benchmark, and of no other use")
_PLACES = f"{UNSUBSCRIBE_PLACE}\n{LANGUAGE_PLACE}\n"
EDITION = Edition(
    "benchmark0/ja", "benchmark", "ja", "海底ケーブルが切れた朝", "朝の三時に",
    "上海との回線が切れたのは、朝の三時だった。\n" * 150 + _PLACES,
    "<p>上海との回線が切れたのは、朝の三時だった。</p>\n" * 300 + _PLACES,
    "https://columns.example/ja/columns/benchmark/", {},
)  # fmt: skip
"""An edition as long as the usual one: 9 KB of text and 21 KB of HTML."""
SENDER = Sender(
    "あとがき編集部", "columns@atogaki.example", "ja.columns.atogaki.example",
    "https://columns.example/ja/columns/", "https://columns.example/newsletter/ja",
    "unsubscribe@atogaki.example",
)  # fmt: skip


def messages(counts: tuple[int, ...]) -> dict[int, Cost]:
    """Send the edition to so many people, each number in a process of its own."""
    with _server() as port:
        return {count: _send(count, port) for count in counts}


def messages_table(costs: dict[int, Cost]) -> Table:
    """Lay out what each number of recipients cost."""
    table = Table(title="an edition by SMTP, over one connection")
    for head in ("recipients", "wall s", "CPU s", "messages a second", "CPU ms each", "peak MB"):
        table.add_column(head, justify="right")
    for count, cost in costs.items():
        table.add_row(
            f"{count:,}",
            f"{cost.wall_s:.1f}",
            f"{cost.cpu_s:.1f}",
            f"{count / cost.wall_s:.0f}",
            f"{cost.cpu_s / count * 1000:.2f}",
            f"{cost.peak_mb:.1f}",
        )
    return table


def _send(count: int, port: int) -> Cost:
    with tempfile.TemporaryDirectory(prefix="atogaki-bench-") as folder:
        store = Path(folder, "newsletter.sqlite")
        consent = Consent(0, "of a benchmark")
        with Store(store, _SIGNER) as people:
            Subscribers(people).enrol(
                Enrolment(f"{token_hex(6)}@customer.example", "山田 花子", ("ja",), consent)
                for _ in range(count)
            )
        command = [sys.executable, "-m", "bench.messages", str(store), str(port)]
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT)  # noqa: S603  ours
        _, status, used = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"sending failed, status {process.returncode}")
    return Cost(wall_s, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _deliver(store: Path, port: int) -> None:
    with Store(store, _SIGNER) as people:
        Delivery(
            Letter(EDITION, SENDER, _SIGNER),
            Ledger(people, EDITION.id),
            Journal(store.with_suffix(".journal")),
            Connection(Relay("127.0.0.1", port, Tls.NONE)),
            Clock(time.time, time.sleep),
            Pace(per_minute=0),
        ).run(lambda _: None)


class _Sink(socketserver.StreamRequestHandler):
    """Just enough of SMTP to take a message and forget it: a server that costs next to nothing."""

    def handle(self) -> None:
        self.wfile.write(b"220 sink\r\n")
        while line := self.rfile.readline():
            command = line[:4].upper()
            if command == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                while self.rfile.readline() != b".\r\n":
                    pass
            self.wfile.write(b"221 bye\r\n" if command == b"QUIT" else b"250 2.0.0 ok\r\n")


@contextmanager
def _server() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Sink) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


if __name__ == "__main__":
    _deliver(Path(sys.argv[1]), int(sys.argv[2]))
