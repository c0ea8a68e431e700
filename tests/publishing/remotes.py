"""Places to publish to: a real S3 server on loopback, a real SFTP server, a folder."""

import getpass
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.publishing.nginx import Answer, answers, free_port
from tests.publishing.sshd import Sshd

BUCKET = "columns"


def need_rclone() -> None:
    """Skip where rclone is missing, but fail where it must be there: in CI."""
    if shutil.which("rclone") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("apt install rclone")


@dataclass
class Place:
    """A remote: the name that `--to` has for it, and what rclone must know of it."""

    to: str
    environment: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str) -> Answer:
        """What a reader gets at a path: 200 and the file, or 404."""
        raise NotImplementedError

    def paths(self) -> set[str]:
        """Every file there, by its path."""
        raise NotImplementedError

    def sent(self) -> list[str]:
        """The paths that were written since this was last asked, where the place can tell."""
        raise NotImplementedError


@dataclass
class FolderPlace(Place):
    """A folder of this machine, or one that SFTP shows."""

    folder: Path = Path()

    def ask(self, path: str) -> Answer:
        try:
            return Answer(200, {}, (self.folder / path).read_bytes())
        except FileNotFoundError:
            return Answer(404, {}, b"")

    def paths(self) -> set[str]:
        files = (file for file in self.folder.rglob("*") if file.is_file())
        return {file.relative_to(self.folder).as_posix() for file in files}


@dataclass
class S3Place(Place):
    """A bucket; whoever knows an address may read."""

    port: int = 0
    log: Path = Path()
    _told: int = 0

    def ask(self, path: str, method: str = "GET") -> Answer:
        return self._ask(method, f"/{BUCKET}/site/{path}")

    def paths(self) -> set[str]:
        keys = re.findall(r"<Key>site/(.*?)</Key>", self._ask("GET", f"/{BUCKET}").body.decode())
        return set(keys)

    def requests(self) -> list[tuple[str, str]]:
        """The method and path of every request for a file since this was last asked."""
        log = self.log.read_text("utf-8", "replace")
        new, self._told = log[self._told :], len(log)
        plain = re.sub(r"\x1b\[[0-9;]*m", "", new)  # answers other than 200 are coloured
        found = re.findall(rf"\b(GET|HEAD|PUT|DELETE|POST) /{BUCKET}/site/(\S*) HTTP", plain)
        return [(method, path) for method, path in found if ".atogaki" not in path]

    def sent(self) -> list[str]:
        return [path for method, path in self.requests() if method == "PUT"]

    def refuse_everyone(self) -> None:
        """Ask for credentials from now on, as a real server does."""
        assert self._ask("POST", "/moto-api/reset-auth", b"0").status == 200

    def _ask(self, method: str, target: str, body: bytes | None = None) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, target, body)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()


@contextmanager
def s3(folder: Path) -> Iterator[S3Place]:
    """A server of S3 in a process of its own, with an empty bucket."""
    need_rclone()
    port, log = free_port(), folder / "moto.log"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:  # noqa: S603
        try:
            end = time.monotonic() + 60
            while not answers(port):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < end, "the S3 server does not answer"
                time.sleep(0.1)
            values = {
                "TYPE": "s3", "PROVIDER": "Other", "ENDPOINT": f"http://127.0.0.1:{port}",
                "ACCESS_KEY_ID": "key", "SECRET_ACCESS_KEY": "secret", "ACL": "public-read",
            }  # fmt: skip
            environment = {f"RCLONE_CONFIG_BUCKETS_{key}": value for key, value in values.items()}
            place = S3Place(f"buckets:{BUCKET}/site", environment, port, log)
            assert place._ask("PUT", f"/{BUCKET}").status == 200
            yield place
        finally:
            process.terminate()


def sftp(sshd: Sshd, folder: Path) -> FolderPlace:
    """A folder that sshd shows."""
    need_rclone()
    folder.mkdir(exist_ok=True)
    values = {
        "TYPE": "sftp", "HOST": "127.0.0.1", "PORT": str(sshd.port), "USER": getpass.getuser(),
        "KEY_FILE": str(sshd.folder / "person"), "SHELL_TYPE": "none",
        "KNOWN_HOSTS_FILE": str(sshd.folder / "known"),
    }  # fmt: skip
    environment = {f"RCLONE_CONFIG_MACHINE_{key}": value for key, value in values.items()}
    return FolderPlace(f"machine:{folder}", environment, folder)


def local(folder: Path) -> FolderPlace:
    """A folder of this machine."""
    need_rclone()
    folder.mkdir(exist_ok=True)
    return FolderPlace(str(folder), {}, folder)
