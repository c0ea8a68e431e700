"""What whoever pushes is told, and what git may take: real pushes to a real repository."""

import contextlib
import getpass
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from publishing import lock
from publishing.builder import read_build
from publishing.commits import Commits
from publishing.layout import Layout
from publishing.push import REPORT_BYTES, limited
from publishing.releases import live
from tests.publishing.builders import processes, slow, small_disk, stored, wait_for
from tests.publishing.conftest import SITEURL, serve

ROUNDS = int(os.environ.get("ATOGAKI_SOAK", "1"))


def tip(layout):
    return Commits(layout).tip()


def refs(layout):
    command = ["git", "--git-dir", str(layout.repository), "for-each-ref", "--format=%(refname)"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603


@pytest.fixture
def published(desk):
    """A desk whose first commit is main, with one column."""
    desk.column()
    desk.commit("The first")
    assert desk.push().accepted
    return desk


def test_a_push_is_built_and_taken(layout, desk):
    """The hook runs with git's variables, in a quarantine, and the build does not know."""
    desk.column()
    commit = desk.commit("海底ケーブルが切れた朝")
    push = desk.push()
    assert push.accepted, push.stderr
    assert commit == tip(layout) == read_build(layout, commit).commit
    assert f"Building {commit[:10]}: 海底ケーブルが切れた朝" in push.said
    assert f"Live within seconds at {SITEURL}/" in push.said


def test_a_push_over_ssh_is_the_same(layout, far_desk):
    """Neither the sender's language nor their other variables reach the build."""
    far_desk.environment |= {"LANG": "C", "PYTHONPATH": "/nowhere", "GIT_TRACE": "0"}
    far_desk.column()
    commit = far_desk.commit("海底ケーブルが切れた朝")
    push = far_desk.push()
    assert push.accepted, push.stderr
    assert commit == tip(layout)
    assert "海底ケーブルが切れた朝" in push.said


def test_a_push_with_problems_is_refused_with_all_of_them(layout, desk):
    """A typo in a header is named with its line and its cure, and nothing stays on the server."""
    desk.column(Sumary="x")
    desk.column("2014-05-01-bad", Date="1.5.2014")
    commit = desk.commit()
    push = desk.push()
    assert not push.accepted
    lines = push.said.splitlines()
    assert [
        "Refused for 2 problems:",
        "content/columns/2014-03-24-cable-fault/ja.md:6: Sumary: no such header; "
        "did you mean Summary?",
        'content/columns/2014-05-01-bad/ja.md:3: Date: "1.5.2014" is no date; '
        "write 2014-03-24 or 2014-03-24 09:00",
        "Mend it, commit, and push again. Nothing was published.",
    ] == lines[1:]
    assert (None, []) == (tip(layout), list(layout.builds.iterdir()))
    assert not objects_of(layout, commit)


def objects_of(layout, commit):
    command = ["git", "--git-dir", str(layout.repository), "cat-file", "-e", commit]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603


def test_a_report_is_no_longer_than_a_person_reads():
    problems = [f"content/{n:04}.md:1: \x1b[2J図\n  and why" for n in range(1_000)]
    lines = list(limited(problems))
    assert 0.9 * REPORT_BYTES < len("\n".join(lines).encode()) < REPORT_BYTES + 40
    assert ["content/0000.md:1: \\u001b[2J図\n  and why", f"… and {1_001 - len(lines)} more"] == [
        lines[0], lines[-1],
    ]  # fmt: skip


def test_a_crash_is_told_as_a_terminal_can_print_it(layout, published):
    """It may quote whatever was pushed, and as much of it."""
    slow(layout, "raise ValueError('\\x1b[2J' + 'x' * 100_000)")
    published.column("2014-05-01-new")
    published.commit()
    push = published.push()
    assert "Refused: the build failed, and not for what was pushed:" in push.said
    assert r"ValueError: \u001b[2Jxxxx" in push.said
    assert ("\x1b" in push.stderr, len(push.said) < REPORT_BYTES) == (False, True)


def test_another_branch_and_a_tag_are_stored_and_not_built(layout, published):
    published.column("2014-05-01-bad", Date="1.5.2014")
    published.commit()
    published.git("tag", "v1")
    push = published.push("HEAD:refs/heads/topic", "v1")
    assert push.accepted
    assert "Stored and not published: refs/heads/topic; only main is." == push.said
    assert ["refs/heads/main", "refs/heads/topic", "refs/tags/v1"] == refs(layout)
    assert 1 == len(list(layout.builds.iterdir()))


@pytest.mark.parametrize("ref", ["refs/replace/{}", "refs/notes/commits", "refs/anything/else"])
def test_what_is_neither_branch_nor_tag_is_refused(layout, published, ref):
    """A replacement would stand in for a commit, whoever had read that."""
    ref = ref.format(tip(layout))
    push = published.push(f"HEAD:{ref}")
    assert f"{ref}: only branches and tags are stored here" in push.said
    assert (False, ["refs/heads/main"]) == (push.accepted, refs(layout))


def test_a_branch_below_main_is_refused(layout, desk):
    """Before the first push it would keep main from being made."""
    desk.commit()
    push = desk.push("HEAD:refs/heads/main/draft")
    assert "refs/heads/main/draft: lies below main" in push.said
    assert (False, [], None) == (push.accepted, refs(layout), tip(layout))


def test_a_branch_below_main_is_not_what_main_stands_at(layout, desk):
    stored(desk, ref="refs/heads/main/draft")
    assert tip(layout) is None


def test_main_only_grows(layout, published):
    before = tip(layout)
    published.git("commit", "--quiet", "--amend", "--message", "Another first")
    forced = published.push("HEAD:refs/heads/main", force=True)
    assert "main can only grow, and this push would take commits of others away" in forced.said
    deleted = published.push(":refs/heads/main")
    assert "main is what the site is made of and cannot be deleted" in deleted.said
    assert (False, False, before) == (forced.accepted, deleted.accepted, tip(layout))


def test_a_push_is_taken_or_refused_as_a_whole(layout, published):
    before = tip(layout)
    published.column(Summary=None)
    published.commit()
    push = published.push("HEAD:refs/heads/main", "HEAD:refs/heads/topic")
    assert not push.accepted
    assert "A push is taken as a whole: none of its branches and tags was." in push.said
    assert (before, ["refs/heads/main"]) == (tip(layout), refs(layout))


def test_a_check_reports_and_takes_nothing(layout, published):
    """The build of a check that passed is that of the push that follows."""
    before = tip(layout)
    published.column("2014-05-01-new")
    commit = published.commit()
    push = published.push(options=("check",))
    assert (False, before) == (push.accepted, tip(layout))
    assert "Nothing is wrong. Nothing was taken either, as you asked with -o check" in push.said
    built = (layout.build(commit) / "build.json").stat().st_mtime_ns
    assert published.push().accepted
    assert built == (layout.build(commit) / "build.json").stat().st_mtime_ns


def test_a_preview_is_shown_and_takes_nothing(layout, published):
    before = tip(layout)
    published.column("2014-05-01-draft", Status="draft")
    published.commit()
    push = published.push("HEAD:refs/heads/mine", options=("preview",))
    (folder,) = layout.previews.iterdir()
    assert f"{SITEURL}/preview/{folder.name}/" in push.said.splitlines()
    assert (folder / "ja/columns/draft/index.html").is_file()
    assert (False, before, ["refs/heads/main"]) == (push.accepted, tip(layout), refs(layout))


def test_a_preview_of_what_is_live_leaves_its_content(layout, published):
    """The status is drawn from it, also where its build is not there any more."""
    commit = tip(layout)
    wait_for(lambda: is_live(layout, commit))
    with lock.held(layout, "a test", 60):
        (layout.build(commit) / "build.json").unlink()
    published.push("HEAD:refs/heads/mine", options=("preview",))
    assert layout.content(commit).is_dir()


OPTIONS = {
    "a slip": (("chek",), '-o "chek" is no option here: -o check reports'),
    "a command": (("$(id);\x1b[2J",), '-o "$(id);\\u001b[2J" is no option here'),
    "two at once": (("check", "preview"), "-o check and -o preview at once: give one"),
}


@pytest.mark.parametrize(("options", "expected"), OPTIONS.values(), ids=OPTIONS)
def test_an_option_that_is_none_is_named(layout, desk, options, expected):
    """Whoever mistypes `-o check` does not want to publish."""
    desk.commit()
    push = desk.push(options=options)
    assert expected in push.said
    assert tip(layout) is None


def test_an_option_without_anything_to_build_takes_nothing(layout, published):
    published.git("tag", "v1")
    push = published.push("v1", options=("preview",))
    assert "-o preview: this push holds no branch that could be built" in push.said
    assert ["refs/heads/main"] == refs(layout)


def test_a_push_that_changes_the_software_hears_what_that_takes(layout, published):
    published.write("theme/templates/base.html", "x")
    published.write("publishconf.py", "x")
    published.write("README.md", "x")
    commit = published.commit()
    push = published.push()
    assert push.accepted
    expected = "Note: publishconf.py, theme in this push change nothing yet; that takes\n"
    user = getpass.getuser()
    command = f"  sudo -u {user} {layout.root}/invoke server-upgrade {commit[:10]}"
    assert expected + command in push.said


@pytest.mark.parametrize("options", [("check",), ("preview",), ()], ids=["check", "preview", "bad"])
def test_a_push_that_is_not_taken_offers_no_software_of_it(published, options):
    """The server will not have the commit that a command would name."""
    published.write("publishconf.py", "x")
    if not options:
        published.column(Summary=None)
    published.commit()
    push = published.push(options=options)
    assert not push.accepted
    assert "server-upgrade" not in push.said


def test_a_way_back_is_offered_once_there_is_one(layout, desk):
    """The first release has none before it."""
    desk.column()
    commit = desk.commit()
    assert "invoke rollback" not in desk.push().said
    wait_for(lambda: is_live(layout, commit))
    desk.column("2014-05-01-second")
    desk.commit()
    user = getpass.getuser()
    expected = f"At once, on the server: sudo -u {user} {layout.root}/invoke rollback"
    assert expected in desk.push().said


def test_two_pushes_at_once_build_one_after_the_other(layout, published, desk_of):
    """Who comes second hears it before anything is built, and may pull and push again."""
    other = desk_of(layout.repository, "other")
    shutil.rmtree(other.root)
    other.root.mkdir()
    other.git("clone", "--quiet", str(layout.repository), ".")
    published.column("2014-05-01-one")
    other.column("2014-06-01-two")
    commits = [published.commit(), other.commit()]
    pushes = {}
    with lock.held(layout, "a test", 60):
        threads = [
            threading.Thread(target=lambda desk=desk: pushes.update({desk.root.name: desk.push()}))
            for desk in (published, other)
        ]
        for thread in threads:
            thread.start()
        wait_for(lambda: 2 == sum(has_open(hook, layout.lock) for hook in hooks_of(layout)))
        time.sleep(0.2)
    for thread in threads:
        thread.join()
    taken = [push for push in pushes.values() if push.accepted]
    assert all("Waiting for a test (process " in push.said for push in pushes.values())
    (lost,) = (push for push in pushes.values() if not push.accepted)
    assert (1, True) == (len(taken), tip(layout) in commits)
    assert "main has moved while this push waited" in lost.said or "cannot lock ref" in lost.stderr
    (loser,) = (desk for desk in (published, other) if pushes[desk.root.name] is lost)
    loser.git("pull", "--quiet", "--rebase", loser.remote, "main")
    assert loser.push().accepted
    built = layout.site(tip(layout))
    assert all((built / "ja/columns" / slug / "index.html").is_file() for slug in ("one", "two"))


def test_a_server_that_fails_says_so_and_takes_nothing(layout, desk):
    desk.commit()
    layout.settings.unlink()
    push = desk.push()
    assert f"Refused: {layout.settings}: is missing" in push.said
    assert tip(layout) is None


def test_a_client_that_goes_while_its_push_is_built_leaves_nothing_held(layout, far_desk):
    """Whether git takes the push then or not, the build ends and the next push is built."""
    begun = layout.root / "begun"
    slow(layout, f"import time\nopen({str(begun)!r}, 'w').close()\ntime.sleep(2)")
    far_desk.commit("Gone")
    with client(far_desk) as gone:
        wait_for(begun.exists)
        os.killpg(gone.pid, signal.SIGKILL)
    wait_for(lambda: not running(layout))
    with lock.held(layout, "a test", 60):
        pass
    far_desk.write("content/pages/about/ja.md", "Title: 私たち\n\nchanged\n")
    commit = far_desk.commit("Back")
    assert far_desk.push().accepted
    assert commit == tip(layout) == read_build(layout, commit).commit


def client(desk):
    """A push in a session of its own, which can be killed as a whole."""
    return subprocess.Popen(  # noqa: S603
        ["git", "push", desk.remote, "HEAD:refs/heads/main"],  # noqa: S607
        cwd=desk.root, env=desk.environment, start_new_session=True, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def running(layout):
    """Tell whether a hook, a build or a worker of this server runs."""
    return any(str(layout.root) in command for command in processes().values())


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(max(1, ROUNDS // 10)))
def test_a_hook_killed_at_any_point_harms_no_later_push(layout, published, seed):
    """Whatever it had begun, main stays or moves as a whole, and the next push is built."""
    published.column("2014-05-01-new")
    commit = published.commit()
    with client(published) as pushing:
        wait_for(lambda: hooks_of(layout))
        time.sleep(random.Random(seed).uniform(0, 3))  # noqa: S311  when, not a secret
        for hook in hooks_of(layout):
            os.kill(hook, signal.SIGKILL)
        pushing.wait(60)
    wait_for(lambda: not running(layout))
    built = read_build(layout, commit)
    assert built is None or (layout.site(commit) / "ja/columns/new/index.html").is_file()
    push = published.push()
    assert push.accepted, push.stderr
    assert commit == tip(layout)
    wait_for(lambda: is_live(layout, commit))


def has_open(pid, file):
    with contextlib.suppress(OSError):  # it has just ended
        return any(link.readlink() == file for link in Path(f"/proc/{pid}/fd").iterdir())
    return False


def hooks_of(layout):
    """The processes of this server's pre-receive."""
    mark = f"publishing.hooks pre-receive {layout.root}"
    return [pid for pid, command in processes().items() if mark in command]


def test_a_hundred_thousand_files_are_refused(layout, desk):
    """They are small in a pack: one file, a thousand times in each of a hundred folders."""
    lines = ["blob\nmark :1\ndata 1\nx\ncommit refs/heads/main\n"
             "committer D <d@columns.example> 1000000000 +0000\ndata 1\nx"]  # fmt: skip
    lines += [f"M 644 :1 content/columns/{n // 1000}/{n}.md" for n in range(100_000)]
    subprocess.run(
        ["git", "fast-import", "--quiet"],  # noqa: S607
        cwd=desk.root, env=desk.environment, input="\n".join(lines), text=True, check=True,
    )  # fmt: skip
    push = desk.push("refs/heads/main:refs/heads/main")
    assert "content/: more than 50,000 files; that is no site's content" in push.said
    assert (None, []) == (tip(layout), list(layout.builds.iterdir()))


@pytest.mark.soak
@pytest.mark.skipif("ATOGAKI_SOAK" not in os.environ, reason="two gigabytes travel in soak runs")
def test_a_file_of_two_gigabytes_is_refused_unread(layout, desk):
    """It travels as two megabytes, and git itself looks at it; the hook does not."""
    with desk.write("content/columns/2014-03-24-cable-fault/core.txt", "").open("wb") as file:
        file.truncate(2 << 30)
    desk.git("config", "core.compression", "1")
    desk.commit()
    push = desk.push()
    assert "core.txt:1: 2,147,483,648 bytes; at most 20,000,000 for a file" in push.said
    assert tip(layout) is None


@pytest.fixture
def small_server(tmp_path):
    """A server on a disk of sixteen megabytes."""
    with small_disk(tmp_path / "disk", 16) as disk:
        layout = serve(Layout(disk / "srv"))
        yield layout
        wait_for(lambda: not running(layout))


def fill(layout, leave):
    """Fill the server's disk but for so many bytes."""
    free = shutil.disk_usage(layout.root).free - leave
    with (layout.root / "filler").open("wb") as file:
        for _ in range(free // 65_536):
            file.write(bytes(65_536))


@pytest.mark.parametrize("leave", [0, 300_000], ids=["for git", "for the build"])
def test_a_full_disk_is_told_and_changes_nothing(small_server, desk_of, leave):
    """What is live stays live, main stays where it is, and the next push works."""
    desk = desk_of(small_server.repository)
    for number in range(20):
        desk.column(f"2014-03-24-column-{number}", Id=f"a{number:09}")
    before = desk.commit()
    assert desk.push().accepted
    wait_for(lambda: is_live(small_server, before))
    live = small_server.current.resolve()
    pages = {path: path.read_bytes() for path in live.rglob("*.html")}
    fill(small_server, leave)
    desk.column("2014-05-01-new")
    data = os.urandom(100_000 if leave == 0 else 1_000)
    desk.write("content/columns/2014-05-01-new/capture.pcap", "").write_bytes(data)
    after = desk.commit()
    push = desk.push()
    assert not push.accepted
    expected = "the server's disk is full" if leave else "No space left on device"
    assert expected in push.stderr
    assert (before, live) == (tip(small_server), small_server.current.resolve())
    assert pages == {path: path.read_bytes() for path in live.rglob("*.html")}
    (small_server.root / "filler").unlink()
    assert desk.push().accepted
    wait_for(lambda: is_live(small_server, after))


def is_live(layout, commit):
    found = live(layout)
    return found is not None and found.commit == commit


def test_the_worker_makes_a_release_of_what_was_taken(layout, desk):
    desk.column()
    commit = desk.commit()
    push = desk.push()
    assert "Taken. The worker makes a release of it now." in push.said
    wait_for(lambda: is_live(layout, commit))
    assert (layout.current / "ja/columns/cable-fault/index.html").is_file()


def test_a_client_that_goes_after_its_push_was_taken_misses_nothing(layout, far_desk):
    """The worker is not the hook's: it goes on, and the release is made."""
    begun = layout.root / "begun"
    hook = layout.repository / "hooks" / "post-receive"
    lines = hook.read_text().splitlines()
    hook.write_text("\n".join([lines[0], f"touch {begun}", "sleep 2", lines[-1]]))
    far_desk.column()
    commit = far_desk.commit()
    with client(far_desk) as gone:
        wait_for(begun.exists)
        os.killpg(gone.pid, signal.SIGKILL)
    wait_for(lambda: is_live(layout, commit))


def test_a_worker_that_cannot_start_does_not_undo_the_push(layout, published):
    commit = published.commit()
    hook = layout.repository / "hooks" / "post-receive"
    lines = hook.read_text().replace(str(layout.python), sys.executable).splitlines()
    hook.write_text("\n".join([lines[0], f"rm {layout.app / '.venv'}", lines[-1]]))
    push = published.push()
    assert "Taken, but the worker did not start; the timer starts it within a minute" in push.said
    assert (True, commit) == (push.accepted, tip(layout))
