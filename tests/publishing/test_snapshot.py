"""What goes out is what lay there at one moment."""

import errno
import os
import shutil

import pytest

from press.files import Output, kept_from_builds
from publishing.errors import Busy, RemoteError
from publishing.snapshot import taken


def everything(_):
    return True


def build(root, **pages):
    """Write a folder as a build does, and let go of it."""
    output = Output(root)
    for name, text in pages.items():
        output.write(f"{name}.html", text.encode())
    output.sweep()
    output.close()


def texts(snapshot):
    return {path: (snapshot.folder / path).read_text() for path in snapshot.files}


def across(*_):
    raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))


@pytest.fixture
def place(tmp_path):
    (tmp_path / "place").mkdir()
    return tmp_path / "place"


def test_a_build_meanwhile_changes_nothing(tmp_path, place):
    build(tmp_path / "output", home="one", old="old")
    snapshot = taken(tmp_path / "output", everything, place)
    build(tmp_path / "output", home="two", new="new")
    assert {"home.html": "one", "old.html": "old"} == texts(snapshot)


def test_what_a_build_is_writing_waits(tmp_path, place):
    output = Output(tmp_path / "output")
    with pytest.raises(Busy, match=r"a build is writing .*; wait for it to end"):
        taken(tmp_path / "output", everything, place)
    output.close()
    assert {} == taken(tmp_path / "output", everything, place).files


def test_a_build_waits_for_no_snapshot_that_is_taken(tmp_path, place):
    build(tmp_path / "output", home="one")
    taken(tmp_path / "output", everything, place)
    build(tmp_path / "output", home="two")


def test_files_are_copied_where_links_do_not_reach(tmp_path, place, monkeypatch):
    build(tmp_path / "output", home="one")
    monkeypatch.setattr(os, "link", across)
    assert {"home.html": "one"} == texts(taken(tmp_path / "output", everything, place))


def test_a_copy_keeps_the_time(tmp_path, place, monkeypatch):
    """Of a file that a remote keeps with its time, as a web server tells it to browsers."""
    build(tmp_path / "output", home="one")
    os.utime(tmp_path / "output/home.html", (1_000_000_000, 1_000_000_000))
    monkeypatch.setattr(os, "link", across)
    taken(tmp_path / "output", everything, place)
    assert (place / "home.html").stat().st_mtime == 1_000_000_000


def test_one_who_reads_does_not_wait_for_another(tmp_path, place):
    build(tmp_path / "output", home="one")
    with kept_from_builds(tmp_path / "output"):
        assert {"home.html": "one"} == texts(taken(tmp_path / "output", everything, place))


def test_who_may_only_read_may_publish(tmp_path, place, monkeypatch):
    def read_only(path, flags, *mode):
        if flags & (os.O_WRONLY | os.O_RDWR):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return real(path, flags, *mode)

    build(tmp_path / "output", home="one")
    real = os.open
    monkeypatch.setattr(os, "open", read_only)
    assert ["home.html"] == list(taken(tmp_path / "output", everything, place).files)


def test_a_folder_that_cannot_be_read_is_not_gone(tmp_path, place, monkeypatch):
    """Else everything in it would be deleted on the remote."""

    def locked(path):
        if str(path).endswith("en"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return real(path)

    build(tmp_path / "output", **{"home": "one", "en/home": "two"})
    real = os.scandir
    monkeypatch.setattr(os, "scandir", locked)
    with pytest.raises(RemoteError, match="output/en: Permission denied"):
        taken(tmp_path / "output", everything, place)


def test_the_fingerprint_is_that_of_bytes_and_headers(tmp_path, place):
    build(tmp_path / "output", home="same", other="same", third="else")
    found = taken(tmp_path / "output", everything, place).files
    assert found["home.html"] == found["other.html"] != found["third.html"]


def test_what_fails_is_named(tmp_path, place, monkeypatch):
    def full(_, target, **_options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))

    build(tmp_path / "output", home="one")
    monkeypatch.setattr(os, "link", across)
    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(RemoteError, match=r"place/home\.html: No space left on device"):
        taken(tmp_path / "output", everything, place)
