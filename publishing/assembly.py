"""A release made of a build: whole before anyone can see it, and sharing what did not change."""

import errno
import os
from collections import deque
from collections.abc import Container, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from press.files import MARKER
from publishing import releases
from publishing.compression import ENCODINGS, Twins, is_text
from publishing.errors import ReleaseError
from publishing.layout import Layout
from publishing.model import ASSETS, RELEASE_JSON, Build, Release, is_hashed, is_of_status

RETIRED_FOR = timedelta(days=30)
"""How long a hashed file outlives the last page that shows it: feeds and caches know it still."""

_THREADS = min(4, os.cpu_count() or 1)
_SECOND = timedelta(seconds=1)


def assemble(layout: Layout, build: Build, now: datetime) -> Release:
    """Make a release of a build that passed; it is not live yet.

    A file that an earlier release holds with the same bytes is linked to that one, and keeps its
    time; any other gets the release's time, which is later than that of every release before. So
    two contents of one address never share size and time, of which web servers make an ETag.
    Raises ReleaseError, and leaves nothing, where there is no site or the disk refuses.
    """
    site, earlier = layout.site(build.commit), releases.kept(layout)
    files = dict.fromkeys(_paths_below(site), site)
    if not files:
        raise ReleaseError(f"{site}: holds no site")
    moment = _moment_after(earlier, now)
    retired = _retired(layout, earlier, files, moment)
    release = Release(**build.model_dump(), released_at=moment, retired=retired)
    try:
        _make(layout, release, files)
    except OSError as error:
        releases.remove_drafts(layout)
        raise ReleaseError(f"no release of {build.commit}: {_reason(error)}") from error
    return release


def _make(layout: Layout, release: Release, files: Mapping[str, Path]) -> None:
    releases.remove_drafts(layout)
    draft, time_s = layout.releases / f".{release.name}", int(release.released_at.timestamp())
    # The live one first: its files are those that caches hold.
    shown = releases.live(layout)
    earlier = sorted(releases.kept(layout), key=lambda each: each != shown)
    folders = [releases.folder_of(layout, each) for each in earlier]
    kept = {path: next(f for f in folders if (f / path).exists()) for path in release.retired}
    _Assembly(draft, folders, Twins(layout.compressed), time_s).fill({**files, **kept})
    _write(f"{draft}/{RELEASE_JSON}", release.model_dump_json(indent=1).encode() + b"\n", time_s)
    os.sync()  # once, and not for each of thousands of files; a power cut must empty none
    draft.rename(releases.folder_of(layout, release))


@dataclass(frozen=True, slots=True)
class _Assembly:
    """Fills `draft` with files and their twins; what they are made of is linked where it can be."""

    draft: Path
    earlier: Sequence[Path]
    twins: Twins
    time_s: int
    _deciding: Lock = field(default_factory=Lock)

    def fill(self, files: Mapping[str, Path]) -> None:
        """Place every file: its path → the folder that holds it."""
        for folder in sorted({path.rpartition("/")[0] for path in files}):
            (self.draft / folder).mkdir(parents=True, exist_ok=True)
        lacking = [file for path, folder in files.items() for file in self._place(path, folder)]
        with ThreadPoolExecutor(_THREADS) as pool:  # only what takes time; brotli lets others run
            deque(pool.map(self._compress, lacking), maxlen=0)

    def _place(self, path: str, folder: Path) -> Iterator[tuple[str, str]]:
        """Put a file in its place, and yield it with each ending whose twin is to be made."""
        data, target = _read(f"{folder}/{path}"), f"{self.draft}/{path}"
        older = next((each for each in self.earlier if _holds(f"{each}/{path}", data)), None)
        if older:
            os.link(f"{older}/{path}", target)
        else:
            _write(target, data, self.time_s)
        for ending in ENCODINGS if is_text(path) else ():
            if older and os.path.exists(f"{older}/{path}{ending}"):
                os.link(f"{older}/{path}{ending}", f"{target}{ending}")
            else:
                yield target, ending

    def _compress(self, lacking: tuple[str, str]) -> None:
        """Put the twin of a file beside it, with the same time."""
        file, ending = lacking
        packed, time_s = self.twins.of(_read(file), ending), int(os.stat(file).st_mtime)
        if packed is None:
            return
        with self._deciding:
            if packed.stat().st_nlink == 1:
                os.utime(packed, (time_s, time_s))
            if packed.stat().st_mtime == time_s:
                os.link(packed, f"{file}{ending}")
            else:
                # This content came and went before, and that time of it is still in use.
                _write(f"{file}{ending}", packed.read_bytes(), time_s)


def _read(file: str) -> bytes:
    with open(file, "rb") as source:
        return source.read()


def _write(file: str, data: bytes, time_s: int) -> None:
    # Never into what is there: it may be linked to what readers see.
    with open(file, "xb") as target:
        target.write(data)
    os.utime(file, (time_s, time_s))


def _holds(file: str, data: bytes) -> bool:
    try:
        return os.stat(file).st_size == len(data) and _read(file) == data
    except (FileNotFoundError, NotADirectoryError):
        return False


def _paths_below(site: Path) -> Iterator[str]:
    """Yield the path of every file of a site that belongs into a release. Raises ReleaseError."""
    for folder, _, names in os.walk(site):
        for name in names:
            file = f"{folder}/{name}"
            path = file[len(str(site)) + 1 :]
            if os.path.islink(file):
                raise ReleaseError(f"{file}: is a link; a site has none, and a link leads anywhere")
            if not name.startswith(MARKER) and path != RELEASE_JSON and not is_of_status(path):
                yield path


def _moment_after(earlier: Sequence[Release], now: datetime) -> datetime:
    """Return `now` in whole seconds, or later where a clock that went back left later releases."""
    moment = now.astimezone(UTC).replace(microsecond=0)
    return max(moment, earlier[0].released_at + _SECOND) if earlier else moment


def _retired(
    layout: Layout, earlier: Sequence[Release], files: Container[str], moment: datetime
) -> dict[str, datetime]:
    """Return the hashed files to keep that the site no longer has, and since when it has not."""
    since: dict[str, datetime] = {}
    for release in earlier:
        for file in (releases.folder_of(layout, release) / ASSETS).glob("*"):
            path = f"{ASSETS}/{file.name}"
            if is_hashed(path) and path not in files:
                since.setdefault(path, release.retired.get(path, moment))
    return {path: at for path, at in sorted(since.items()) if moment - at < RETIRED_FOR}


def _reason(error: OSError) -> str:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return "the disk is full; the live release is untouched, make room"
        case errno.EXDEV:
            return "releases/ and var/ share files by hard links; put both on one file system"
        case _:
            return f"{error.filename}: {error.strerror}"
