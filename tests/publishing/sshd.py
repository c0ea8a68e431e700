"""A real sshd on the loopback, with keys of its own."""

import getpass
import os
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.publishing.nginx import free_port

_CONFIG = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
PidFile none
AuthorizedKeysFile {folder}/person.pub
StrictModes no
UsePAM no
PermitRootLogin prohibit-password
PasswordAuthentication no
Subsystem sftp internal-sftp
"""


@dataclass(frozen=True)
class Sshd:
    """Where it answers, and the `ssh` command that it knows."""

    port: int
    folder: Path

    @property
    def command(self) -> str:
        known = f"-o UserKnownHostsFile={self.folder / 'known'} -o BatchMode=yes"
        key = shlex.quote(str(self.folder / "person"))
        return f"ssh -F /dev/null -p {self.port} -i {key} -o IdentitiesOnly=yes {known}"

    def address_of(self, repository: Path) -> str:
        return f"{getpass.getuser()}@127.0.0.1:{repository}"


def need_sshd() -> str:
    """Return sshd's path; skip where it is missing, but fail where it must be: in CI."""
    found = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        stop = pytest.fail if os.environ.get("CI") else pytest.skip
        stop("sshd is not installed: apt install openssh-server")
    return found


@contextmanager
def running(folder: Path) -> Iterator[Sshd]:
    """Run sshd as this user until the block ends."""
    sshd = need_sshd()
    folder.mkdir()
    for name in ("host", "person"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(command, check=True)  # noqa: S603
    port = free_port()
    (folder / "config").write_text(_CONFIG.format(port=port, folder=folder))
    host = " ".join((folder / "host.pub").read_text().split()[:2])
    (folder / "known").write_text(f"[127.0.0.1]:{port} {host}\n")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # root's sshd asks for it
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(  # noqa: S603
            [sshd, "-D", "-e", "-f", str(folder / "config")], stderr=log
        ) as process,
    ):
        try:
            _wait_for(port, process)
            yield Sshd(port, folder)
        finally:
            process.terminate()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert process.poll() is None, "sshd ended"
            assert time.monotonic() < end
            time.sleep(0.05)
        else:
            return
