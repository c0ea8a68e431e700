"""One feed of each kind, whole, as it is written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from feeds import opml
from feeds.writing import files_of
from tests.builders import ROOT
from tests.feeds.builders import HUB, sample

EXPECTED = Path(__file__).parent / "expected"


def written() -> dict[str, bytes]:
    """Every document of the sample, and the OPML that lists it."""
    files = {Path(path).name: data for path, data in files_of([sample()], HUB).items()}
    return files | {"feeds.opml": opml.write("columns ja", [sample()])}


@pytest.mark.parametrize("name", sorted(path.name for path in EXPECTED.iterdir()))
def test_a_document_is_just_what_is_expected(name):
    """After a change that is meant: `python -m tests.feeds.test_whole` writes them anew."""
    assert (EXPECTED / name).read_text("utf-8") == written()[name].decode()


def test_every_document_of_the_sample_is_expected():
    assert {path.name for path in EXPECTED.iterdir()} == written().keys()


@pytest.mark.parametrize("seed", ["1", "4242"])
def test_the_bytes_do_not_depend_on_the_hash_seed_or_the_clock(seed):
    digest = "import hashlib; from tests.feeds.test_whole import written\n"
    digest += "print(hashlib.sha256(repr(sorted(written().items())).encode()).hexdigest())"
    paths = os.pathsep.join([str(ROOT), str(ROOT / "plugins")])
    found = {
        subprocess.run(  # noqa: S603  our own command
            [sys.executable, "-c", digest],
            env=os.environ | {"PYTHONPATH": paths, "PYTHONHASHSEED": hash_seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed, zone in (("0", "UTC"), (seed, "Asia/Tokyo"))
    }
    assert 1 == len(found)


if __name__ == "__main__":
    EXPECTED.mkdir(exist_ok=True)
    for name, data in written().items():
        (EXPECTED / name).write_bytes(data)
