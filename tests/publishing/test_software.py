"""Environments are made by the hashes of a lock file, once for all versions that share one."""

import base64
import hashlib
import subprocess
import zipfile

import pytest

from publishing import software
from publishing.errors import ServerError
from publishing.layout import Layout
from tests.publishing.checkouts import commit, git, make_checkout


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """A folder with one package, so that nothing is fetched from anywhere."""
    folder = tmp_path_factory.mktemp("wheels")
    files = {
        "sample.py": b"ANSWER = 42\n",
        "sample-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: sample\nVersion: 1.0\n",
        "sample-1.0.dist-info/WHEEL": (
            b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
    }
    with zipfile.ZipFile(folder / "sample-1.0-py3-none-any.whl", "w") as wheel:
        record = ""
        for name, data in files.items():
            wheel.writestr(name, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record += f"{name},sha256={digest},{len(data)}\n"
        wheel.writestr("sample-1.0.dist-info/RECORD", f"{record}sample-1.0.dist-info/RECORD,,\n")
    return folder


@pytest.fixture
def layout(tmp_path):
    layout = Layout(tmp_path / "root")
    layout.environments.mkdir(parents=True)
    return layout


def version_of(layout, wheels, name, *, digest=None):
    """A version whose lock file names the package, by its hash or by another."""
    wheel = next(wheels.iterdir())
    digest = digest or hashlib.sha256(wheel.read_bytes()).hexdigest()
    version = layout.apps / name
    (version / "publishing").mkdir(parents=True)
    lock = f"--no-index\n--find-links {wheels}\nsample==1.0 --hash=sha256:{digest}\n"
    (version / software.LOCK_FILE).write_text(lock)
    return version


def test_a_version_gets_what_its_lock_file_says_and_shares_it_with_its_equals(layout, wheels):
    """Also where an environment was begun and broken off."""
    first, second = (version_of(layout, wheels, name) for name in ("first", "second"))
    begun = software.environment_of(layout, first / software.LOCK_FILE) / "bin" / "python"
    begun.parent.mkdir(parents=True)
    begun.write_text("half")
    assert not software.is_equipped(layout, first)
    software.equip(layout, first)
    assert software.is_equipped(layout, first)
    done = subprocess.run(  # noqa: S603
        [first / ".venv/bin/python", "-c", "import sample; print(sample.ANSWER)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "42\n"
    software.equip(layout, second)
    assert (first / ".venv").resolve() == (second / ".venv").resolve()


def test_another_package_than_the_lock_file_means_is_refused(layout, wheels):
    """Nothing is left that a later run would take for an environment."""
    version = version_of(layout, wheels, "first", digest="0" * 64)
    with pytest.raises(ServerError, match="THESE PACKAGES DO NOT MATCH THE HASHES"):
        software.equip(layout, version)
    assert not software.is_equipped(layout, version)
    assert not (version / ".venv").exists()


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return make_checkout(tmp_path_factory.mktemp("desk") / "checkout")


def test_a_version_is_the_software_of_a_commit_without_content_and_tests(desk, tmp_path):
    head = git(desk.root, "rev-parse", "HEAD")
    desk.write("plugins/bilingual/pages.py", "not committed")
    try:
        software.unpack(desk.root, head, tmp_path / head)
    finally:
        git(desk.root, "checkout", "--quiet", ".")
    names = {path.name for path in (tmp_path / head).iterdir()}
    assert {"plugins", "theme", "publishing", "publishconf.py", "requirements.txt"} <= names
    assert {"content", "tests", "bench", ".ci", ".git"} & names == set()
    committed = (desk.root / "plugins/bilingual/pages.py").read_bytes()
    assert (tmp_path / head / "plugins/bilingual/pages.py").read_bytes() == committed
    assert [path.name for path in tmp_path.iterdir()] == [head]


def test_a_commit_without_software_is_no_version(desk, tmp_path):
    git(desk.root, "checkout", "--quiet", "-b", "bare")
    git(desk.root, "rm", "--quiet", "-r", "plugins", "theme")
    head = commit(desk.root)
    git(desk.root, "checkout", "--quiet", "main")
    with pytest.raises(ServerError, match="holds no plugins, theme; name a commit with software"):
        software.unpack(desk.root, head, tmp_path / head)
    assert list(tmp_path.iterdir()) == []
