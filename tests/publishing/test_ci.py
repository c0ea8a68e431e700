"""The workflow for a hosted CI: it parses, asks for little, and its commands run as they stand."""

import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml

from tests.publishing import remotes
from tests.publishing.checkouts import ROOT, make_checkout

FILE = ROOT / "publishing" / "ci" / "publish.yml"
ACTIONS = {"actions/checkout", "actions/setup-python", "actions/cache"}
NOT_HERE = "sudo apt-get"
"""What needs root and the network is not run, only looked at."""


@pytest.fixture(scope="module")
def workflow():
    return yaml.safe_load(FILE.read_text("utf-8"))


def steps_of(workflow, job):
    return workflow["jobs"][job]["steps"]


def test_it_may_read_the_repository_and_nothing_else(workflow):
    assert {"contents": "read"} == workflow["permissions"]
    assert not [job for job in workflow["jobs"].values() if "permissions" in job]


def test_a_push_publishes_the_site_and_the_clock_the_status(workflow):
    when = workflow[True]  # YAML 1.1 reads `on` as a truth value
    assert {"push", "schedule", "workflow_dispatch"} == set(when)
    assert ["main"] == when["push"]["branches"]
    conditions = {name: job["if"] for name, job in workflow["jobs"].items()}
    assert {
        "site": "github.event_name != 'schedule'", "status": "github.event_name == 'schedule'",
    } == conditions  # fmt: skip
    assert workflow["concurrency"]["cancel-in-progress"] is False


@pytest.mark.parametrize("job", ["site", "status"])
def test_actions_are_the_hosts_own_and_pinned(workflow, job):
    used = [step["uses"] for step in steps_of(workflow, job) if "uses" in step]
    assert {True} == {re.fullmatch(r"[\w/-]+@v\d+", each) is not None for each in used}
    assert ACTIONS == {each.partition("@")[0] for each in used}


@pytest.mark.parametrize("job", ["site", "status"])
def test_secrets_reach_only_the_step_that_publishes(workflow, job):
    assert "secrets." not in str(workflow["env"])
    steps = steps_of(workflow, job)
    assert steps[-1:] == [step for step in steps if "secrets." in str(step)]


@pytest.mark.parametrize("job", ["site", "status"])
def test_no_value_from_outside_becomes_part_of_a_command(workflow, job):
    """An expression is put in before the shell reads the line; a variable is not."""
    assert not [step for step in steps_of(workflow, job) if "${{" in step.get("run", "")]


@pytest.fixture
def checkout(tmp_path):
    """A checkout as a hosted CI has it, with the environment of the tests."""
    site = make_checkout(tmp_path / "checkout")
    shutil.copytree(
        ROOT / "content/status", site.root / "content/status",
        ignore=shutil.ignore_patterns("incidents"),
    )  # fmt: skip
    (site.root / ".venv").symlink_to(sys.prefix)
    return site.root


def run(workflow, job, checkout, place):
    """Run the commands of a job as they stand, one after the other."""
    environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    environment |= {"RCLONE_CONFIG": os.devnull, "ATOGAKI_REMOTE": place.to}
    for step in steps_of(workflow, job):
        if (command := step.get("run", NOT_HERE)).startswith(NOT_HERE):
            continue
        command = command.replace("make .venv/site.installed", "true")
        done = subprocess.run(  # noqa: S603
            ["bash", "-e", "-o", "pipefail", "-c", command],  # noqa: S607
            cwd=checkout, env=environment | place.environment, capture_output=True, text=True,
            check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, (command, done.stdout + done.stderr)


def test_its_commands_publish_a_site_and_refresh_its_status(workflow, checkout, tmp_path):
    """The second job starts from a checkout without a build, as another machine does."""
    place = remotes.local(tmp_path / "www")
    run(workflow, "site", checkout, place)
    assert "本文。" in place.ask("ja/columns/cable-fault/index.html").body.decode()
    before = place.ask("status/status.json").body
    assert (200, 200) == (place.ask("ja/status/index.html").status, place.ask("status.txt").status)
    other = tmp_path / "other"
    checkout.rename(other)
    shutil.rmtree(other / "output")
    run(workflow, "status", other, place)
    assert before != place.ask("status/status.json").body
    assert 200 == place.ask("ja/columns/cable-fault/index.html").status
