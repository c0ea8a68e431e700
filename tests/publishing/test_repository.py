"""The repository that staff push to."""

import subprocess

import pytest

from publishing.errors import ServerError
from publishing.layout import Layout
from publishing.repository import HOOKS, PUSH_MB, prepare, settings_of


def configured(layout, name):
    command = ["git", "--git-dir", str(layout.repository), "config", name]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603


def test_a_repository_has_its_settings_and_hooks(layout):
    wanted = settings_of(PUSH_MB)
    assert {name: configured(layout, name) for name in wanted} == wanted
    for name in HOOKS:
        assert (layout.repository / "hooks" / name).stat().st_mode & 0o777 == 0o755


def test_a_repository_that_exists_is_brought_up_to_date(layout):
    """What a person changed by mistake is right again, what was pushed stays."""
    (layout.repository / "refs/heads/kept").write_text("0" * 40)
    (layout.repository / "hooks/pre-receive").write_text("exit 1")
    prepare(layout)
    assert (layout.repository / "refs/heads/kept").exists()
    assert "publishing.hooks" in (layout.repository / "hooks/pre-receive").read_text()


def test_a_repository_that_git_cannot_make_is_told(tmp_path):
    (tmp_path / "site.git").write_text("in the way")
    with pytest.raises(ServerError, match=r"^git init: .*site\.git"):
        prepare(Layout(tmp_path))
