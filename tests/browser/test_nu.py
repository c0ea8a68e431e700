"""Every built page is valid HTML, as the Nu Html Checker sees it."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.browser.conftest import ROOT

JAR = ROOT / "var/tools/node_modules/vnu-jar/build/dist/vnu.jar"
INSTALL_JAR = "npm install --no-save --ignore-scripts --prefix var/tools vnu-jar"

UNKNOWN_TO_THE_CHECKER = "“vector-effect” doesn't exist."
"""A property of SVG 2 that every browser knows: lines of charts keep their width."""


@pytest.fixture
def check(need):
    """Return the checker: a folder's errors, one line each."""
    java = need("Java", shutil.which("java"), "apt install default-jre-headless")
    jar = need("The Nu Html Checker", JAR if JAR.is_file() else None, INSTALL_JAR)

    def check(folder: Path) -> list[str]:
        command = [java, "-jar", jar, "--errors-only", "--format", "json", "--stdout",
                   "--skip-non-html", "--exit-zero-always", str(folder)]  # fmt: skip
        done = subprocess.run(  # noqa: S603 - the command is ours
            command, capture_output=True, text=True, check=True
        )
        return [
            f"{message.get('url', '').removeprefix(f'file:{folder}')}: {message['message']}"
            for message in json.loads(done.stdout)["messages"]
        ]

    return check


def test_every_page_is_valid(check, built, tmp_path):
    """No page has an error; a page that has some, checked beside them, has them found."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    (tmp_path / "bad.html").write_text("<!doctype html><title>a</title><p id=b><p id=b><h1><p>")
    errors = check(tmp_path)
    ours = [error for error in errors if not error.startswith("/bad.html")]
    assert [] == [error for error in ours if not error.endswith(UNKNOWN_TO_THE_CHECKER)]
    assert any("Duplicate ID" in error for error in errors)
