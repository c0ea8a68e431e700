"""Every file whole, none left over, nothing of others touched."""

import gzip
import os
import subprocess
import sys
import threading
from pathlib import Path

import brotli
import pytest

from press.errors import OutputError
from press.files import MARKER, Output

PLUGINS = Path(__file__).parents[2] / "plugins"
OLD = 1_000_000_000


def age(path):
    os.utime(path, (OLD, OLD))
    return path


def files_below(root):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_file_is_written_with_the_folders_above_it(tmp_path):
    Output(tmp_path / "output").write("ja/columns/a/index.html", b"page")
    assert (tmp_path / "output/ja/columns/a/index.html").read_bytes() == b"page"


def test_a_file_can_be_read_by_the_server(tmp_path):
    """Temporary files are often private to their owner; what readers get may not be."""
    Output(tmp_path).write("a.html", b"page")
    ordinary = tmp_path / "ordinary"
    ordinary.touch()
    assert (tmp_path / "a.html").stat().st_mode == ordinary.stat().st_mode


def test_a_file_whose_bytes_stay_is_left_alone(tmp_path):
    Output(tmp_path).write("a.html", b"page")
    before = age(tmp_path / "a.html").stat()
    Output(tmp_path).write("a.html", b"page")
    after = (tmp_path / "a.html").stat()
    assert (after.st_mtime, after.st_ino) == (OLD, before.st_ino)


@pytest.mark.parametrize(
    "data", [b"PAGE", b"longer page", b""], ids=["same size", "longer", "empty"]
)
def test_a_file_whose_bytes_change_is_replaced(tmp_path, data):
    Output(tmp_path).write("a.html", b"page")
    age(tmp_path / "a.html")
    Output(tmp_path).write("a.html", data)
    assert (tmp_path / "a.html").read_bytes() == data
    assert (tmp_path / "a.html").stat().st_mtime > OLD


def test_a_claimed_path_is_taken_and_nothing_is_written(tmp_path):
    """A build learns of two files at one address while the output is as it was."""
    output = Output(tmp_path)
    output.claim("ja/a/index.html", by="one.md")
    with pytest.raises(OutputError, match="taken twice"):
        output.claim("ja/a", by="two.md")
    assert [MARKER] == [place.name for place in tmp_path.iterdir()]
    output.put("ja/a/index.html", b"page")
    assert (tmp_path / "ja/a/index.html").read_bytes() == b"page"


@pytest.mark.parametrize(
    "path",
    ["../a", "ja/../../a", "/etc/a", "", ".", "ja/", "ja//a", "./a", "ja\\..\\a", "a\0b",
     ".atogaki", "ja/.atogaki-1"],
)  # fmt: skip
def test_a_path_that_could_leave_the_output_is_refused(tmp_path, path):
    output = Output(tmp_path / "output")
    with pytest.raises(OutputError, match="is no path below the output; write it like ja/columns/"):
        output.write(path, b"page")
    assert [MARKER] == files_below(tmp_path / "output")
    assert ["output"] == [place.name for place in tmp_path.iterdir()]


def test_a_linked_folder_does_not_lead_out_of_the_output(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    output = Output(tmp_path / "output")
    (tmp_path / "output/ja").symlink_to(elsewhere)
    output.write("ja/a.html", b"page")
    assert [] == list(elsewhere.iterdir())
    assert (tmp_path / "output/ja/a.html").read_bytes() == b"page"


def test_a_linked_file_is_replaced_and_its_target_kept(tmp_path):
    kept = tmp_path / "kept"
    kept.write_bytes(b"page")
    output = Output(tmp_path / "output")
    (tmp_path / "output/a.html").symlink_to(kept)
    output.write("a.html", b"page")
    assert not (tmp_path / "output/a.html").is_symlink()
    assert kept.read_bytes() == b"page"


def test_two_writers_of_one_path_are_both_named(tmp_path):
    output = Output(tmp_path)
    output.write("ja/a.html", b"one", by="content/one/ja.md")
    with pytest.raises(OutputError) as error:
        output.write("ja/a.html", b"two", by="content/two/ja.md")
    assert str(error.value) == (
        "ja/a.html: taken twice, by content/one/ja.md and by content/two/ja.md; "
        "give one of them another address"
    )


@pytest.mark.parametrize("paths", [("ja", "ja/a"), ("ja/a", "ja"), ("ja/b/c", "ja")])
def test_a_path_cannot_be_a_file_and_a_folder_in_one_build(tmp_path, paths):
    output = Output(tmp_path)
    output.write(paths[0], b"one", by="one.md")
    with pytest.raises(OutputError, match=r"ja: taken twice, by one\.md and by two\.md"):
        output.write(paths[1], b"two", by="two.md")


@pytest.mark.parametrize(("before", "after"), [("ja", "ja/a"), ("ja/a/b", "ja")])
def test_an_address_may_turn_from_file_to_folder_between_builds(tmp_path, before, after):
    Output(tmp_path).write(before, b"old")
    output = Output(tmp_path)
    output.write(after, b"new")
    output.sweep()
    assert [MARKER, after] == files_below(tmp_path)


def test_what_this_build_did_not_write_is_swept(tmp_path):
    first = Output(tmp_path)
    for path in ("ja/a/index.html", "ja/b/index.html", "robots.txt"):
        first.write(path, b"page")
    (tmp_path / "ja/a/.atogaki-77").write_bytes(b"left by a killed build")
    (tmp_path / "link").symlink_to(tmp_path / "ja")
    first.close()
    second = Output(tmp_path)
    second.write("ja/a/index.html", b"page")
    assert ["ja/a/.atogaki-77", "ja/b/index.html", "link", "robots.txt"] == second.sweep()
    assert [MARKER, "ja/a/index.html"] == files_below(tmp_path)
    assert not (tmp_path / "ja/b").exists()


def test_a_folder_that_was_never_ours_is_refused_untouched(tmp_path):
    (tmp_path / "thesis.txt").write_text("ten years")
    with pytest.raises(
        OutputError, match=r"name another output folder, empty this one, or .* touch"
    ):
        Output(tmp_path)
    assert ["thesis.txt"] == files_below(tmp_path)


def test_a_folder_whose_first_build_was_killed_is_still_ours(tmp_path):
    (tmp_path / ".atogaki-99").write_bytes(b"half a mark")
    Output(tmp_path).sweep()
    assert [MARKER] == files_below(tmp_path)


def test_one_build_at_a_time_writes_an_output(tmp_path):
    """Each would sweep away what the other wrote."""
    first = Output(tmp_path)
    with pytest.raises(OutputError) as error:
        Output(tmp_path, patience_s=0.1)
    assert str(error.value) == f"another build is writing {tmp_path}; wait for it to end"
    threading.Timer(0.2, first.close).start()
    Output(tmp_path, patience_s=10).write("a.html", b"page")


def test_a_build_that_died_does_not_keep_its_output(tmp_path):
    code = "import os, sys; from pathlib import Path; from press.files import Output"
    code += "; output = Output(Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    done = subprocess.run(  # noqa: S603 - the command is ours
        [sys.executable, "-c", code, str(tmp_path)], env={"PYTHONPATH": str(PLUGINS)}, check=False
    )
    assert done.returncode == -9
    Output(tmp_path, patience_s=0)


def test_a_mark_that_links_elsewhere_is_not_followed(tmp_path):
    (tmp_path / "kept").write_text("ten years")
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / MARKER).symlink_to(tmp_path / "kept")
    Output(tmp_path / "output")
    assert (tmp_path / "kept").read_text() == "ten years"


@pytest.mark.parametrize("below", ["", "output"])
def test_an_output_that_is_no_folder_is_refused_with_advice(tmp_path, below):
    (tmp_path / "file").write_text("ten years")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("file", "link"):
        if below and name == "link":
            continue  # a folder can be made there
        with pytest.raises(OutputError, match="name a folder for the output, as in -o output"):
            Output(tmp_path / name / below)


# --- Twins ------------------------------------------------------------------------------------


def twins(folder, name="a.html"):
    """What the twins of a file unpack to."""
    return (
        brotli.decompress((folder / f"{name}.br").read_bytes()),
        gzip.decompress((folder / f"{name}.gz").read_bytes()),
    )


def test_a_text_gets_its_twins_and_a_picture_none(tmp_path):
    output = Output(tmp_path, compress=True)
    output.write("a.html", b"page")
    output.write("a.png", b"\x89PNG")
    assert (b"page", b"page") == twins(tmp_path)
    assert [MARKER, "a.html", "a.html.br", "a.html.gz", "a.png"] == files_below(tmp_path)


def test_twins_that_are_right_are_left_alone(tmp_path):
    Output(tmp_path, compress=True).write("a.html", b"page")
    files = [age(path) for path in tmp_path.glob("a.*")]
    Output(tmp_path, compress=True).write("a.html", b"page")
    assert {OLD} == {path.stat().st_mtime for path in files}


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "a.html.br").unlink(),
        lambda folder: (folder / "a.html.gz").unlink(),
        lambda folder: (folder / "a.html.gz").write_bytes(b""),
        lambda folder: Output(folder).write("a.html", b"older"),
    ],
    ids=["no brotli", "no gzip", "an empty gzip", "of another page"],
)
def test_a_page_gets_the_twins_it_lacks(tmp_path, damage):
    """A run without twins may have written the page after them."""
    for damaged in (lambda _: None, damage):
        damaged(tmp_path)
        Output(tmp_path, compress=True).write("a.html", b"page")
        assert (b"page", b"page") == twins(tmp_path)


def test_a_sweep_goes_only_where_it_is_sent(tmp_path):
    first = Output(tmp_path)
    for path in ("ja/status/a/index.html", "ja/columns/index.html", "status.txt", "status.txt.gz"):
        first.write(path, b"page")
    first.close()
    second = Output(tmp_path)
    second.write("ja/status/index.html", b"page")
    second.write("status.txt", b"page")
    expected = ["ja/status/a/index.html", "status.txt.gz"]
    assert expected == second.sweep(["ja/status", "status.txt", "gone"])
    assert [MARKER, "ja/columns/index.html", "ja/status/index.html", "status.txt"] == (
        files_below(tmp_path)
    )
