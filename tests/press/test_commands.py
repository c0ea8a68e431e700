"""The commands that staff type: what they say, and what they do with what they are given."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from invoke.context import MockContext
from invoke.runners import Result

import tasks

ROOT = Path(__file__).parents[2]


def run(command, **options):
    return subprocess.run(  # noqa: S603 - the command is ours
        command, capture_output=True, text=True, check=False, timeout=60, **options
    )


def test_every_command_is_told_in_one_line():
    """A terminal of 80 columns shows a table, not a text."""
    done = run(
        [sys.executable, "-m", "invoke", "--list"], cwd=ROOT, env={**os.environ, "COLUMNS": "80"}
    )
    lines = [line for line in done.stdout.splitlines()[1:] if line]
    assert done.returncode == 0
    assert [] == [line for line in lines if line.startswith("   ")]


@pytest.mark.parametrize("name", ["o'q", "my output", "$(touch x)"])
def test_an_output_may_have_any_name(name):
    c = MockContext(run=Result())
    tasks.site(c, output=name)
    assert ["-o", name] == shlex.split(c.run.call_args.args[0])[-2:]


def test_a_port_that_is_none_is_said_by_the_command():
    done = run([sys.executable, "-m", "invoke", "serve", "--port", "abc"], cwd=ROOT)
    assert done.returncode == 1
    assert done.stderr == (
        "--port abc cannot be used; write a number from 1024 to 65535, as in --port 8001\n"
    )


def test_pelicans_own_command_builds_for_the_public(tmp_path):
    """`pelican -s publishconf.py` finds pelicanconf.py beside it."""
    for name in ("pelicanconf.py", "publishconf.py"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("plugins", "theme"):
        (tmp_path / name).symlink_to(ROOT / name)
    for slug in ("about", "privacy"):
        for lang in ("ja", "en"):
            page = tmp_path / f"content/pages/{slug}/{lang}.md"
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(f"Title: {slug}\n\n{slug}.\n", encoding="utf-8")
    (tmp_path / "content/topics.toml").write_text(
        '[dns]\nja = "名"\nen = "DNS"\n', encoding="utf-8"
    )
    pelican = Path(sys.executable).with_name("pelican")
    done = run([str(pelican), "content", "-s", "publishconf.py"], cwd=tmp_path)
    assert (0, "") == (done.returncode, done.stderr)
    page = (tmp_path / "output/ja/about/index.html").read_text(encoding="utf-8")
    assert "https://columns.atogaki.example/ja/about/" in page


def test_make_recovers_from_an_interrupted_venv(tmp_path):
    """Stopped halfway, venv leaves a python without pip."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("requirements.txt", "requirements-test.txt"):
        (tmp_path / name).touch()
    environment = {**os.environ, "PIP_NO_INDEX": "1"}
    quiet = "--no-print-directory"  # which a make inside `make test` would print
    command = ["make", quiet, f"PYTHON={sys.executable}", ".venv/test.installed"]
    half = [sys.executable, "-m", "venv", "--without-pip", ".venv"]
    assert run(half, cwd=tmp_path).returncode == 0
    (tmp_path / ".venv/site.installed").touch()
    done = run(command, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"Making .venv with {sys.executable} ...",
        "Installing what the site needs into .venv ...",
        "Installing what the tests need into .venv ...",
    ]
    assert run([".venv/bin/python", "-m", "pip", "--version"], cwd=tmp_path).returncode == 0
    again = run(command, cwd=tmp_path, env=environment)
    assert (0, "") == (again.returncode, again.stderr)
    assert "Making" not in again.stdout


def test_make_hands_on_a_command_that_has_a_folders_name(tmp_path):
    """`make bench` measures, however new the folder bench/ is."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    invoke = tmp_path / ".venv/bin/invoke"
    invoke.parent.mkdir(parents=True)
    invoke.write_text('#!/bin/sh\necho "invoke $*"\n', encoding="utf-8")
    invoke.chmod(0o755)
    for name in ("requirements.txt", ".venv/made", ".venv/site.installed"):
        (tmp_path / name).touch()
    (tmp_path / "bench").mkdir()
    done = run(["make", "--no-print-directory", "bench"], cwd=tmp_path)
    assert ("invoke bench\n", "") == (done.stdout, done.stderr)
