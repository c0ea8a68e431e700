"""The units of systemd are sound, and let their services do what they must and little else."""

import getpass
import os
import re
import shutil
import subprocess

import pytest

from publishing.configuration import SYSTEMD, enabled, files
from publishing.layout import Layout
from tests.publishing.test_nginx import LANGUAGES, settings

EXPOSURE = 25
"""How exposed a service may be, in tenths of systemd's ten: below 2.5 it calls one "OK"."""


@pytest.fixture(scope="module")
def units(tmp_path_factory):
    """The units of a server whose interpreter exists, as `folder` holds them."""
    if shutil.which("systemd-analyze") is None:
        stop = pytest.fail if os.environ.get("CI") else pytest.skip
        stop("systemd-analyze is not installed: apt install systemd")
    layout = Layout(tmp_path_factory.mktemp("root"))
    layout.python.parent.mkdir(parents=True)
    layout.python.write_text("#!/bin/sh\n")
    layout.python.chmod(0o755)
    folder = tmp_path_factory.mktemp("units")
    whole = settings(80, web={"newsletter": "127.0.0.1:8078"})
    for place, text in files(layout, whole, LANGUAGES, getpass.getuser()).items():
        if place.parent == SYSTEMD:
            (folder / place.name).write_text(text)
    return folder


def analyze(*arguments):
    return subprocess.run(  # noqa: S603  our own arguments
        ["systemd-analyze", *arguments],  # noqa: S607
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_there_is_a_unit_for_each_thing_that_happens_by_itself(units):
    assert sorted(path.name for path in units.iterdir()) == [
        "my-site-deadman.service", "my-site-deadman.timer",
        "my-site-newsletter-upgrade.path", "my-site-newsletter-upgrade.service",
        "my-site-newsletter.service",
        "my-site-redirects.path", "my-site-redirects.service",
        "my-site-status.service", "my-site-status.timer",
        "my-site-worker.service", "my-site-worker.timer",
    ]  # fmt: skip


def test_nothing_answers_for_a_newsletter_unless_the_server_has_one(tmp_path):
    for newsletter, there in (("", False), ("127.0.0.1:8078", True)):
        given = settings(80, web={"newsletter": newsletter})
        places = files(Layout(tmp_path), given, LANGUAGES, "me")
        assert there == any("newsletter" in place.name for place in places)
        assert there == ("my-site-newsletter.service" in enabled(given))


def test_systemd_finds_nothing_to_say_about_them(units):
    done = analyze("verify", *map(str, sorted(units.iterdir())))
    ours = [line for line in done.stderr.splitlines() if "my-site" in line]
    assert (0, []) == (done.returncode, ours), done.stderr


def test_systemd_would_find_a_mistake(units, tmp_path):
    """The check itself can fail."""
    text = (units / "my-site-worker.service").read_text()
    broken = tmp_path / "my-site-worker.service"
    broken.write_text(text.replace("ProtectSystem=strict", "ProtectSystem=perhaps"))
    assert "protect system value" in analyze("verify", str(broken)).stderr


@pytest.mark.parametrize("name", ["worker", "status", "deadman", "newsletter"])
def test_services_of_the_sites_user_are_shut_in(units, name):
    unit = units / f"my-site-{name}.service"
    done = analyze("security", "--offline=true", f"--threshold={EXPOSURE}", str(unit))
    assert 0 == done.returncode, done.stdout
    rating = re.search(r"exposure level for my-site-\w+.service: ([\d.]+)", done.stdout)
    assert rating
    assert float(rating[1]) * 10 <= EXPOSURE


def test_each_timer_strikes_every_minute(units):
    for timer in units.glob("*.timer"):
        calendar = re.search(r"OnCalendar=(.+)", timer.read_text())[1]
        said = analyze("calendar", "--base-time=2025-01-01 00:00 UTC", "--iterations=3", calendar)
        strikes = re.findall(r"(?:elapse|#\d): .* 00:(\d\d):(\d\d) UTC", said.stdout)
        minutes = [int(minute) for minute, _ in strikes]
        assert minutes == [minutes[0], minutes[0] + 1, minutes[0] + 2], said.stdout
        assert len({second for _, second in strikes}) == 1
