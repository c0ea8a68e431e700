"""Kept editions save time and never change a mail."""

import pytest

from newsletter.kept import Kept

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


def test_what_a_build_has_no_use_for_goes(folder):
    earlier = kept(folder)
    earlier.keep("a1", FILES)
    earlier.keep("b2", FILES)
    (folder / "a draft of a build that was killed").write_text("half")
    later = kept(folder)
    later.find("a1")
    later.keep("c3", FILES)
    later.sweep()
    assert {"a1", "c3"} == {place.name.partition(".")[0] for place in folder.iterdir()}


def test_a_folder_that_cannot_be_written_fails_no_build(folder):
    folder.parent.mkdir()
    folder.write_text("a file where the folder should be")
    broken = kept(folder)
    broken.keep("a1", FILES)
    broken.sweep()
    assert None is broken.find("a1")
