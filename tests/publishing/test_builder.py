"""What the installed software makes of a commit's content, and what it cannot be made to do."""

import os
import re
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pelicanconf import LANGUAGES, NEWSLETTER
from publishing.builder import Builder, Limits, forget, read_build, read_made
from publishing.commits import Commits
from publishing.errors import BuildFailed, Refused
from publishing.make_site import next_due_of
from publishing.model import BUILD_JSON
from tests.publishing.builders import processes, slow, stored, wait_for
from tests.publishing.conftest import FIRST_VERSION, SITEURL, install

NOW = datetime(2025, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
CABLE = "content/columns/2014-03-24-cable-fault/ja.md"


@pytest.fixture
def builder(layout):
    return Builder(Commits(layout))


def pages(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*.html")}


def test_a_build_is_a_commits_site_and_says_so_last(builder, layout, desk):
    desk.column()
    commit = stored(desk)
    built = builder.build(commit, NOW)
    assert (commit, FIRST_VERSION, NOW, None) == (
        built.commit, built.version, built.built_at, built.next_due,
    )  # fmt: skip
    assert built == read_build(layout, commit)
    page = (layout.site(commit) / "ja/columns/cable-fault/index.html").read_text("utf-8")
    assert f"{SITEURL}/ja/columns/cable-fault/" in page
    newest = max(path.stat().st_mtime_ns for path in layout.build(commit).rglob("*.html"))
    assert (layout.build(commit) / BUILD_JSON).stat().st_mtime_ns >= newest


def test_a_build_that_would_say_the_same_is_not_made_again(builder, layout, desk):
    commit = stored(desk)
    builder.build(commit, NOW)
    mark = layout.site(commit) / "mark"
    mark.touch()
    assert NOW == builder.build(commit, NOW + DAY).built_at
    assert mark.exists()


def test_another_version_builds_anew(builder, layout, desk):
    commit = stored(desk)
    builder.build(commit, NOW)
    install(layout, "2025-02-01-second")
    assert "2025-02-01-second" == builder.build(commit, NOW).version


def test_a_version_that_is_not_live_yet_can_build(layout, desk):
    """An upgrade builds first and switches then."""
    commit = stored(desk)
    install(layout, "2025-02-01-second")
    builder = Builder(Commits(layout), version=FIRST_VERSION)
    assert FIRST_VERSION == builder.build(commit, NOW).version


def test_the_next_scheduled_column_is_when_a_build_grows_old(builder, desk):
    """Neither a draft nor what is out already counts, and midnight is the site's."""
    desk.column("2025-01-03-later")
    desk.column("2025-01-02-soon", Date="2025-01-02 09:30")
    desk.column("2025-01-02-draft", Date="2025-01-02 00:10", Status="draft")
    desk.column("2014-03-24-out")
    commit = stored(desk)
    due = datetime(2025, 1, 2, 0, 30, tzinfo=UTC)
    assert due == builder.build(commit, NOW).next_due
    again = builder.build(commit, due)
    assert (due, datetime(2025, 1, 2, 15, tzinfo=UTC)) == (again.built_at, again.next_due)


def test_a_build_also_grows_old_when_a_week_with_a_digest_is_over(tmp_path):
    """At one o'clock on Monday, where the site is."""
    settings = {
        "TIMEZONE": "Asia/Tokyo", "NOW": datetime(2025, 1, 1, tzinfo=UTC),
        "LANGUAGES": LANGUAGES, "NEWSLETTER": NEWSLETTER,
    }  # fmt: skip
    assert next_due_of(tmp_path, settings) is None
    settings["NEWSLETTER"] = NEWSLETTER | {"digest": True}
    assert datetime(2025, 1, 5, 16, tzinfo=UTC) == next_due_of(tmp_path, settings)


def test_every_problem_comes_back_with_its_place(builder, layout, desk):
    desk.column(Summary=None, Tags="dsn")
    desk.column("2014-05-01-bad", Date="1.5.2014")
    commit = stored(desk)
    with pytest.raises(Refused) as refused:
        builder.build(commit, NOW)
    places = [problem.split(": ")[0] for problem in refused.value.problems]
    bad = "content/columns/2014-05-01-bad/ja.md"
    assert [f"{CABLE}:1", f"{CABLE}:4", f"{bad}:3"] == places
    assert read_build(layout, commit) is None


WORDS = ("MemoryError", "Traceback (most recent", "Errno 28", "Errno 122", "File too large")


@pytest.mark.parametrize("word", WORDS)
def test_a_problem_is_the_pushers_whatever_it_quotes(builder, desk, word):
    """What a text says about memory and disks is no fault of the server's."""
    desk.column(Tags=word)
    with pytest.raises(Refused, match=re.escape(f'Tags: "{word}" is not in content/topics.toml')):
        builder.build(stored(desk), NOW)


def test_a_build_has_no_network(layout, desk):
    """Not even that of its own machine; what a library asks for on its way fails at once."""
    if subprocess.run(["unshare", "--user", "--net", "true"], check=False).returncode:  # noqa: S607
        stop = pytest.fail if os.environ.get("CI") else pytest.skip
        stop("this kernel gives an ordinary user no namespaces")
    commit = stored(desk)
    with socket.create_server(("127.0.0.1", 0)) as server:
        asking = f"socket.socket().connect_ex({server.getsockname()!r})"
        told = f"open({str(layout.root / 'asked')!r}, 'w').write(os.strerror({asking}))"
        slow(layout, f"import os, socket\n{told}")
        Builder(Commits(layout)).build(commit, NOW)
    assert "Network is unreachable" == (layout.root / "asked").read_text()


LACKS = {
    "memory": ("raise MemoryError", r"^the build needs more memory than it may have"),
    "disk": ("raise OSError(28, 'No room')", r"^the server's disk is full \("),
    "quota": ("raise OSError(122, 'No room')", r"^the server's disk is full \("),
    "a file's size": ("raise OSError(27, 'Large')", r"^the build failed, and not for what was"),
}


@pytest.mark.parametrize(("code", "expected"), LACKS.values(), ids=LACKS)
@pytest.mark.parametrize("where", ["reader", "generator"])
def test_what_the_machine_lacks_is_not_called_the_pushers(layout, desk, code, expected, where):
    """Wherever it strikes: Pelican catches what a reader raises, and only logs it."""
    desk.column()
    commit = stored(desk)
    signal = {"reader": "content_object_init", "generator": "all_generators_finalized"}[where]
    slow(layout, f"def strike(_):\n    {code}\nfrom pelican import signals\n"
                 f"signals.{signal}.connect(strike)")  # fmt: skip
    with pytest.raises(BuildFailed, match=expected):
        Builder(Commits(layout)).build(commit, NOW)


def test_nothing_that_was_pushed_is_executed(builder, layout, desk, tmp_path):
    """Plugins, settings and modules in a push, at its top or in content/, are only files."""
    trap = f"open({str(tmp_path / 'sprung')!r}, 'w')\n"
    for path in (
        "pelicanconf.py", "publishconf.py", "plugins/columns/__init__.py", "sitecustomize.py",
        "content/markdown.py", "content/columns/__init__.py", "content/sitecustomize.py",
    ):  # fmt: skip
        desk.write(path, trap)
    commit = stored(desk)
    with pytest.raises(Refused):
        builder.build(commit, NOW)
    assert not (tmp_path / "sprung").exists()
    assert ["content"] == [path.name for path in layout.build(commit).iterdir()]


def test_a_build_that_takes_too_long_is_ended_with_all_it_started(layout, desk):
    commit = stored(desk)
    slow(layout, "import subprocess\nsubprocess.run(['sleep', '61.25'])")
    start = time.monotonic()
    with pytest.raises(BuildFailed, match=r"^the build took longer than 2 s and was ended"):
        Builder(Commits(layout), Limits(seconds=2)).build(commit, NOW)
    assert time.monotonic() - start < 30
    until = time.monotonic() + 10  # what was killed is gone a moment later
    while "sleep 61.25" in processes().values():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_build_that_needs_too_much_memory_is_ended(layout, desk):
    commit = stored(desk)
    slow(layout, "hungry = bytearray(3 << 30)")
    with pytest.raises(BuildFailed, match=r"^the build needs more memory than it may have"):
        Builder(Commits(layout)).build(commit, NOW)


@pytest.mark.parametrize("code", ["import os\nos._exit(3)", "1 / 0"], ids=["gone", "a traceback"])
def test_a_fault_of_the_software_is_not_called_the_pushers(layout, desk, code):
    commit = stored(desk)
    slow(layout, code)
    with pytest.raises(BuildFailed, match=r"^the build failed, and not for what was pushed:\n"):
        Builder(Commits(layout)).build(commit, NOW)


def test_a_build_ends_with_the_process_that_waits_for_it(layout, desk):
    """A build that went on alone would write where the next one writes, too."""
    commit = stored(desk)
    begun = layout.root / "begun"
    slow(layout, f"import time\nopen({str(begun)!r}, 'w').close()\ntime.sleep(60)")
    code = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC;"
        "from publishing.builder import Builder; from publishing.commits import Commits;"
        "from publishing.layout import Layout;"
        "Builder(Commits(Layout(Path(sys.argv[1])))).build(sys.argv[2], datetime.now(UTC))"
    )
    path = f"{layout.app}:{layout.app / 'plugins'}"
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", code, str(layout.root), commit],
        env=os.environ | {"PYTHONPATH": path},
    ) as waiting:
        wait_for(begun.exists)
        (build,) = children_of(waiting.pid)
        waiting.kill()
    wait_for(lambda: not is_alive(build))


def children_of(pid):
    return [child for child in processes() if state_of(child)[1:2] == [str(pid)]]


def is_alive(pid):
    """Tell whether a process exists and is more than an entry that nobody has collected."""
    return state_of(pid)[:1] not in ([], ["Z"], ["X"])


def state_of(pid):
    """A process' state, its parent, and what else the kernel tells of it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def test_a_build_leaves_the_history_of_the_lines_alone(layout, desk):
    """It reads a copy: what a refused push would make of the history never happened."""
    desk.write("content/columns/2014-03-24-cable-fault/ja.md", "")
    with sqlite3.connect(layout.status_store) as store:
        store.execute("CREATE TABLE kept (x)")
    store.close()
    before = layout.status_store.read_bytes()
    with pytest.raises(Refused):
        Builder(Commits(layout)).build(stored(desk), NOW)
    assert before == layout.status_store.read_bytes()
    assert [] == list(layout.builds.rglob("status.sqlite*"))


def test_the_pages_are_the_web_servers_to_read(builder, layout, desk):
    commit = stored(desk)
    builder.build(commit, NOW)
    for path in layout.site(commit).rglob("*"):
        wanted = 0o755 if path.is_dir() else 0o644
        assert wanted == stat.S_IMODE(path.stat().st_mode), path


def test_a_build_tells_what_its_receipt_needs(builder, layout, desk):
    commit = stored(desk)
    builder.build(commit, NOW)
    made = read_made(layout.build(commit))
    assert (SITEURL, {"ja": "日本語", "en": "English"}) == (made.siteurl, made.languages)


def test_no_build_outlives_a_start_of_the_machine(builder, layout, desk):
    """Power that fails may leave a page's name without its bytes; what was built is built again."""
    commit = stored(desk)
    builder.build(commit, NOW)
    for path in (layout.site(commit) / "index.html", layout.content(commit) / "topics.toml"):
        path.write_bytes(b"")
    layout.boot.write_text("another\n")
    assert NOW + DAY == builder.build(commit, NOW + DAY).built_at
    assert (layout.site(commit) / "index.html").read_bytes()


def test_builds_that_nobody_needs_are_forgotten_after_a_day(layout):
    for name, hours in (("live", 25), ("old", 25), ("new", 23)):
        layout.build(name).mkdir()
        when = NOW.timestamp() - hours * 3600
        os.utime(layout.build(name), (when, when))
    forget(layout, {"live"}, NOW)
    assert {"live", "new"} == {path.name for path in layout.builds.iterdir()}
