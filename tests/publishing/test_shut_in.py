"""Each service does its work in the sandbox of its unit, and can do nothing else."""

import getpass
import re
import shutil
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest

from publishing import releases
from publishing.configuration import SYSTEMD, files
from publishing.settings import ServerSettings
from tests.publishing import shut_in
from tests.publishing.builders import on_main
from tests.publishing.conftest import CHECKOUT, FIRST_VERSION
from tests.publishing.nginx import answers, free_port

SECRETS = """\
# Of a test.
ATOGAKI_NEWSLETTER_KEY=01234567890123456789012345678901
ATOGAKI_SMTP_URL=smtp+plain://localhost:1
"""
KEPT = (CHECKOUT, Path(sys.prefix).resolve(), Path(sys.base_prefix))


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def unit(layout, port, tmp_path):
    """The units of the server, by the names of their services."""
    web = {"names": ["columns.example"], "newsletter": f"127.0.0.1:{port}"}
    given = ServerSettings.model_validate({"name": "columns", "web": web})
    layout.secrets.write_text(SECRETS)
    for place, text in files(layout, given, ("ja", "en"), getpass.getuser()).items():
        if place.parent == SYSTEMD:
            (tmp_path / place.name).write_text(text)
    return lambda name: tmp_path / f"columns-{name}.service"


@pytest.fixture
def run(unit):
    def run(name):
        command = shut_in.command(unit(name), *KEPT)
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603

    return run


@pytest.fixture
def main(desk):
    """What main stands at: a commit that no hook has seen, with a column of the future."""
    shutil.copytree(
        CHECKOUT / "content/status", desk.root / "content/status",
        ignore=shutil.ignore_patterns("incidents"),
    )  # fmt: skip
    desk.column(f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}-due")
    return on_main(desk)


def test_the_worker_builds_and_the_status_follows_shut_in(layout, run, main):
    """A column that comes due goes live by the timer's worker alone.

    Where the content is gone no status is drawn without it, and the old one ages.
    """
    done = run("worker")
    assert 0 == done.returncode, done.stderr
    live = releases.live(layout)
    assert (main, FIRST_VERSION) == (live.commit, live.version)
    assert live.next_due
    for name in ("status", "deadman"):
        done = run(name)
        assert (0, "") == (done.returncode, done.stderr)
        assert (layout.status / "ja/status/index.html").is_file()
    shutil.rmtree(layout.builds)
    assert "content: is missing; a server's worker brings it back" in run("status").stderr
    assert 0 == run("deadman").returncode


def test_a_build_goes_on_where_it_cannot_leave_the_network(layout, unit, run, main):
    """Some kernels, and many containers, give an ordinary user no namespaces."""
    worker = unit("worker")
    text = worker.read_text()
    assert "RestrictNamespaces=user net\n" in text
    worker.write_text(text.replace("RestrictNamespaces=user net\n", "RestrictNamespaces=yes\n"))
    done = run("worker")
    assert (0, main) == (done.returncode, releases.live(layout).commit), done.stderr


@pytest.mark.usefixtures("main")
def test_the_newsletter_answers_shut_in(run, unit, port):
    assert 0 == run("worker").returncode
    command = shut_in.command(unit("newsletter"), *KEPT)
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as serving:  # noqa: S603
        try:
            end = time.monotonic() + 60
            while not answers(port):
                assert serving.poll() is None, serving.stderr.read()
                assert time.monotonic() < end
                time.sleep(0.1)
            with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
                connection.request("GET", "/newsletter/ja/leave?token=x")
                answer = connection.getresponse()
                said = answer.read().decode()
            assert ("text/html; charset=utf-8", 404) == (
                answer.headers["Content-Type"], answer.status,
            ), said  # fmt: skip
        finally:
            serving.terminate()


TRIALS = """\
open('/var/forbidden', 'w')
open('/etc/hostname', 'a')
open('/proc/sys/kernel/domainname', 'w')
os.setuid(65534)
os.chown('mine', 1, 1)
socket.socket(socket.AF_PACKET)
mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)
subprocess.run(['mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], check=True)
subprocess.run(['unshare', '--user', 'true'], check=True)
""".splitlines()
SCRIPT = """\
import mmap, os, socket, subprocess
os.chdir({root!r})
open('mine', 'w').close()
for trial in {trials!r}:
    try:
        exec(trial)
    except (OSError, subprocess.CalledProcessError):
        print('refused:', trial)
"""


def test_a_service_cannot_do_what_it_has_no_need_of(layout, unit, run):
    """The sandbox of these tests is one: what a unit forbids fails in it, and nothing else does."""
    script = layout.root / "try.py"
    script.write_text(SCRIPT.format(root=str(layout.root), trials=TRIALS))
    status = unit("status")
    ours = re.sub(r"(?m)^ExecStart=.*$", f"ExecStart={layout.python} {script}", status.read_text())
    status.write_text(ours)
    done = run("status")
    assert 0 == done.returncode, done.stderr
    assert [f"refused: {trial}" for trial in TRIALS] == done.stdout.splitlines()
    assert (layout.root / "mine").is_file()
