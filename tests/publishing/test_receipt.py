"""The receipt: what a push changes for readers, what it weighs, and how to undo it."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from types import ModuleType

import pytest

from publishing.commits import Commits
from publishing.model import Changes, Made
from publishing.receipt import compare, receipt, undo

NOW = datetime(2025, 1, 1, tzinfo=UTC)
COMMIT = "1a2b3c4d5e" * 4
MADE = Made(siteurl="https://columns.example", languages={"ja": "日本語", "en": "English"})


def put(folder, files):
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.fixture
def live(layout):
    """A live site of two columns in Japanese and one in English."""
    site = layout.releases / "live"
    put(site, {
        "index.html": "front", "ja/index.html": "home", "ja/columns/a/index.html": "A",
        "ja/columns/b/index.html": "B", "en/columns/a/index.html": "A", "ja/feed.atom": "1",
        "ja/feed.rss": "1", "ja/feed.json": "1", "assets/x.0123456789.css": "",
        "index.html.br": "packed", "release.json": "{}", "ja/status/index.html": "1",
    })  # fmt: skip
    layout.current.symlink_to(site)
    return site


def row(label, text, size):
    """A line of the receipt, 72 columns wide."""
    return f"  {label:<9}{text}{size:>{72 - 11 - len(text)}}"


def told(layout, files, made=MADE):
    put(layout.site(COMMIT), files)
    return "\n".join(receipt(layout, COMMIT, made, NOW)).split("\n")


def test_what_is_new_changed_and_gone_by_language(layout, live):
    """Lists follow what people wrote; the status, which is newer each minute, is left out."""
    kept = {path: (live / path).read_bytes() for path in ("index.html", "en/columns/a/index.html")}
    assert [
        "Live within seconds at https://columns.example/",
        "",
        "日本語",
        row("new", "/ja/columns/c/", "1 of 13,000 bytes"),
        row("changed", "/ja/columns/a/", "2 of 13,000 bytes"),
        row("", "/ja/", "5 bytes"),
        "  gone     /ja/columns/b/",
        row("feeds", "/ja/feed", "atom rss"),
    ] == told(layout, kept | {
        "ja/index.html": "home2", "ja/columns/a/index.html": "A2", "ja/columns/c/index.html": "C",
        "ja/feed.atom": "2", "ja/feed.rss": "2", "ja/feed.json": "1",
        "ja/status/index.html": "2", "en/status/r/index.html": "2",
    })  # fmt: skip


def test_no_line_is_wider_than_a_terminal(layout, live):  # noqa: ARG001  something is live
    """Git puts `remote: ` in front; 80 columns are what is left of a small window."""
    files = {f"ja/columns/{'long-' * n}name/index.html": "x" * 40 * n for n in range(9)}
    assert max(len(line) for line in told(layout, files)) <= 72


def test_a_page_too_heavy_is_named(layout, live):  # noqa: ARG001
    heavy = told(layout, {"ja/columns/a/index.html": os.urandom(13_001)})
    assert any(line.endswith("13,001 of 13,000 bytes: TOO HEAVY") for line in heavy)
    assert "TOO HEAVY" not in "\n".join(told(layout, {"ja/columns/a/index.html": "A" * 99_999}))


def test_a_long_list_ends_with_how_many_more(layout, live):  # noqa: ARG001
    lines = told(layout, {f"en/columns/{n:02}/index.html": "x" for n in range(15)})
    new = lines[lines.index("English") + 1 :]
    assert "  new      /en/columns/00/" == new[0][:26]
    assert "           … and 3 more" == new[12]


def test_what_changes_nothing_says_so(layout, live):
    files = {path.relative_to(live): path.read_bytes() for path in live.rglob("*.*")}
    assert ["No page and no feed changes."] == told(layout, files)[1:]


def test_a_first_release_is_counted_and_not_listed(layout):
    lines = told(layout, {"ja/index.html": "x", "ja/feed.atom": "x", "a.css": "x"})
    assert ["The first release: 1 pages, 1 feeds."] == lines[1:]


def test_what_the_build_warned_of_is_passed_on(layout, live):  # noqa: ARG001
    made = MADE.model_copy(update={"warnings": ("an odd \x1b[2J thing",)})
    assert "Warning: an odd \\u001b[2J thing" in told(layout, {"index.html": "front"}, made)


def test_a_plugin_adds_its_lines(layout, live, monkeypatch):  # noqa: ARG001
    """One that fails loses its own line only."""
    module = ModuleType("some_plugin")
    module.lines = lambda changes, root, now: [f"would send {changes.new} {root.name} {now:%Y}"]
    monkeypatch.setitem(sys.modules, "some_plugin", module)
    names = ("some_plugin:lines", "some_plugin:missing", "no_plugin:lines")
    lines = told(layout, {"en/x.html": "x"}, MADE.model_copy(update={"receipt": names}))
    assert "would send ('en/x.html',) srv 2025" in lines
    assert [True, True] == [
        any(line.startswith(f"Warning: {name}: ") for line in lines) for name in names[1:]
    ]


def test_files_of_equal_size_and_other_bytes_differ(tmp_path):
    put(tmp_path / "one", {"a.html": "1", "b.html": "1"})
    put(tmp_path / "two", {"a.html": "2"})
    (tmp_path / "two" / "b.html").hardlink_to(tmp_path / "one" / "b.html")
    assert Changes((), ("a.html",), ()) == compare(tmp_path / "one", tmp_path / "two")


def test_a_first_push_cannot_be_undone():
    assert "there was nothing before this" in undo(None, COMMIT, merged=False, several=True)


@pytest.mark.parametrize("kind", ["one commit", "several", "a merge"])
def test_the_command_that_undoes_a_push_does(layout, desk, kind):
    """What is in content/ is as it was before, and nothing else on the desk was touched."""
    before = desk.commit()
    desk.column()
    desk.write("content/topics.toml", "[x]\n")
    desk.commit()
    if kind == "several":
        desk.column("2014-05-01-second")
        desk.commit()
    if kind == "a merge":
        desk.git("switch", "--quiet", "--create", "side", before)
        desk.column("2014-06-01-side")
        desk.commit()
        desk.git("switch", "--quiet", "main")
        desk.git("merge", "--quiet", "--no-edit", "side")
    after = desk.git("rev-parse", "HEAD").stdout.strip()
    desk.git("push", "--quiet", desk.remote, "HEAD:refs/heads/kept")
    count, merged = Commits(layout).between(before, after)
    command = undo(before, after, merged=merged, several=count > 1).removesuffix(" && git push")
    subprocess.run(command, shell=True, cwd=desk.root, env=desk.environment, check=True)  # noqa: S602
    assert "" == desk.git("diff", "--name-only", before, "HEAD").stdout
    assert "" == desk.git("status", "--porcelain").stdout
