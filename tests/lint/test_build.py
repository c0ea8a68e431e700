"""The lint before a build: a public one ends before any output changes."""

from types import SimpleNamespace

import pytest

from lint import check_before_build

PATH = "columns/2014-03-24-cable-fault/ja.md"
PROBLEM = f"content/{PATH}:1: byte 0x82 is not UTF-8; save the file as UTF-8"


@pytest.fixture
def build(tmp_path):
    """Return what a build looks like when its plugins are loaded, for any settings."""
    return lambda **settings: SimpleNamespace(
        settings={"PATH": str(tmp_path), "PLUGINS": [], **settings}
    )


@pytest.fixture
def bad_column(tmp_path):
    file = tmp_path / PATH
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\x82")


@pytest.mark.usefixtures("bad_column")
def test_a_problem_ends_a_public_build(build, capsys):
    """What is wrong does not go out: all problems are printed, the status is 1."""
    with pytest.raises(SystemExit) as ended:
        check_before_build(build(PUBLIC=True, LINT_REPORT=True))
    assert ended.value.code == 1
    assert capsys.readouterr().err.splitlines() == [PROBLEM, "1 problem in content/"]


@pytest.mark.usefixtures("bad_column")
def test_a_preview_names_the_problems_and_goes_on(build, capsys):
    """A bad column does not take the others down while they are written."""
    check_before_build(build(LINT_REPORT=True))
    assert capsys.readouterr().err.splitlines() == [PROBLEM, "1 problem in content/"]


@pytest.mark.usefixtures("bad_column")
def test_a_build_on_a_desk_is_not_linted(build, capsys):
    """Who builds for himself asks for the lint when he wants it."""
    check_before_build(build(PUBLIC=False))
    assert capsys.readouterr().err == ""


def test_a_sound_public_build_goes_on_in_silence(build, capsys):
    """Without a problem there is nothing to say."""
    check_before_build(build(PUBLIC=True))
    assert capsys.readouterr().err == ""
