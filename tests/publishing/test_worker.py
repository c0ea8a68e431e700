"""What main stands at is what readers see: whatever was lost, failed or came due."""

import os
import shutil
import subprocess
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from publishing import releases, state
from publishing.builder import Builder, Limits
from publishing.commits import Commits
from publishing.errors import BuildFailed, Busy, PublishingError, ReleaseError, ServerError
from publishing.layout import Layout
from publishing.lock import held
from publishing.model import Settled
from publishing.repository import prepare
from publishing.starting import start
from publishing.status import places_on
from publishing.worker import Worker
from tests.publishing.builders import (
    MINUTE,
    NOON,
    PAGE,
    build,
    commit,
    live,
    names,
    on_main,
    pushed,
    run,
    small_disk,
    stored,
    wait_for,
)
from tests.publishing.conftest import FIRST_VERSION, install


@pytest.fixture
def worker(layout):
    return Worker(Builder(Commits(layout)), None)


def test_what_was_pushed_goes_live(layout, worker):
    tip = pushed(layout, "first")
    run(worker)
    assert (tip, FIRST_VERSION) == (live(layout), releases.live(layout).version)
    assert (layout.current / "ja/index.html").read_text().startswith("first")
    assert releases.live(layout).name == state.read(layout.settled, Settled).release


def test_a_second_run_changes_nothing(layout, worker):
    pushed(layout, "first")
    run(worker)
    before = {path: path.lstat() for path in layout.root.rglob("*") if path != layout.lock}
    run(worker, NOON + MINUTE)
    after = {path: path.lstat() for path in layout.root.rglob("*") if path != layout.lock}
    assert before.keys() == after.keys()
    assert before[layout.current].st_ino == after[layout.current].st_ino


def test_before_the_first_push_there_is_nothing_to_do(layout, worker):
    run(worker)
    assert releases.live(layout) is None


def test_only_the_tip_is_released_of_pushes_that_came_together(layout, worker):
    pushed(layout, "first")
    tip = pushed(layout, "second")
    run(worker)
    assert [tip] == [release.commit for release in releases.kept(layout)]


def test_the_tip_is_read_after_locking(layout, worker):
    """A push that is accepted while the worker waits is what goes live."""
    pushed(layout, "first")
    with held(layout, "a push", 0):
        waiting = threading.Thread(target=run, args=[worker])
        waiting.start()
        time.sleep(0.3)
        tip = pushed(layout, "second")
    waiting.join()
    assert [tip] == [release.commit for release in releases.kept(layout)]


def test_a_worker_that_waits_too_long_says_for_whom(layout, worker):
    pushed(layout, "first")
    with held(layout, "a push of 1a2b3c", 0), pytest.raises(Busy, match=r"a push of 1a2b3c"):
        worker.run(lambda: NOON, patience_s=0)


def test_a_build_that_passed_is_not_made_again(layout, worker, monkeypatch):
    def refuse(*_):
        raise AssertionError("built again")

    monkeypatch.setattr(Builder, "_make", refuse)
    pushed(layout, "first")
    run(worker)
    assert 1 == len(names(layout))


def test_another_version_of_the_software_makes_another_release(layout, worker):
    tip = pushed(layout, "first")
    run(worker)
    install(layout, "second")
    build(layout, "", {"ja/index.html": "second version"}, commit=tip, version="second")
    run(worker, NOON + MINUTE)
    assert (tip, "second") == (live(layout), releases.live(layout).version)
    assert "second version" == (layout.current / "ja/index.html").read_text()


def test_a_column_that_comes_due_is_built_at_its_minute(layout, desk, worker):
    """With the real builder; nobody pushes anything."""
    desk.column("2025-01-01-due", Date="2025-01-01 22:00")  # 13:00 UTC
    on_main(desk)
    page = layout.current / "ja/columns/due/index.html"
    due = NOON + timedelta(hours=1)
    run(worker)
    assert due == releases.live(layout).next_due
    assert not page.exists()
    run(worker, due - MINUTE)
    assert not page.exists()
    run(worker, due)
    assert page.exists()
    assert releases.live(layout).next_due is None
    run(worker, due + MINUTE)
    assert 2 == len(names(layout))


def test_a_push_that_cannot_be_built_leaves_the_live_release(layout, worker):
    tip = pushed(layout, "first")
    run(worker)
    commit(layout, "without content")
    with pytest.raises(PublishingError, match="content/: nothing is there"):
        run(worker, NOON + MINUTE)
    assert tip == live(layout)


def test_what_goes_on_failing_is_tried_less_and_less_often(layout, worker, monkeypatch):
    tried = []

    def fail(_, __, now):
        tried.append((now - NOON) // MINUTE)
        raise BuildFailed("no")

    monkeypatch.setattr(Builder, "build", fail)
    commit(layout, "first")
    for minute in range(60):
        try:
            run(worker, NOON + minute * MINUTE)
        except BuildFailed:
            assert minute == tried[-1]
    assert [0, 1, 3, 7, 15, 30, 45] == tried


def test_another_push_is_tried_at_once_after_one_that_failed(layout, worker):
    commit(layout, "without content")
    for minute in range(2):
        with pytest.raises(PublishingError):
            run(worker, NOON + minute * MINUTE)
    tip = pushed(layout, "mended")
    run(worker, NOON + MINUTE)
    assert tip == live(layout)
    assert not layout.setback.exists()


def test_without_software_the_cure_is_told(layout, worker):
    pushed(layout, "first")
    layout.app.unlink()
    with pytest.raises(ServerError, match="invoke server-install --root"):
        run(worker)


def test_two_workers_at_once_make_one_release(layout, worker):
    tip = pushed(layout, "first")
    threads = [threading.Thread(target=run, args=[worker]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [tip] == [release.commit for release in releases.kept(layout)]


def test_five_releases_and_what_they_need_are_kept(layout, worker):
    tips = []
    for turn in range(7):
        tips.append(pushed(layout, f"push {turn}"))
        os.utime(layout.build(tips[-1]), (0, 0))
        run(worker, NOON + turn * MINUTE)
    assert tips[:1:-1] == [release.commit for release in releases.kept(layout)]
    assert sorted(tips[2:]) == sorted(path.name for path in layout.builds.iterdir())
    assert all(layout.content(tip).is_dir() for tip in tips[2:])


@pytest.fixture
def built(layout, desk, worker):
    """A live release that the real builder made, and its topics as they lie on the server."""
    desk.column()
    on_main(desk)
    run(worker)
    return layout.content(live(layout)) / "topics.toml"


def test_the_status_has_its_content_again_after_a_start_of_the_machine(layout, desk, worker, built):
    """A build of something else has removed it, and the release itself is not made again."""
    text = built.read_bytes()
    release = releases.live(layout)
    layout.boot.write_text("another\n")
    desk.column("2014-05-01-other")
    worker.builder.build(stored(desk), NOON)
    assert not built.exists()
    run(worker, NOON + MINUTE)
    assert (text, release) == (built.read_bytes(), releases.live(layout))
    assert str(built.parent) == places_on(layout).content


def test_what_is_live_has_its_content_also_where_main_cannot_be_built(layout, worker, built):
    shutil.rmtree(layout.builds)
    commit(layout, "without content")
    with pytest.raises(PublishingError):
        run(worker, NOON + MINUTE)
    assert built.is_file()


def test_a_release_whose_commit_is_gone_stays_live(layout, worker, built, caplog):
    """The repository was restored, or is another one; the log says what the status lacks."""
    release = releases.live(layout)
    shutil.rmtree(layout.build(release.commit))
    shutil.rmtree(layout.repository)
    prepare(layout)
    run(worker, NOON + MINUTE)
    assert release == releases.live(layout)
    assert f"no content of {release.commit}, and no status without it" in caplog.text
    assert not built.exists()


def started(layout, *command):
    """What came of a Python command of the installed software, in an environment full of noise."""
    path = f"{layout.app}:{layout.app / 'plugins'}"
    noise = {"SECRET": "x", "GIT_DIR": "/elsewhere", "HTTP_PROXY": "http://192.0.2.1/"}
    return subprocess.run(  # noqa: S603  our own command
        [layout.python, "-P", *command], env=noise | {"PYTHONPATH": path},
        capture_output=True, text=True, check=False, timeout=60, umask=0o077,
    )  # fmt: skip


def work(layout):
    return started(layout, "-m", "publishing.worker", str(layout.root))


def test_a_release_is_a_line_in_the_log_and_an_idle_run_is_none(layout):
    pushed(layout, "first")
    for _ in range(2):
        done = work(layout)
        assert (0, "") == (done.returncode, done.stdout)
    (line,) = layout.worker_log.read_text().splitlines()
    assert line.endswith(f"Z INFO {releases.live(layout).name} is live")


def test_the_web_server_may_read_whatever_the_umask(layout):
    """It runs as somebody else."""
    pushed(layout, "first", files={"ja/columns/a/index.html": PAGE})
    assert 0 == work(layout).returncode
    folder = layout.current.resolve()
    modes = {(file.is_dir(), file.stat().st_mode & 0o777) for file in folder.rglob("*")}
    assert {(True, 0o755), (False, 0o644)} == modes
    assert 0o755 == folder.stat().st_mode & 0o777


def test_why_nothing_was_released_is_in_the_log_and_the_exit_status(layout):
    commit(layout, "without content")
    done = work(layout)
    assert 1 == done.returncode
    assert "ERROR content/: nothing is there" in layout.worker_log.read_text()
    assert "ERROR content/: nothing is there" in done.stderr


def test_a_fault_of_our_own_is_in_the_log_with_its_place(layout):
    pushed(layout, "first")
    layout.pin.mkdir()
    assert 1 == work(layout).returncode
    log = layout.worker_log.read_text()
    assert "ERROR the worker stumbled" in log
    assert "IsADirectoryError" in log


def test_a_server_that_nobody_described_is_told(layout):
    layout.settings.unlink()
    assert 1 == work(layout).returncode
    assert f"{layout.settings}: is missing" in layout.worker_log.read_text()


def test_the_log_does_not_grow_without_bound(layout):
    script = (
        "import logging, sys; from pathlib import Path; from publishing.worker import main\n"
        "main(Path(sys.argv[1]))\n"
        "for _ in range(700): logging.getLogger('publishing.worker').error('x' * 10_000)\n"
    )
    assert 0 == started(layout, "-c", script, str(layout.root)).returncode
    assert 900_000 < sum(file.stat().st_size for file in layout.logs.iterdir()) <= 4_000_000


def test_nothing_of_the_callers_environment_reaches_a_build(layout):
    script = (
        "import os, sys; from pathlib import Path; from publishing.worker import main\n"
        "main(Path(sys.argv[1])); print(*sorted(os.environ))\n"
    )
    pushed(layout, "first")
    assert "HOME LANG PATH\n" == started(layout, "-c", script, str(layout.root)).stdout
    assert releases.live(layout) is not None


def test_a_started_worker_has_nothing_of_its_callers(layout, monkeypatch):
    """It is still waiting for the lock while its environment is read."""
    monkeypatch.setenv("SECRET", "x")
    tip = pushed(layout, "first")
    with held(layout, "the test", 0):
        process = start(layout)
        environment = Path(f"/proc/{process.pid}/environ")
        wait_for(lambda: b"PYTHONPATH" in environment.read_bytes())
        given = {name.partition(b"=")[0] for name in environment.read_bytes().split(b"\0") if name}
        assert {b"PATH", b"HOME", b"LANG", b"PYTHONPATH"} == given
        assert os.getsid(process.pid) == process.pid
    assert 0 == process.wait(60)
    assert tip == live(layout)


def test_a_full_disk_leaves_the_live_release_and_says_so(tmp_path):
    with small_disk(tmp_path / "disk", 4) as disk:
        layout = Layout(disk / "srv")
        install(layout, FIRST_VERSION)
        prepare(layout)
        worker = Worker(Builder(Commits(layout), Limits()), None)
        tip = pushed(layout, "first")
        run(worker)
        pushed(layout, "second", files={"b.bin": os.urandom(1_500_000)})
        filler = disk / "filler"
        with pytest.raises(OSError, match="No space"):
            filler.write_bytes(os.urandom(4_000_000))
        with pytest.raises(ReleaseError, match="the disk is full; the live release is untouched"):
            run(worker, NOON + MINUTE)
        assert tip == live(layout)
        assert "first" == (layout.current / "ja/index.html").read_text()[:5]
        filler.unlink()
        run(worker, NOON + MINUTE * 5)
        assert "second" == (layout.current / "ja/index.html").read_text()[:6]


def test_a_worker_of_somebody_else_leaves_no_files_of_its_own(layout, monkeypatch):
    pushed(layout, "first")
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(ServerError, match="belongs to"), held(layout, "the test", 0):
        pass
