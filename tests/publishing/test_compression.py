"""A content is compressed once, and what is served unpacks to it."""

import gzip
import os
from datetime import UTC, datetime, timedelta

import brotli
import pytest

from publishing.compression import Twins, is_text

PAGE = b"<p>a page of some length</p>" * 20
UNPACK = {".br": brotli.decompress, ".gz": gzip.decompress}


@pytest.fixture
def twins(tmp_path):
    return Twins(tmp_path / "compressed")


@pytest.mark.parametrize("ending", UNPACK)
def test_a_twin_unpacks_to_its_content(twins, ending):
    assert PAGE == UNPACK[ending](twins.of(PAGE, ending).read_bytes())


@pytest.mark.parametrize("ending", UNPACK)
def test_a_content_is_compressed_once(twins, ending):
    first = twins.of(PAGE, ending)
    made = first.stat().st_ino
    assert first == twins.of(PAGE, ending)
    assert made == first.stat().st_ino


@pytest.mark.parametrize("ending", UNPACK)
@pytest.mark.parametrize("left", [b"", b"half", b"\0" * 90], ids=["empty", "broken", "zeros"])
def test_what_a_power_cut_left_is_made_anew(twins, ending, left):
    twins.of(PAGE, ending).write_bytes(left)
    assert PAGE == UNPACK[ending](twins.of(PAGE, ending).read_bytes())


@pytest.mark.parametrize("ending", UNPACK)
def test_a_twin_that_is_no_smaller_is_not_made(twins, ending):
    assert twins.of(b"tiny", ending) is None


def test_twins_that_no_release_uses_go_after_a_day(twins, tmp_path):
    unused, used = twins.of(PAGE, ".br"), twins.of(PAGE, ".gz")
    os.link(used, tmp_path / "index.html.gz")
    now = datetime.now(UTC)
    twins.prune(now + timedelta(hours=23))
    assert (True, True) == (unused.exists(), used.exists())
    twins.prune(now + timedelta(hours=25))
    assert (False, True) == (unused.exists(), used.exists())


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("ja/index.html", True),
        ("ja/feed.atom", True),
        ("assets/figure.0123456789.svg", True),
        ("assets/photo.0123456789.jpg", False),
        ("assets/slides.0123456789.PDF", False),
        ("LICENSE", False),
    ],
)
def test_texts_have_twins_and_pictures_have_none(path, expected):
    assert expected == is_text(path)
