"""Kept editions save time and never change a mail."""

import os

import pytest

from newsletter.kept import IDLE_S, Kept

FILES = {"json": b'{"a": 1}\n', "txt": "本文\n".encode()}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache" / "editions"


def kept(folder):
    return Kept(folder, FILES)


def read(files):
    return {name: place.read_bytes() for name, place in files.items()}


def test_a_build_finds_what_an_earlier_one_kept(folder):
    kept(folder).keep("a1", FILES)
    assert FILES == read(kept(folder).find("a1"))
    assert None is kept(folder).find("b2")


def test_what_is_cut_short_or_altered_counts_as_absent(folder):
    kept(folder).keep("a1", FILES)
    for place in folder.iterdir():
        whole = place.read_bytes()
        for broken in (b"", whole[:-1], b"x" + whole[1:]):
            place.write_bytes(broken)
            assert None is kept(folder).find("a1")
        place.write_bytes(whole)
    assert FILES == read(kept(folder).find("a1"))


def test_one_file_alone_is_no_edition(folder):
    kept(folder).keep("a1", FILES)
    next(folder.glob("*.txt")).unlink()
    assert None is kept(folder).find("a1")


def test_what_no_build_has_used_for_a_day_goes(folder):
    """What is younger stays: another build may be about to write from it."""
    earlier = kept(folder)
    for made_of in ("a1", "b2"):
        earlier.keep(made_of, FILES)
    (folder / "draft of a build that was killed").write_text("half")
    for place in folder.iterdir():
        an_age_ago = place.stat().st_mtime - IDLE_S - 60
        os.utime(place, (an_age_ago, an_age_ago))
    kept(folder).keep("d4", FILES)
    later = kept(folder)
    later.find("a1")
    later.keep("c3", FILES)
    later.sweep()
    assert {"a1", "c3", "d4"} == {place.name.partition(".")[0] for place in folder.iterdir()}


def test_a_build_without_editions_removes_nothing(folder):
    kept(folder).keep("a1", FILES)
    kept(folder).sweep()
    assert FILES == read(kept(folder).find("a1"))


def test_a_folder_that_cannot_be_written_fails_no_build(folder):
    folder.parent.mkdir()
    folder.write_text("a file where the folder should be")
    broken = kept(folder)
    broken.keep("a1", FILES)
    broken.sweep()
    assert None is broken.find("a1")
