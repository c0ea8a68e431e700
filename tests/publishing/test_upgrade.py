"""Another version builds only after it has built what is live, and one can go back."""

import json
import re
from datetime import UTC, datetime

import pytest

from publishing import releases, software
from publishing.assembly import assemble
from publishing.builder import builder_of, read_build
from publishing.commits import Commits
from publishing.errors import Busy, ServerError
from publishing.install import install
from publishing.layout import Layout
from publishing.lock import held
from publishing.model import MADE_JSON
from publishing.upgrade import go_back, upgrade
from tests.publishing.checkouts import commit, fetch, git, make_checkout, seed_environment

NOW = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path):
    return make_checkout(tmp_path / "checkout")


@pytest.fixture
def layout(tmp_path, desk):
    """A server with the desk's software, to which nothing has been pushed."""
    layout = Layout(tmp_path / "root")
    layout.root.mkdir()
    seed_environment(layout, desk.root)
    install(layout, desk.root, [].append, dry=False)
    text = layout.settings.read_text()
    layout.settings.write_text(text.replace("\n[web]", '\n[web]\nloopback = ""'))
    return layout


@pytest.fixture
def live(layout, desk):
    """The release that readers of that server see."""
    fetch(layout, desk.root, "main")
    build = builder_of(Commits(layout)).build(Commits(layout).tip(), NOW)
    release = assemble(layout, build, NOW)
    releases.switch(layout, release)
    return release


@pytest.fixture
def change_to(layout, desk):
    """Commit a change of the software, and upgrade to it."""

    def change_to(path, text):
        desk.write(path, text)
        done = commit(desk.root)
        fetch(layout, desk.root, "software")
        said = []
        upgrade(layout, "software", NOW, said.append)
        return done, "\n".join(said)

    return change_to


def test_a_version_builds_what_is_live_before_it_becomes_the_one_that_builds(
    layout, live, change_to
):
    before = layout.version()
    template = (layout.app / "theme/templates/home.html").read_text()
    after, said = change_to("theme/templates/home.html", template + "{# another #}\n")
    assert (after, before) == (layout.version(), layout.app_before.resolve().name)
    assert f"{after} builds {live.commit}" in said
    assert read_build(layout, live.commit).version == after
    released = releases.live(layout)
    assert (live.commit, after) == (released.commit, released.version)
    assert f"live:        {released.name}" in said
    again = []
    upgrade(layout, after[:10], NOW, again.append)
    assert [f"already so:  {layout.app}, which leads to {after}"] == again


@pytest.mark.parametrize(
    ("path", "text", "fault"),
    [
        ("theme/templates/home.html", "{% if %}", "home.html"),
        ("plugins/bilingual/pages.py", "import nothing_like_this", "nothing_like_this"),
        ("publishing/make_site.py", "import sys; sys.exit(3)", "the build ended with status 3"),
    ],
    ids=["template", "plugin", "builder"],
)
def test_a_version_that_cannot_build_what_is_live_changes_nothing(
    layout, live, change_to, path, text, fault
):
    before = layout.version()
    with pytest.raises(ServerError, match="goes on building") as refused:
        change_to(path, text)
    assert fault in str(refused.value)
    assert (before, live) == (layout.version(), releases.live(layout))
    assert (layout.current / "ja/index.html").is_file()
    assert not layout.app_before.exists()


def test_a_version_that_is_ordered_and_tells_otherwise_can_be_reached(layout, desk, live):
    """What it brings is not asked for, what it has dropped is: both have an answer."""
    model = (layout.app / "publishing/model.py").read_text()
    desk.write(
        "publishing/model.py",
        model.replace("    open_files: int\n", '    colour: str = "blue"\n').replace(
            "    receipt: tuple[str, ...] = ()\n", "    colours: tuple[str, ...] = ()\n"
        ),
    )
    making = (layout.app / "publishing/make_site.py").read_text()
    desk.write(
        "publishing/make_site.py",
        re.sub(r"\n.*RLIMIT_NOFILE.*", "", making).replace(
            'receipt=tuple(settings.get("RECEIPT_LINES", ()))', "colours=(order.colour,)"
        ),
    )
    after = commit(desk.root)
    fetch(layout, desk.root, "software")
    upgrade(layout, "software", NOW, [].append)
    assert after == layout.version() == releases.live(layout).version
    assert ["blue"] == json.loads((layout.build(live.commit) / MADE_JSON).read_text())["colours"]
    go_back(layout, NOW, [].append)
    assert live.version == layout.version()


def test_a_version_that_does_not_tell_what_it_must_changes_nothing(layout, live, change_to):
    before = layout.version()
    making = (layout.app / "publishing/make_site.py").read_text()
    less = making.replace("made.model_dump_json()", '"{}"')
    with pytest.raises(
        ServerError, match=r"(?s)made\.json: is not what this version reads: .*siteurl"
    ):
        change_to("publishing/make_site.py", less)
    assert (before, live) == (layout.version(), releases.live(layout))


def test_one_can_go_back_and_forth(layout, change_to):
    first = layout.version()
    second, _ = change_to("docs/note.md", "note")
    go_back(layout, NOW, [].append)
    assert first == layout.version()
    go_back(layout, NOW, [].append)
    assert second == layout.version()


def test_where_nothing_built_before_there_is_no_way_back(layout):
    with pytest.raises(ServerError, match="there is no version before this one"):
        go_back(layout, NOW, print)


def test_software_is_that_of_the_commit_that_was_named(layout, desk):
    """Whatever a ref of the repository would have git put in its place."""
    desk.write("docs/note.md", "read by somebody")
    named = commit(desk.root)
    fetch(layout, desk.root, "software")
    desk.write("docs/note.md", "read by nobody")
    other = commit(desk.root)
    fetch(layout, desk.root, "other")
    git(layout.repository, "replace", named, other)
    upgrade(layout, named, NOW, [].append)
    assert named == layout.version()
    assert "read by somebody" == (layout.app / "docs/note.md").read_text()


@pytest.mark.parametrize(
    "revision", ["nowhere", "", "--help", "-x", "main:plugins", "a b", "$(id)"]
)
def test_what_names_no_commit_is_refused(layout, revision):
    with pytest.raises(ServerError, match="names no commit"):
        upgrade(layout, revision, NOW, print)


def test_an_upgrade_brings_the_files_for_root_and_says_what_root_does(layout, change_to):
    unit = (layout.app / "publishing/server/systemd/worker.timer").read_text()
    _, said = change_to("publishing/server/systemd/worker.timer", f"{unit}# another\n")
    written = layout.etc / "systemd/system/root-worker.timer"
    assert written.read_text().endswith("# another\n")
    assert f"made:        {written}" in said
    assert "sudo systemctl daemon-reload" in said


def test_old_versions_go_but_neither_this_one_nor_the_one_before(layout, change_to):
    """Three are kept; an environment that none of them uses goes as well."""
    first = layout.version()
    idle = layout.environments / "0000000000000000-cpython-311"
    idle.mkdir()
    names = [first] + [change_to("docs/note.md", f"{n}")[0] for n in range(3)]
    kept = {path.name for path in software.versions_in(layout)}
    assert set(names[1:]) == kept
    assert not idle.exists()
    assert len(list(layout.environments.iterdir())) == 2  # the one in use, and its mark


def test_an_upgrade_waits_for_whoever_builds(layout, change_to, monkeypatch):
    """And says who that is when it has waited enough."""
    monkeypatch.setattr("publishing.upgrade.PATIENCE_S", 0.2)
    before = layout.version()
    with held(layout, "a push of 1a2b3c4d", 1), pytest.raises(Busy, match="a push of 1a2b3c4d"):
        change_to("docs/note.md", "note")
    assert before == layout.version()
