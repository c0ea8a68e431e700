"""A build waits with its code loaded; what the site is made of is read when it is told."""

import threading
import time
from pathlib import Path

import pytest

from press.builder import Builder

OUTPUT = Path("shown")
PATIENCE_S = 10
LOADED = "\nimport pathlib\npathlib.Path('loaded').touch()\n"


def begin(site):
    """Have a build wait, with all code loaded."""
    site.plugin(LOADED)
    builder = Builder(site.root, OUTPUT, 8000)
    wait_for(site.root / "loaded")
    return builder


def wait_for(file):
    until = time.monotonic() + PATIENCE_S
    while not file.exists():
        assert time.monotonic() < until, f"{file} is not written"
        time.sleep(0.01)


@pytest.fixture
def builder(site):
    builder = begin(site)
    yield builder
    builder.close()


def built(builder):
    done = builder.build(threading.Event())
    assert (done.failure, done.faults) == ("", "")


def test_texts_templates_and_settings_are_those_of_the_moment(site, builder):
    site.column("cable-fault", "新しい題")
    settings = (site.root / "pelicanconf.py").read_text()
    site.write("pelicanconf.py", settings.replace('"theme"', '"theme2"'))
    (site.root / "theme").rename(site.root / "theme2")
    built(builder)
    assert "新しい題" in (site.root / OUTPUT / "ja/cable-fault/index.html").read_text()


def test_code_is_that_of_the_load(site, builder):
    site.plugin("\nraise ValueError\n")
    built(builder)
    builder.reload()
    assert "ValueError" in builder.build(threading.Event()).failure


def test_the_next_one_waits_already(site, builder):
    built(builder)
    (site.root / "loaded").unlink()
    built(builder)
    wait_for(site.root / "loaded")


def test_a_build_that_is_not_wanted_any_more_changes_nothing(site, builder):
    overtaken = threading.Event()
    overtaken.set()
    assert builder.build(overtaken) is None
    builder.close()
    assert {} == site.output(OUTPUT)


def test_one_that_was_ended_while_it_waited_is_replaced(builder):
    builder._process.kill()
    builder._process.wait()
    built(builder)


def test_what_pelican_says_of_the_settings_is_no_fault_of_a_page(site):
    settings = (site.root / "pelicanconf.py").read_text()
    site.write("pelicanconf.py", f"{settings}SITEURL = 'https://columns.example/'\n")
    builder = begin(site)
    built(builder)
    builder.close()


def test_nobody_left_to_tell_ends_it(site, builder):
    process = builder._process
    process.stdin.close()
    assert process.wait(PATIENCE_S) == 0
    assert {} == site.output(OUTPUT)
    process.stdin = None
