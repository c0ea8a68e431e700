"""A save becomes a reload; what is broken is shown and recovers by itself."""

import contextlib
import http.client
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from press.builder import each_fault_once
from press.serve import port_of, serve

PLUGINS = Path(__file__).parents[2] / "plugins"
PAGE = "/ja/cable-fault/"
PATIENCE_S = 10  # less than a reload connection's time between signs of life


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Serving:
    """The preview of a site, as a process of its own, with what its terminal says."""

    def __init__(self, site):
        self.site, self.port = site, free_port()
        # Where the tests are a shell's background job, Ctrl-C is ignored, by children as well.
        code = (
            "import pathlib, signal, press.serve as s;"
            "signal.signal(signal.SIGINT, signal.default_int_handler);"
            f"s.serve(pathlib.Path('.'), {self.port})"
        )
        self.process = subprocess.Popen(  # noqa: S603 - the command is ours
            [sys.executable, "-c", code], cwd=site.root, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(PLUGINS), "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        self._said = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            self._said.put(line.rstrip())

    def said_until(self, pattern):
        """Return what the terminal says up to a line with the pattern."""
        lines = []
        while not (lines and re.search(pattern, lines[-1])):
            lines.append(self._said.get(timeout=PATIENCE_S))
        return lines

    def request(self, address, method="GET"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        with contextlib.closing(connection):
            connection.request(method, address)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()

    def after(self, change):
        """Make a change, wait for the reload that it causes, and return the page."""
        shown = re.search(r"shown=(\d+)", self.request(PAGE)[2])[1]
        change()
        assert re.search(r"^data: \d+$", self.request(f"/.reload?shown={shown}")[2], re.MULTILINE)
        return self.request(PAGE)


@pytest.fixture
def serving(site):
    serving = Serving(site)
    try:
        serving.said_until("follows your edits")
        yield serving
    finally:
        serving.process.kill()
        serving.process.wait()
        serving.process.stdout.close()


def test_a_saved_column_reloads_the_page(serving):
    status, headers, page = serving.request(PAGE)
    assert (200, "no-store") == (status, headers["Cache-Control"])
    assert "海底ケーブル" in page
    page = serving.after(lambda: serving.site.column("cable-fault", "新しい題"))[2]
    assert "新しい題" in page
    assert not (serving.site.root / "output").exists()


def test_settings_templates_styles_and_plugins_are_followed_too(serving):
    root = serving.site.root
    settings = (root / "pelicanconf.py").read_text()

    def replace_settings():
        """Save as many editors do: a new file under the old name."""
        (root / "new.py").write_text(settings.replace('"theme"', '"theme2"'))
        (root / "new.py").replace(root / "pelicanconf.py")

    (root / "theme2").symlink_to(root / "theme")
    for turn in (1, 2):
        serving.after(replace_settings)
        settings += f"# {turn}\n"
    style = "@layer base { p { margin-inline: 7rem } }"
    page = serving.after(lambda: serving.site.write("theme/static/css/base.css", style))[2]
    assert "margin-inline:7rem" in page
    page = serving.after(lambda: serving.site.plugin("\nname = None\n"))[2]
    assert "The build failed" in page


def test_head_is_get_without_a_body(serving):
    status, headers, body = serving.request(PAGE, "HEAD")
    _, expected, page = serving.request(PAGE)
    assert (200, "") == (status, body)
    assert str(len(page.encode())) == headers["Content-Length"] == expected["Content-Length"]


def test_a_broken_template_is_shown_once_and_recovers(serving):
    template = (serving.site.root / "theme/templates/column.html").read_text()
    broken = template.replace("{{ body }}", "{{ titel }}")
    status, _, page = serving.after(
        lambda: serving.site.write("theme/templates/column.html", broken)
    )
    assert status == 500
    assert "theme/templates/column.html:2: &#x27;titel&#x27; is undefined" in page
    said = serving.said_until("not built in")
    assert 1 == sum("'titel' is undefined" in line for line in said)
    serving.after(lambda: serving.site.column("night-backup", "同じ間違い"))
    assert not any("'titel' is undefined" in line for line in serving.said_until("not built in"))
    status, _, page = serving.after(
        lambda: serving.site.write("theme/templates/column.html", template)
    )
    assert (200, False) == (status, "undefined" in page)


def test_a_column_that_cannot_be_read_leaves_the_other_pages_up(serving):
    broken = serving.site.root / "content/columns/night-backup.md"
    text = broken.read_text()
    status, _, page = serving.after(lambda: broken.write_text(text.replace("2014-03-24", "never")))
    assert (200, True, True) == (status, "海底ケーブル" in page, "preview-faults" in page)
    assert any("night-backup.md" in line for line in serving.said_until("built in"))
    assert "preview-faults" not in serving.after(lambda: broken.write_text(text))[2]


HANGING = """
import os, pathlib, time
if pathlib.Path("hang").exists():
    pathlib.Path("hanging").write_text(str(os.getpid()))
    {stubborn}
    time.sleep(600)
"""


@pytest.mark.parametrize(
    "stubborn", ["pass", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"],
    ids=["ends when told", "must be killed"],
)  # fmt: skip
def test_a_save_ends_a_build_that_hangs(serving, stubborn):
    root = serving.site.root
    (root / "hang").touch()
    serving.site.plugin(HANGING.format(stubborn=stubborn))
    until = time.monotonic() + PATIENCE_S
    while not (root / "hanging").exists() and time.monotonic() < until:
        time.sleep(0.02)
    (root / "hang").unlink()
    assert "新しい題" in serving.after(lambda: serving.site.column("cable-fault", "新しい題"))[2]
    with pytest.raises(ProcessLookupError):
        os.kill(int((root / "hanging").read_text()), 0)


@pytest.mark.parametrize(
    ("file", "text", "reason"),
    [
        ("pelicanconf.py", "THEME = (", "was never closed"),
        ("plugins/pages_of_test.py", "def x(:", "invalid syntax"),
        ("pelicanconf.py", "{}\nTHEME = 'gone'\n", "gone"),
    ],
    ids=["settings", "plugin", "theme"],
)
def test_what_ends_a_build_before_it_begins_is_shown(serving, file, text, reason):
    text = text.replace("{}", (serving.site.root / file).read_text())
    status, _, page = serving.after(lambda: serving.site.write(file, text))
    assert (500, True, False) == (status, reason in page, "said nothing" in page)
    assert any(reason in line for line in serving.said_until("not built in"))


def test_a_fault_that_the_lint_has_named_is_told_once():
    lint = (
        'content/columns/2014-06-01-a/ja.md:3: Date: "1.6.2014" is no date\n'
        "content/topics.toml:1: dns lacks a name\n2 problems in content/"
    )
    other = "content/columns/2014-06-01-b/ja.md: wrong\n  in two lines"
    said = (
        "Could not process columns/2014-06-01-a/ja.md\n  ValueError: no date\n"
        f"{other}\ncontent/topics.toml: dns lacks a name"
    )
    assert f"{lint}\n{other}" == each_fault_once(f"{lint}\n{said}")
    assert lint == each_fault_once(lint)
    assert said == each_fault_once(said)


@pytest.mark.parametrize("port", ["abc", "99999", "-1", "", "８０００"])
def test_a_port_that_is_none_is_said(port, tmp_path):
    with pytest.raises(SystemExit, match=f"^--port {port} cannot be used; write a number from"):
        serve(tmp_path, port_of(port))


def test_ctrl_c_ends_the_preview_and_open_connections(serving):
    shown = re.search(r"shown=(\d+)", serving.request(PAGE)[2])[1]
    waiting = threading.Thread(target=serving.request, args=(f"/.reload?shown={shown}",))
    waiting.start()
    time.sleep(0.2)
    serving.process.send_signal(signal.SIGINT)
    assert serving.process.wait(timeout=PATIENCE_S) == 0
    waiting.join(timeout=PATIENCE_S)
    assert not waiting.is_alive()
    assert not any("Traceback" in line for line in serving.said_until("ended"))


def test_a_taken_port_is_said_before_anything_is_built(serving):
    code = f"import pathlib, press.serve as s; s.serve(pathlib.Path('x'), {serving.port})"
    second = subprocess.run(  # noqa: S603 - the command is ours
        [sys.executable, "-c", code], cwd=PLUGINS, capture_output=True, text=True, check=False,
        timeout=PATIENCE_S,
    )  # fmt: skip
    assert second.returncode == 1
    assert second.stderr == (
        f"port {serving.port} is taken, perhaps by another preview: end that one, "
        f"or choose another port: invoke serve --port {serving.port + 1}\n"
    )
