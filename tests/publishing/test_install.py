"""A server is made step by step, twice over without harm, and only what root must do is left."""

import getpass
import os
import re
import subprocess
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from publishing.errors import ServerError
from publishing.install import install, name_of
from publishing.layout import Layout
from publishing.settings import read_settings
from tests.publishing.checkouts import commit, git, make_checkout, seed_environment


@pytest.fixture(scope="module")
def committed(tmp_path_factory):
    """A checkout that nobody changes."""
    return make_checkout(tmp_path_factory.mktemp("desk") / "checkout").root


@pytest.fixture
def layout(tmp_path):
    """A root that root has made, and nothing in it."""
    layout = Layout(tmp_path / "columns")
    layout.root.mkdir()
    return layout


@pytest.fixture
def run(layout, committed):
    """Install, and return what was said."""

    def run(*, checkout=committed, dry=False, quiet=False):
        said = []
        install(layout, checkout, said.append, dry=dry, quiet=quiet)
        return "\n".join(said)

    return run


def snapshot(folder):
    """Everything in a folder: mode, and bytes or target."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_mode,
            path.readlink() if path.is_symlink() else path.is_file() and path.read_bytes(),
        )
        for path in sorted(folder.rglob("*"))
    }


def test_a_dry_run_says_all_and_does_nothing(run, layout):
    said = run(dry=True)
    assert snapshot(layout.root) == {}
    assert "already so" not in said
    assert len(re.findall("^would make: ", said, re.MULTILINE)) > 20
    assert "sudo install -m 644" in said


def test_the_second_run_finds_everything_so(run, layout, committed):
    seed_environment(layout, committed)
    first = run()
    before = snapshot(layout.root)
    second = run()
    assert before == snapshot(layout.root)
    made = re.findall(r"^made: +(.+)$", first, re.MULTILINE)
    assert len(made) > 20
    assert "made:" not in second
    assert set(made) <= set(re.findall(r"^already so: +(.+)$", second, re.MULTILINE))
    assert run(quiet=True).splitlines()[0] == ""  # what root must do, nothing else


def test_how_much_a_push_may_bring_is_the_owners_to_say(run, layout, committed):
    """And it can be told again, as for a first push that is too large."""
    seed_environment(layout, committed)
    run()
    owners = layout.settings.read_text()
    for written, told in (("# push_mb = 256", "256m"), ("push_mb = 3000", "3000m")):
        layout.settings.write_text(owners.replace("# push_mb = 256", written))
        run()
        assert told == git(layout.repository, "config", "receive.maxInputSize")


def test_what_is_secret_is_nobody_elses(run, layout, committed):
    """Drafts, stores, secrets; and the addresses of previews, which nobody is to list."""
    seed_environment(layout, committed)
    run()
    modes = {path.name: path.stat().st_mode & 0o777 for path in layout.root.iterdir()}
    assert modes["builds"] == modes["var"] == modes["site.git"] == 0o700
    assert modes["preview"] == 0o711
    assert modes["secrets.env"] == 0o600
    assert modes["releases"] == modes["status"] == modes["app"] == 0o755


@pytest.mark.parametrize("broken", range(2, 26, 7))
def test_an_install_that_was_broken_off_goes_on(layout, committed, run, broken):
    """After any number of steps, whatever it was that ended it."""
    seed_environment(layout, committed)
    said = []

    def say(line):
        said.append(line)
        if len(said) == broken:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        install(layout, committed, say, dry=False)
    assert run().count("already so:") >= broken
    assert "made:" not in run()


def test_what_the_owner_wrote_is_kept(run, layout, committed):
    seed_environment(layout, committed)
    run()
    text = layout.settings.read_text().replace('names = ["columns.example"]',
                                               'names = ["a.example", "b.example"]')  # fmt: skip
    layout.settings.write_text(text)
    layout.secrets.write_text("ATOGAKI_SOURCE_TOKYO=x\n")
    said = run(quiet=True)
    assert layout.settings.read_text() == text
    assert layout.secrets.read_text() == "ATOGAKI_SOURCE_TOKYO=x\n"
    conf = layout.etc / "nginx/conf.d/columns.conf"
    assert "server_name a.example;" in conf.read_text()
    assert f"made:        {conf}" in said


def test_another_name_leaves_no_files_of_the_old_one(run, layout, committed):
    seed_environment(layout, committed)
    run()
    layout.settings.write_text(layout.settings.read_text().replace('"columns"', '"other"'))
    run()
    names = {path.name for path in layout.etc.rglob("*.*") if path.is_file()}
    assert {name for name in names if name.startswith("columns")} == set()
    assert "other-worker.timer" in names


def test_the_settings_say_what_the_template_calls_the_default(run, layout, committed):
    """Every line that is commented out, taken in, changes nothing."""
    seed_environment(layout, committed)
    run()
    text = layout.settings.read_text()
    every = re.sub(r"(?m)^# (\w+ = )", r"\1", text)
    assert len(tomllib.loads(every)["tls"]) == 5
    given = read_settings(layout.settings)
    layout.settings.write_text(every)
    assert read_settings(layout.settings).model_dump() == {
        **given.model_dump(),
        "tls": {**given.tls.model_dump(), "certificate": given.certificate, "key": given.key},
    }


def test_a_root_that_does_not_exist_is_roots_to_make(layout, committed):
    away = replace(layout, root=layout.root / "deeper")
    user = getpass.getuser()
    with pytest.raises(ServerError, match=f"sudo install -d -o {user} -g {user} {away.root}"):
        install(away, committed, print, dry=False)
    assert not away.root.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_root_of_another_user_is_that_users_to_fill(layout, committed):
    """Files of root's in it would stop the worker later."""
    os.chown(layout.root, 65534, 65534)
    with pytest.raises(ServerError, match="is nobody's, and you are root; sudo -u nobody"):
        install(layout, committed, print, dry=False)


def test_a_checkout_with_changes_is_no_version(layout, tmp_path):
    """What runs on a server is a commit; content is none of its software."""
    changed = make_checkout(tmp_path / "changed")
    seed_environment(layout, changed.root)
    changed.column("2015-01-01-draft")
    install(layout, changed.root, print, dry=True)
    changed.write("plugins/bilingual/new.py", "")
    with pytest.raises(ServerError, match=r"plugins/bilingual/new\.py differs from what is com"):
        install(layout, changed.root, print, dry=True)


def test_a_newer_checkout_does_not_become_the_version_by_itself(run, layout, committed, tmp_path):
    """It would build what it was never tried on."""
    seed_environment(layout, committed)
    run()
    newer = make_checkout(tmp_path / "newer")
    newer.write("theme/templates/new.html", "")
    commit(newer.root)
    with pytest.raises(ServerError, match="invoke server-upgrade main"):
        run(checkout=newer.root)


def test_the_installed_software_installs_again(run, layout, committed):
    """No checkout is needed any more; the command is the installed one's own."""
    seed_environment(layout, committed)
    run()
    done = subprocess.run(  # noqa: S603
        [layout.command, "server-install"], capture_output=True, text=True, check=False
    )
    assert 0 == done.returncode, done.stderr
    assert "made:" not in done.stdout


def test_a_site_below_a_path_is_refused(layout, tmp_path):
    below = make_checkout(tmp_path / "below")
    text = (below.root / "publishconf.py").read_text()
    below.write("publishconf.py", text.replace("columns.example", "columns.example/log"))
    commit(below.root)
    with pytest.raises(ServerError, match=r"SITEURL: .+/log ends in a path"):
        install(layout, below.root, print, dry=True)


@pytest.mark.parametrize("name", ["with space", "quote'", "dollar$", "semi;colon", "日本"])
def test_a_root_that_no_unit_could_name_is_refused(tmp_path, committed, name):
    layout = Layout(tmp_path / name)
    layout.root.mkdir()
    with pytest.raises(ServerError, match="write letters, digits and"):
        install(layout, committed, print, dry=True)


@pytest.mark.parametrize(
    ("root", "name"),
    [("/srv/atogaki", "atogaki"), ("/srv/My_Site.2", "my-site-2"), ("/srv/123", "atogaki"),
     ("/srv/9lives", "lives")],
)  # fmt: skip
def test_a_site_is_named_after_its_root(root, name):
    assert name == name_of(Layout(Path(root)))
