"""What of a push may reach the disk: judged before it does, and refused all at once."""

import struct
import subprocess
import time
import zlib

import pytest

from publishing.commits import Commits, Entry
from publishing.errors import Unsafe
from publishing.intake import Limits, judged, unpack

FILE, LINK, SUBMODULE = "100644", "120000", "160000"
FOLDER = "content/columns/2014-03-24-cable-fault"


def git(layout, *arguments, data=b""):
    return subprocess.run(  # noqa: S603
        ["git", "--git-dir", str(layout.repository), *arguments],  # noqa: S607
        input=data, capture_output=True, check=True,
    ).stdout.strip().decode()  # fmt: skip


def tree(layout, entries):
    """Store a tree as git itself would never make one."""
    lines = [f"{mode} ".encode() + name + b"\0" + bytes.fromhex(sha) for mode, name, sha in entries]
    return git(layout, "hash-object", "-t", "tree", "-w", "--stdin", "--literally",
               data=b"".join(lines))  # fmt: skip


def blob(layout, data):
    return git(layout, "hash-object", "-w", "--stdin", data=data)


def committed(layout, root):
    person = "Desk <desk@columns.example> 1000000000 +0000"
    text = f"tree {root}\nauthor {person}\ncommitter {person}\n\nChange\n"
    return git(layout, "hash-object", "-t", "commit", "-w", "--stdin", data=text.encode())


def commit_of(layout, files):
    """A commit of `content/` with files: name → bytes, or (mode, bytes or object name)."""
    entries = []
    for name, given in sorted(files.items()):
        mode, data = given if isinstance(given, tuple) else (FILE, given)
        sha = data if isinstance(data, str) else blob(layout, data)
        entries.append((mode, name if isinstance(name, bytes) else name.encode(), sha))
    return committed(layout, tree(layout, [("40000", b"content", tree(layout, entries))]))


def refused(layout, files, limits=None):
    with pytest.raises(Unsafe) as unsafe:
        unpack(Commits(layout), commit_of(layout, files), limits or Limits())
    assert [] == [path for path in layout.builds.rglob("*") if not path.is_dir()]
    return list(unsafe.value.problems)


def png(width, height):
    """A picture of almost no bytes that says it is this large."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IEND", b"")


def chunk(kind, body):
    checked = kind + body
    return struct.pack(">I", len(body)) + checked + struct.pack(">I", zlib.crc32(checked))


OUT = "a symbolic link that leaves content/; put the file itself here"
NOWHERE = "a symbolic link to no file of content/; put the file itself here"

HOSTILE = {
    "a link to a secret": ({"a.md": (LINK, b"/etc/passwd")}, [f"content/a.md:1: {OUT}"]),
    "a link out": ({"a.md": (LINK, b"../../secret")}, [f"content/a.md:1: {OUT}"]),
    "a link to all": ({"a": (LINK, b"."), "b.md": b"x"}, [f"content/a:1: {OUT}"]),
    "a link through a link": (
        {"a": (LINK, b"b"), "b": (LINK, b"c.md"), "c.md": b"x"},
        [f"content/a:1: {NOWHERE}"],
    ),
    "a link whose target is no name": ({"a": (LINK, b"\xff")}, [f"content/a:1: {OUT}"]),
    "a link with a NUL": ({"a": (LINK, b"c.md\0"), "c.md": b"x"}, [f"content/a:1: {NOWHERE}"]),
    "a submodule": (
        {"sub": (SUBMODULE, "1" * 40)},
        ["content/sub:1: a submodule; put the files themselves here"],
    ),
    "a name that is not UTF-8": (
        {b"\xe3\x81.md": b"x"},
        ["content/\\xe3\\x81.md:1: the name is not UTF-8; rename the file"],
    ),
    "a name that steers the terminal": (
        {"\x1b[2J\u202e.md": b"x"},
        ["content/\\u001b[2J\\u202e.md:1: a control character in the name; rename the file"],
    ),
    "a name that climbs": (
        {"..": b"x"},
        ["content/..:1: the name leads out of content/; rename the file"],
    ),
    "a name that no disk takes": (
        {"x" * 201: b"x"},
        [f"content/{'x' * 201}:1: a name of more than 200 bytes; shorten it"],
    ),
    "pixels without end": (
        {"a.png": png(60_000, 60_000)},
        ["content/a.png:1: 60000×60000 pixels; at most 50,000,000 together"],
    ),
    "a bomb": (
        {"A.PNG": png(7_000, 7_000)},
        [
            "content/A.PNG:1: 7000×7000 pixels in 45 bytes unpack to far more than they are; "
            "save the image anew, no larger than it is shown"
        ],
    ),
    "nothing": ({}, ["content/: nothing is there; the site's texts lie in content/"]),
    "all of it at once": (
        {"a": (LINK, b"/etc"), "b.png": png(60_000, 60_000), "c": (LINK, b"..")},
        [
            "content/b.png:1: 60000×60000 pixels; at most 50,000,000 together",
            f"content/a:1: {OUT}",
            f"content/c:1: {OUT}",
        ],
    ),
}


@pytest.mark.parametrize(("files", "expected"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_hostile_never_reaches_the_disk(layout, files, expected):
    assert expected == refused(layout, files)


@pytest.mark.parametrize(
    ("name", "mode"),
    [(b"content/../x", FILE), (b"/etc/x", FILE), (b"content//x", FILE), (b"theme/x", FILE),
     (b"content/x", "060000"), (b"content/x", "010000")],
    ids=["climbs", "absolute", "empty part", "elsewhere", "a block device", "a pipe"],
)  # fmt: skip
def test_what_git_would_not_list_is_refused_all_the_same(name, mode):
    with pytest.raises(Unsafe):
        judged([Entry(mode, "1" * 40, 1, name)], Limits())


def test_sizes_are_refused_before_a_byte_is_read(layout):
    limits = Limits(file_bytes=10, all_bytes=25)
    assert [
        "content/a.md:1: 11 bytes; at most 10 for a file",
        "content/: 29 bytes together; at most 25",
    ] == refused(layout, {"a.md": b"x" * 11, "b.md": b"x" * 9, "c.md": b"x" * 9}, limits)


def test_two_gigabytes_are_refused_by_their_header(layout):
    """There is nothing behind this one: whoever read on would fail."""
    name = "2" * 40
    place = layout.repository / "objects" / name[:2] / name[2:]
    place.parent.mkdir()
    place.write_bytes(zlib.compress(b"blob 2147483648\0"))
    fault = "content/core.txt:1: 2,147,483,648 bytes; at most 20,000,000 for a file"
    assert fault in refused(layout, {"core.txt": (FILE, name)})


def test_a_tree_that_names_files_without_end_is_refused_at_once(layout):
    """Twelve trees of ten entries each name a million million files."""
    node = blob(layout, b"x")
    mode = FILE
    for _ in range(12):
        node = tree(layout, [(mode, bytes([97 + n]), node) for n in range(10)])
        mode = "40000"
    commit = committed(layout, tree(layout, [("40000", b"content", node)]))
    start = time.monotonic()
    with pytest.raises(Unsafe, match=r"^content/: more than 50,000 files"):
        unpack(Commits(layout), commit)
    assert time.monotonic() - start < 30


def test_content_arrives_byte_for_byte_with_times_of_its_own(layout):
    """Attributes in the push change nothing, and a commit of 2001 makes no page of 2001."""
    files = {
        ".gitattributes": b"a.md export-ignore\nb.md export-subst eol=crlf\n",
        "a.md": b"one\ntwo\n",
        "b.md": b"$Format:%H$\n",
        "c.png": png(2_000, 2_000),
        "empty.txt": b"",
        "link.md": (LINK, b"a.md"),
        "run.sh": ("100755", b"x"),
        "日本.md": b"x",
    }
    begin = time.time() - 5
    content = unpack(Commits(layout), commit_of(layout, files))
    assert {name: given[1] if isinstance(given, tuple) else given for name, given in files.items()
            if name != "link.md"} == {
        path.name: path.read_bytes() for path in content.iterdir() if not path.is_symlink()
    }  # fmt: skip
    assert "a.md" == str((content / "link.md").readlink())
    assert min(path.stat().st_mtime for path in content.iterdir()) > begin
    assert [] == [path.name for path in content.iterdir() if path.lstat().st_mode & 0o111 == 0o111
                  and not path.is_symlink()]  # fmt: skip


def test_content_is_there_as_a_whole_or_not_at_all(layout):
    """What a killed intake left is no content; what is there is not unpacked again."""
    commit = commit_of(layout, {"a.md": b"x"})
    draft = layout.build(commit) / ".content"
    draft.mkdir(parents=True)
    (draft / "half.md").write_text("x")
    content = unpack(Commits(layout), commit)
    assert ["a.md"] == [path.name for path in content.iterdir()]
    (content / "a.md").unlink()
    assert [] == list(unpack(Commits(layout), commit).iterdir())
