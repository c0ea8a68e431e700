"""The endpoint under gunicorn in a process of its own, for a site below a folder."""

import os
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from urllib.parse import urlencode

from newsletter.store import Store
from newsletter.tokens import Signer
from tests.newsletter.site import KEY

ROOT = Path(__file__).parents[2]

SETTINGS = """\
import sys
sys.path.insert(0, {root!r})
from pelicanconf import *
SITEURL = {siteurl!r}
PATH, THEME = {content!r}, {theme!r}
CACHE_PATH = "cache"
NEWSLETTER_STORE = "newsletter.sqlite"
"""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def title(self) -> str:
        """The page's heading."""
        return re.search(r"<h1>(.*?)</h1>", self.text)[1]


@dataclass
class Served:
    """The endpoint while it runs; `said` is what it wrote for who looks after it."""

    folder: Path
    process: subprocess.Popen
    port: int = 0
    said: list[str] = field(default_factory=list)

    def ask(self, path, method="GET", body=b"", client="", **headers) -> Answer:
        """Send a request as nginx would for `client`; underscores of header names are hyphens."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        fields = {"X-Forwarded-For": client} if client else {}
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, fields)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def post(self, path, client="", **fields) -> Answer:
        """Send a form as a browser does."""
        body = urlencode(fields, doseq=True).encode()
        kind = "application/x-www-form-urlencoded"
        return self.ask(path, "POST", body, client, Content_Type=kind)

    def store(self) -> Store:
        """Open the file of its people."""
        return Store(self.folder / "newsletter.sqlite", Signer(KEY.encode()))

    def memory_kb(self) -> int:
        """What its worker holds, in memory of its own."""
        pid = self.process.pid
        (worker,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        rollup = Path(f"/proc/{worker}/smaps_rollup").read_text()
        return sum(int(kb) for kb in re.findall(r"Private_\w+:\s+(\d+) kB", rollup))


@contextmanager
def running(
    folder: Path, mail_port: int, siteurl="https://columns.example", tended_s=3_600, **environ
):
    """Serve while the block runs."""
    file = folder / "siteconf.py"
    values = {"content": str(ROOT / "content"), "theme": str(ROOT / "theme")}
    file.write_text(SETTINGS.format(root=str(ROOT), siteurl=siteurl, **values), "utf-8")
    variables = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "plugins"),
        "ATOGAKI_NEWSLETTER_KEY": KEY,
        "ATOGAKI_SMTP_URL": f"smtp+plain://127.0.0.1:{mail_port}",
    }
    command = [sys.executable, "-m", "gunicorn", "--bind=127.0.0.1:0", "--threads=8"]
    process = subprocess.Popen(  # noqa: S603  our own command
        [*command, f"publishing.answering:application({str(file)!r}, {tended_s})"],
        cwd=ROOT, env=variables | environ, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    served = Served(folder, process)
    ready = threading.Event()
    reader = threading.Thread(target=_follow, args=(served, ready))
    reader.start()
    try:
        assert ready.wait(60), "".join(served.said)
        assert served.port, "".join(served.said)
        yield served
    finally:
        process.terminate()
        process.wait(30)
        reader.join()
        process.stderr.close()


def _follow(served: Served, ready: threading.Event) -> None:
    """Read what gunicorn says, until it ends."""
    for line in served.process.stderr:
        served.said.append(line)
        if found := re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", line):
            served.port = int(found[1])
        if "Booting worker" in line:
            ready.set()
    ready.set()
