"""The real nginx on loopback, with the files that root would put in place and no others."""

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPMessage, HTTPSConnection
from pathlib import Path

import pytest

from publishing.configuration import NGINX

MODULE = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")

MAIN = """\
{user}
daemon off;
worker_processes 1;
pid nginx.pid;
load_module {module};
events {{ worker_connections 512; }}
http {{
    access_log {log};
    {temporary}
    include conf.d/*.conf;
}}
"""


def need_nginx():
    """Skip where nginx or its module is missing, but fail where it must be there: in CI."""
    if shutil.which("nginx") and MODULE.exists():
        return
    stop = pytest.fail if os.environ.get("CI") else pytest.skip
    stop("not installed: apt install nginx-light libnginx-mod-http-brotli-static")


def free_port():
    """A port of loopback on which nothing listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: HTTPMessage
    body: bytes

    def __getitem__(self, name: str) -> str:
        """A header; where it was sent more than once, all of it, as a list is."""
        return ", ".join(self.headers.get_all(name, ["-"]))


@dataclass(frozen=True)
class Nginx:
    """A running nginx below `folder`."""

    folder: Path
    port: int
    host: str = "columns.example"

    def ask(self, target, *, method="GET", port=None, body=None, tls=None, **headers) -> Answer:
        """Send one request, the target as it is; underscores of header names become hyphens."""
        kind = partial(HTTPSConnection, context=tls) if tls else HTTPConnection
        connection = kind("127.0.0.1", port or self.port, timeout=10)
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, target, body, {"Host": self.host} | fields)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def reload(self):
        """Read the configuration again, as `systemctl reload nginx` does; wait for new workers."""
        before = self.workers()
        os.kill(int((self.folder / "nginx.pid").read_text()), signal.SIGHUP)
        deadline = time.monotonic() + 10
        while self.workers() & before:
            assert time.monotonic() < deadline, "the old workers stay"
            time.sleep(0.02)

    def workers(self):
        """The process ids of nginx's workers."""
        pid = (self.folder / "nginx.pid").read_text().strip()
        return set(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def write_configuration(folder: Path, files, log="off"):
    """Lay out below `folder` what nginx reads."""
    (folder / "conf.d").mkdir(parents=True, exist_ok=True)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    main = MAIN.format(
        user="user root;" if os.geteuid() == 0 else "",
        module=MODULE,
        log=log,
        temporary=" ".join(f"{kind}_temp_path temp-{kind};" for kind in kinds),
    )
    (folder / "nginx.conf").write_text(main)
    for place, text in files.items():
        if place.parent == NGINX:
            (folder / "conf.d" / place.name).write_text(text)


def command(folder: Path, *options: str) -> list[str]:
    """The command that runs nginx there."""
    return ["nginx", "-p", str(folder), "-c", "nginx.conf", "-e", "error.log", *options]


@contextmanager
def running(folder: Path, files, port: int, host: str = "columns.example", log="off"):
    """Nginx while it runs, from the moment it answers."""
    need_nginx()
    write_configuration(folder, files, log)
    process = subprocess.Popen(command(folder))  # noqa: S603  our own
    try:
        deadline = time.monotonic() + 10
        while not answers(port):
            assert process.poll() is None, (folder / "error.log").read_text()
            assert time.monotonic() < deadline, "nginx does not answer"
            time.sleep(0.02)
        yield Nginx(folder, port, host)
    finally:
        process.terminate()
        process.wait(10)


def answers(port: int) -> bool:
    """Whether anything listens."""
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0
