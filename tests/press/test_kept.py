"""What a run leaves for the next saves time and never changes what is made."""

import pytest

from press.kept import Kept, edition, read, write


@pytest.fixture
def file(tmp_path):
    return tmp_path / "cache" / "kept"


def unmade():
    raise AssertionError("was kept, and is made again")


def test_what_was_kept_is_not_made_again(file):
    first = Kept(file, "code")
    assert first.get("text", "source", lambda: "made") == "made"
    first.save()
    assert Kept(file, "code").get("text", "source", unmade) == "made"


def test_another_kind_or_source_is_another_thing(file):
    kept = Kept(file, "code")
    assert ["a", "b", "c"] == [
        kept.get("text", "source", lambda: "a"),
        kept.get("title", "source", lambda: "b"),
        kept.get("text", "sources", lambda: "c"),
    ]


def test_what_nobody_asked_for_is_kept_no_longer(file):
    first = Kept(file, "code")
    first.get("text", "old", lambda: "old")
    first.save()
    second = Kept(file, "code")
    second.get("text", "new", lambda: "new")
    second.save()
    assert Kept(file, "code").get("text", "old", lambda: "made anew") == "made anew"


def test_a_run_that_asked_for_the_same_writes_nothing(file):
    for _ in range(2):
        kept = Kept(file, "code")
        kept.get("text", "source", lambda: "made")
        kept.save()
        file.touch()
        before = file.stat().st_ino
    assert before == file.stat().st_ino


def test_what_is_damaged_anywhere_counts_as_nothing(file):
    write(file, "code", b"data")
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert read(file, "code") is None
        file.write_bytes(whole[:place])
        assert read(file, "code") is None


def test_other_code_or_options_find_nothing(file):
    write(file, edition("options"), b"data")
    assert b"data" == read(file, edition("options"))
    assert read(file, edition("other options")) is None


def test_a_place_that_cannot_be_written_stops_nobody(tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    kept = Kept(tmp_path / "cache" / "kept", "code")
    assert kept.get("text", "source", lambda: "made") == "made"
    kept.save()
