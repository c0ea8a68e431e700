"""README's "Put it on a server", word for word: what root does aside, all of it is run here."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import brotli
import pytest

from newsletter.errors import SendRefused
from newsletter.sending import Wish, send
from publishing.configuration import NGINX
from publishing.layout import Layout
from tests.newsletter.mailserver import Post, serving
from tests.newsletter.people import enrolled, enrolment
from tests.newsletter.site import desk as newsletter_desk
from tests.newsletter.site import publish
from tests.publishing.checkouts import ROOT, URL, commit, git, make_checkout, seed_environment
from tests.publishing.nginx import free_port, need_nginx, running

PATIENCE_S = 90
AS_USER = "sudo -u atogaki "
SSH = '#!/bin/sh\n# A line to this machine: the last argument is what the other end is to run.\nfor last; do :; done\nexec sh -c "$last"\n'  # noqa: E501


def recipe():
    """The commands of the recipe, a list for each block."""
    text = (ROOT / "README.md").read_text("utf-8")
    section = re.search(r"### Put it on a server\n(.*?)\n### ", text, re.DOTALL)[1]
    blocks = re.findall(r"```console\n(.*?)```", section, re.DOTALL)
    return [[line.removeprefix("$ ") for line in block.splitlines()] for block in blocks]


def session(words):
    """The commands that the site's user types in a shell of its own, `words` among them."""
    for block in recipe():
        opening = next((n for n, line in enumerate(block) if line.startswith(AS_USER)), None)
        if opening is not None and words in block:
            assert block[opening].endswith(" bash")
            assert block[-1] == "exit"
            return block[opening + 1 : -1]
    raise AssertionError(f"README.md: no shell of atogaki's says {words}")


def line(start):
    """The one command of the recipe that begins so, without its `sudo`."""
    (found,) = (line for block in recipe() for line in block if line.startswith(start))
    return found.removeprefix(AS_USER)


class Machine:
    """A machine as its site's user sees it: a home, and the variables of the recipe."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir()
        self.layout = Layout(folder / "my-columns")
        self.source = make_checkout(folder / "source")
        shutil.copytree(
            ROOT / "content/status", self.source.root / "content/status",
            ignore=shutil.ignore_patterns("incidents"),
        )  # fmt: skip
        commit(self.source.root)
        ssh = folder / "ssh"
        ssh.write_text(SSH)
        ssh.chmod(0o755)
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.home), "LANG": "C.UTF-8",
            "NAME": self.layout.root.name, "ROOT": str(self.layout.root),
            "SOURCE": str(self.source.root), "SITE": "columns.example",
            "GIT_SSH": str(ssh), "GIT_SSH_VARIANT": "simple", "GIT_CONFIG_NOSYSTEM": "1",
        }  # fmt: skip

    def run(self, *lines, cwd=None, check=True):
        """Type lines into a shell of its own, of someone careful; it stops where one fails."""
        done = subprocess.run(  # noqa: S603
            ["bash", "-e", "-c", "\n".join(lines)],  # noqa: S607
            cwd=cwd or self.home, env=self.environment, capture_output=True, text=True,
            check=False, timeout=300, umask=0o077,
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def install(self):
        """Follow the recipe up to what root does; the environments are those of the tests."""
        lines = session("make site")
        split = lines.index("make site")
        self.layout.root.mkdir()
        self.run(*lines[:split])
        checkout = self.home / "software"
        for name in ("bin", "lib", "pyvenv.cfg"):
            (checkout / ".venv").mkdir(exist_ok=True)
            (checkout / ".venv" / name).symlink_to(Path(sys.prefix, name))
        for stamp in ("made", "site.installed"):
            (checkout / ".venv" / stamp).touch()
        seed_environment(self.layout, checkout)
        return self.run(*lines[split:], cwd=checkout)


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def substituted(machine, text):
    """A command with the values of the recipe's variables."""
    return re.sub(r"\$(NAME|ROOT|SITE)\b", lambda found: machine.environment[found[1]], text)


def test_a_site_is_put_on_a_server_and_lives_there(machine):
    """From nothing to a page; then another version, back, and the release before."""
    need_nginx()
    layout = machine.layout
    said = machine.install()
    (roots,) = (block for block in recipe() if "systemd/system/*" in " ".join(block))
    for command in roots:
        assert f"  {substituted(machine, command)}\n" in said
    for path in (layout.etc, *layout.etc.rglob("*")):
        assert path.stat().st_mode & 0o044 == 0o044, path  # a glob is the shell's of who types it

    port, loopback = free_port(), free_port()
    text = layout.settings.read_text()
    text = text.replace('# listen = ["80", "[::]:80"]', f'listen = ["127.0.0.1:{port}"]')
    text = text.replace('# loopback = "127.0.0.1:8079"', f'loopback = "127.0.0.1:{loopback}"')
    layout.settings.write_text(text)
    machine.run(line("sudo -u atogaki $ROOT/invoke server-install"))
    files = {
        NGINX / file.name: file.read_text() for file in (layout.etc / "nginx/conf.d").iterdir()
    }
    with running(machine.folder / "nginx", files, port) as nginx:
        assert nginx.ask("/").status == 503

        pushed = machine.run(line("git push"), cwd=machine.source.root)
        assert f"Live within seconds at {URL}/" in pushed
        page = until(lambda: nginx.ask("/ja/columns/cable-fault/", Accept_Encoding="br"), 200)
        assert "本文。" in brotli.decompress(page.body).decode()
        assert page["Content-Encoding"] == "br"
        assert nginx.ask("/", Accept_Language="en").body != nginx.ask("/").body
        first = nginx.ask("/release.json", port=loopback).body
        assert git(machine.source.root, "rev-parse", "HEAD") in first.decode()

        assert nginx.ask("/ja/status/").status == 503
        machine.run(*services(layout, "status"))
        status = nginx.ask("/ja/status/", Accept_Encoding="br")
        assert (200, "br") == (status.status, status["Content-Encoding"])
        assert nginx.ask("/status.txt").status == nginx.ask("/api/v2/summary.json").status == 200
        machine.run(*services(layout, "deadman"))

        machine.source.column("2014-05-01-another", Aliases="/ja/old.html")
        home = machine.source.root / "theme/templates/home.html"
        home.write_text(home.read_text().replace("<h1", '<h1 data-version="2"', 1))
        commit(machine.source.root)
        machine.run(line("git push"), cwd=machine.source.root)
        until(lambda: nginx.ask("/ja/columns/another/"), 200)
        assert "data-version" not in nginx.ask("/ja/").body.decode()
        assert nginx.ask("/ja/old.html").status == 200
        nginx.reload()  # as the path unit does
        assert nginx.ask("/ja/old.html")["Location"] == "/ja/columns/another/"

        machine.run(line("sudo -u atogaki $ROOT/invoke server-upgrade"))
        assert 'data-version="2"' in nginx.ask("/ja/").body.decode()
        machine.run("$ROOT/invoke server-back")
        assert "data-version" not in nginx.ask("/ja/").body.decode()

        assert machine.run("$ROOT/invoke releases").count("\n") == 3
        machine.run("$ROOT/invoke rollback")
        assert nginx.ask("/ja/columns/another/").status == 404
        assert nginx.ask("/ja/columns/cable-fault/").status == 200


def test_what_was_saved_comes_back(machine):
    """A store that is being written while it is saved, the repository, the owner's words."""
    need_sqlite()
    layout = machine.layout
    machine.install()
    git(layout.repository, "fetch", "--quiet", str(machine.source.root), "+HEAD:refs/heads/main")
    with closing(sqlite3.connect(layout.status_store)) as store:
        store.execute("PRAGMA journal_mode=WAL")
        store.execute("CREATE TABLE bins (n)")
        store.executemany("INSERT INTO bins VALUES (?)", ((n,) for n in range(1000)))
        store.commit()
        store.execute("INSERT INTO bins VALUES (-1)")  # not committed
        machine.run(*session("mkdir -p ~/backup"))
        store.rollback()
        store.execute("DELETE FROM bins")
        store.commit()
    owners = layout.settings.read_text()
    shutil.rmtree(layout.repository)
    layout.settings.write_text("broken")
    machine.run(*session("tar -xzf ~/backup/rest.tar.gz"))
    with closing(sqlite3.connect(layout.status_store)) as store:
        assert (1000, 0) == store.execute("SELECT count(*), min(n) FROM bins").fetchone()
    assert owners == layout.settings.read_text()
    tip = git(machine.source.root, "rev-parse", "HEAD")
    assert tip == git(layout.repository, "rev-parse", "main")
    saved = machine.home / "backup"
    assert {file.stat().st_mode & 0o077 for file in saved.iterdir()} == {0}


@pytest.fixture
def saved(machine):
    """A server's files with two readers and one column sent, saved as the recipe says."""
    need_sqlite()
    layout = machine.layout
    for folder in (layout.repository, layout.var):
        folder.mkdir(parents=True)
    layout.settings.touch()
    layout.secrets.touch()
    with serving(Post()) as post:
        desk = newsletter_desk(
            layout.var, {"ATOGAKI_SMTP_URL": f"smtp+plain://127.0.0.1:{post.port}"}
        )
        for slug in ("before", "after"):
            publish(layout.var / "live", id=f"{slug}/ja", slug=slug)
        enrolled(layout.var, enrolment("a@customer.example"), enrolment("b@customer.example"))
        assert 0 == send(desk, Wish("before", lang="ja", per_minute=0, yes=True))
        machine.run(*session("mkdir -p ~/backup"))
        yield machine, desk, post


def test_what_was_sent_after_the_copy_goes_to_nobody_twice(saved):
    """The database forgets, the journal does not, and the older one leaves it alone."""
    machine, desk, post = saved
    send(desk, Wish("after", lang="ja", per_minute=0, yes=True))
    machine.run(*session("tar -xzf ~/backup/rest.tar.gz"))
    with pytest.raises(SendRefused, match=r"after/ja: .* restored from before that"):
        send(desk, Wish("after", lang="ja", per_minute=0, yes=True))
    assert 0 == send(desk, Wish("before", lang="ja", per_minute=0, yes=True))
    assert 4 == post.accepted


def test_a_journal_that_was_lost_comes_back_with_the_copy(saved):
    machine, desk, _post = saved
    journal = desk.journal.path.read_bytes()
    shutil.rmtree(machine.layout.var)
    machine.run(*session("tar -xzf ~/backup/rest.tar.gz"))
    assert journal == desk.journal.path.read_bytes()


def need_sqlite():
    if shutil.which("sqlite3") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("apt install sqlite3")


def services(layout, name):
    """What a unit of the server starts, as its folder and its environment say."""
    unit = (layout.etc / f"systemd/system/{layout.root.name}-{name}.service").read_text()
    said = dict(re.findall(r"(?m)^(\w+)=(.+)$", unit))
    return f"cd {said['WorkingDirectory']}", f"env -i {said['Environment']} {said['ExecStart']}"


def until(ask, status):
    """Ask until the answer has a status, and return it."""
    deadline = time.monotonic() + PATIENCE_S
    while (answer := ask()).status != status:
        assert time.monotonic() < deadline, answer
        time.sleep(0.2)
    return answer
