"""From a commit to its content on the disk: every member is judged before anything is written.

Only `content/` is taken. A push cannot leave the folder, fill the disk or make a device, and
what it says of itself (attributes, times, modes) changes nothing.
"""

import io
import shutil
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from posixpath import normpath

import imagesize

from lint.model import RASTERS, visible
from publishing.commits import BlobReader, Commits, Entry
from publishing.errors import Unsafe

CONTENT = "content"

_FILE = frozenset({"100644", "100664", "100755"})
_LINK = "120000"
_SUBMODULE = "160000"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a site may hold: its files, their bytes, and the pixels of an image.

    Most file systems take 255 bytes for a name. An image of few pixels, `pixels_small`, does no
    harm, even if it is one colour and therefore almost no bytes.
    """

    files: int = 50_000
    file_bytes: int = 20_000_000
    all_bytes: int = 2_000_000_000
    name_bytes: int = 200
    path_bytes: int = 1_000
    pixels: int = 50_000_000
    pixels_small: int = 4_000_000
    pixels_per_byte: int = 1_000


def unpack(commits: Commits, commit: str, limits: Limits = Limits()) -> Path:
    """Put a commit's content into its build's folder, unless it is there, and return it.

    Raises Unsafe with all problems, and leaves nothing then.
    """
    content = commits.layout.content(commit)
    if content.is_dir():
        return content
    draft = content.with_name(".content")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        entries = judged(commits.entries(commit, CONTENT), limits)
        draft.mkdir(parents=True)
        with commits.reader() as reader:
            _write(entries, reader, draft, limits)
        draft.rename(content)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return content


def judged(entries: Iterable[Entry], limits: Limits) -> list[Entry]:
    """Return the entries if nothing of their names, kinds and sizes is a danger.

    Raises Unsafe with all problems.
    """
    found = list(islice(entries, limits.files + 1))
    if len(found) > limits.files:
        raise Unsafe([f"content/: more than {limits.files:,} files; that is no site's content"])
    if not found:
        raise Unsafe(["content/: nothing is there; the site's texts lie in content/"])
    problems = [
        f"{shown(entry.name)}:1: {fault}" for entry in found for fault in _faults(entry, limits)
    ]
    total = sum(entry.size for entry in found)
    if total > limits.all_bytes:
        problems.append(f"content/: {total:,} bytes together; at most {limits.all_bytes:,}")
    if problems:
        raise Unsafe(problems)
    return found


def shown(name: bytes) -> str:
    """Return a file's name as a terminal may print it."""
    return visible(name.decode("utf-8", "backslashreplace"))


def _faults(entry: Entry, limits: Limits) -> Iterator[str]:
    if fault := _name_fault(entry.name, limits):
        yield fault
    if entry.mode == _SUBMODULE:
        yield "a submodule; put the files themselves here"
    elif entry.mode != _LINK and entry.mode not in _FILE:
        yield f"neither a file nor a link (mode {entry.mode}); put a file here"
    if entry.size > limits.file_bytes:
        yield f"{entry.size:,} bytes; at most {limits.file_bytes:,} for a file"


def _name_fault(name: bytes, limits: Limits) -> str | None:
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError:
        return "the name is not UTF-8; rename the file"
    parts = text.split("/")
    if any(unicodedata.category(char)[0] == "C" for char in text):
        return "a control character in the name; rename the file"
    if text.startswith("/") or not {"", ".", ".."}.isdisjoint(parts) or parts[0] != CONTENT:
        return "the name leads out of content/; rename the file"
    if max(len(part.encode()) for part in parts) > limits.name_bytes:
        return f"a name of more than {limits.name_bytes} bytes; shorten it"
    if len(name) > limits.path_bytes:
        return f"a path of more than {limits.path_bytes:,} bytes; shorten it"
    return None


def _write(entries: list[Entry], reader: BlobReader, folder: Path, limits: Limits) -> None:
    """Write files, and links last, so that nothing is ever written through a link."""
    problems = []
    files = [entry for entry in entries if entry.mode != _LINK]
    for entry in files:
        data = reader.read(entry)
        if fault := _image_fault(entry, data, limits):
            problems.append(f"{shown(entry.name)}:1: {fault}")
        elif not problems:
            target = _place(folder, entry)
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                file.write(data)
    names = {entry.name.decode() for entry in files}
    for entry in entries:
        if entry.mode == _LINK:
            to = reader.read(entry)
            if fault := _link_fault(entry.name.decode(), to, names):
                problems.append(f"{shown(entry.name)}:1: {fault}")
            elif not problems:
                place = _place(folder, entry)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.symlink_to(to.decode())
    if problems:
        raise Unsafe(problems)


def _place(folder: Path, entry: Entry) -> Path:
    return folder / PurePosixPath(entry.name.decode()).relative_to(CONTENT)


def _link_fault(name: str, target: bytes, files: set[str]) -> str | None:
    """Refuse a link to anything but a file of content/: then it cannot lead on."""
    try:
        to = target.decode("utf-8")
    except UnicodeDecodeError:
        to = "/"
    where = normpath(f"{name.rpartition('/')[0]}/{to}")
    if to.startswith("/") or not where.startswith(f"{CONTENT}/"):
        return "a symbolic link that leaves content/; put the file itself here"
    if where not in files:
        return "a symbolic link to no file of content/; put the file itself here"
    return None


def _image_fault(entry: Entry, data: bytes, limits: Limits) -> str | None:
    """Refuse an image that would fill a reader's memory: its header says what it unpacks to."""
    if PurePosixPath(entry.name.decode()).suffix.lower() not in RASTERS:
        return None
    width, height = imagesize.get(io.BytesIO(data))
    pixels = max(width, 0) * max(height, 0)
    if pixels > limits.pixels:
        return f"{width}×{height} pixels; at most {limits.pixels:,} together"
    if pixels > max(limits.pixels_small, limits.pixels_per_byte * len(data)):
        return (
            f"{width}×{height} pixels in {len(data):,} bytes unpack to far more than they are; "
            "save the image anew, no larger than it is shown"
        )
    return None
