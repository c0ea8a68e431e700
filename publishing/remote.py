"""A site brought to object storage or another machine: whole at every moment, and only changes.

What is there a manifest on the remote knows (`manifest`), rclone brings the rest (`rclone`). The
site and its live status each have their own, so that neither touches what is the other's.
"""

import hashlib
import secrets
import shutil
import socket
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from pydantic import ValidationError

from network_status.conf import Settings
from press.files import lock_within
from publishing import rclone, releases
from publishing.errors import Busy, RemoteError
from publishing.headers import TYPES, UNKEPT, cache_control, content_type
from publishing.layout import Layout
from publishing.manifest import Manifest, Plan, plan
from publishing.model import is_of_status
from publishing.snapshot import Snapshot, snapshot_of, taken
from publishing.status import unknown_files_of

Say = Callable[[str], None]

SITE = ".atogaki-manifest.json"
STATUS = ".atogaki-status.json"
"""Where the remote notes what it holds of the site, and of its live status."""

_INCOMING = ".atogaki-incoming"
"""Where files lie on a back end of files until they are whole; each lock has its own."""

_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Source:
    """What gets published: the folder of a site, that of its live status, one for locks."""

    site: Path
    status: Path
    var: Path


def source_on(layout: Layout) -> Source:
    """Return what a server's readers see. Raises RemoteError before the first release."""
    live = releases.live(layout)
    if live is None:
        raise RemoteError(f"{layout.current}: leads to no release yet; push something first")
    return Source(releases.folder_of(layout, live), layout.status, layout.var)


def publish(source: Source, to: str, now: datetime, say: Say, *, dry: bool = False) -> None:
    """Make a remote show a site, and the live status where there is none of it yet.

    Whatever stops it leaves every page whole and what it refers to in place; the next run
    finishes. Raises RemoteError, and Busy where another run goes on.
    """
    with _connected(source.var, to, SITE, source.site) as (remote, place):
        site = taken(source.site, lambda path: not is_of_status(path), place)
        _need_public(site.folder, source.site)
        if (source.status / "status.txt").is_file() and remote.read(STATUS) is None:
            publish_status(source, to, now, say, dry=dry)
        _Run(remote, SITE, site, say).bring(now, dry=dry)


def publish_status(source: Source, to: str, now: datetime, say: Say, *, dry: bool = False) -> None:
    """Make a remote show the live status that lies in a folder; nothing else changes there.

    Raises RemoteError, and Busy where another run goes on.
    """
    if not (source.status / "status.txt").is_file():
        raise RemoteError(f"{source.status}: holds no status; run invoke status first")
    with _connected(source.var, to, STATUS, source.status) as (remote, place):
        shown = taken(source.status, is_of_status, place)
        _Run(remote, STATUS, shown, say).bring(now, dry=dry)


def age_status(settings: Settings, var: Path, to: str, now: datetime, say: Say) -> None:
    """Make the status on a remote say unknown where its own times have passed.

    Where it cannot be read, all that was sent says so, by the settings' words. Raises
    RemoteError then, and where there is none, and Busy where another run goes on.
    """
    from network_status.ageing import rewrite
    from network_status.documents import STATUS_JSON

    fault, now_s = "", int(now.timestamp())
    with _connected(var, to, STATUS, None) as (remote, place):
        put = partial(_put, place)
        document = remote.read(STATUS_JSON)
        put(STATUS_JSON, document or b"")
        try:
            aged = rewrite(place, now_s, put)
        except (ValueError, KeyError) as error:
            fault = "is missing" if document is None else f"cannot be read: {error!r}"
            files = unknown_files_of(settings, _manifest_on(remote, STATUS, say).known, now_s)
            for path, data in files.items():
                put(path, data)
            aged = [*files]
        if aged or not fault:
            _Run(remote, STATUS, snapshot_of(place, aged), say).bring(now, partial=True)
    if fault:
        done = f"; {len(aged)} files say unknown now" if aged else ""
        raise RemoteError(
            f"{to}: its {STATUS_JSON} {fault}; publish one first: invoke status --to {to}{done}"
        )


class _Run:
    """One run: brings what goes out to a remote, whose manifest is a file there."""

    def __init__(self, remote: rclone.Remote, manifest: str, source: Snapshot, say: Say) -> None:
        self._remote = remote
        self._manifest = manifest
        self._source = source
        self._say = say
        self._name = secrets.token_hex(8)

    def bring(self, now: datetime, *, dry: bool = False, partial: bool = False) -> None:
        """Send what changed, in an order in which everything that is referred to is there."""
        before = self._read()
        todo = plan(self._source.files, before, now, self._name, partial=partial)
        if dry or not todo.touched:
            self._tell(todo, dry=dry)
            if not dry and todo.after.model_copy(update={"run": before.run}) != before:
                self._write(todo.after)
            return
        self._tell(todo, dry=False)
        if self._remote.staged:
            self._upload(todo)
            self._expect(before.run, todo, begun=False)
        self._write(before.doubted(self._name, todo.touched))
        for stage in sorted(todo.stages):
            self._place(todo.stages[stage])
        self._expect(self._name, todo)
        self._remove(todo)
        self._write(todo.after)
        if self._remote.staged:
            self._remote.purge(self._remote.incoming)
        self._say(f"{self._remote.address}: up to date")

    def _read(self) -> Manifest:
        return _manifest_on(self._remote, self._manifest, self._say)

    def _tell(self, todo: Plan, *, dry: bool) -> None:
        if not todo.touched:
            self._say(f"{self._remote.address}: nothing changed")
        for stage, paths in todo.stages.items():
            self._say(f"{stage.title}: {len(paths)} to send")
        if todo.deletions:
            self._say(f"{len(todo.deletions)} to delete")
        if dry:
            for mark, paths in (("+", todo.sent), ("-", todo.deletions)):
                for path in paths:
                    self._say(f"  {mark} {path}")

    def _upload(self, todo: Plan) -> None:
        """Have everything on the remote, where nobody looks, before anything changes."""
        if not todo.sent:
            return
        try:
            self._remote.send(self._source.folder, todo.sent, {}, self._remote.incoming)
        except RemoteError:
            with suppress(RemoteError):  # a full target needs the room; the fault is told anyway
                self._remote.purge(self._remote.incoming)
            raise

    def _place(self, paths: Sequence[str]) -> None:
        if self._remote.staged:
            self._remote.move(paths)
            return
        for headers, group in _by_headers(paths, told=self._remote.keeps_headers):
            self._remote.send(self._source.folder, group, headers)

    def _remove(self, todo: Plan) -> None:
        if todo.deletions:
            self._remote.delete(todo.deletions)
        if self._remote.keeps_headers:  # objects have no folders
            return
        for folder in _emptied(todo):
            with suppress(RemoteError):  # gone already, as a killed run leaves it: no harm
                self._remote.remove_empty(folder)

    def _expect(self, run: str, todo: Plan, *, begun: bool = True) -> None:
        """Raise RemoteError where another run has written the manifest since.

        No back end of rclone's can do that and write in one step. So what this run has touched
        is noted as doubtful, whatever the other one says of it.
        """
        found = self._read()
        if found.run == run:
            return
        if begun:
            self._write(found.doubted(self._name, todo.touched))
        raise RemoteError(
            f"{self._remote.address}: another run is publishing there; this one stopped, and the "
            "next one brings what is missing: run it again"
        )

    def _write(self, manifest: Manifest) -> None:
        headers = {"Content-Type": TYPES["json"], "Cache-Control": UNKEPT}
        with TemporaryDirectory() as place:
            _put(Path(place), self._manifest, manifest.model_dump_json().encode())
            remote = replace(self._remote, heard=lambda _: None)
            if remote.staged:
                remote.send(Path(place), (self._manifest,), {}, remote.incoming)
                remote.move((self._manifest,))
            else:
                remote.send(Path(place), (self._manifest,), headers)


@contextmanager
def _connected(
    var: Path, to: str, manifest: str, source: Path | None
) -> Iterator[tuple[rclone.Remote, Path]]:
    """Connect to a remote to which nobody else on this machine brings the same.

    A rclone that outlives its run keeps the lock until it ends, as it may still change things;
    what it reads lies in a folder of the run, which a next one clears then.
    """
    address = rclone.address_of(to)
    if source and _overlaps(address, source):
        raise RemoteError(f"--to {to}: is, holds or lies in what would be published, {source}")
    var.mkdir(parents=True, exist_ok=True)
    where = f"{socket.gethostname()} {var.resolve()} {manifest} {address}"
    name = hashlib.sha256(where.encode()).hexdigest()[:16]
    place = var / f"publish-{name}"
    _clear(var)
    with place.with_suffix(".lock").open("w") as lock:
        if not lock_within(_PATIENCE_S, lock.fileno()):
            raise Busy(f"{to}: another run on this machine is publishing there; wait for it")
        remote = rclone.connect(to, _meter(), (lock.fileno(),))
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        try:
            yield replace(remote, incoming=f"{_INCOMING}-{name}"), place
        finally:
            shutil.rmtree(place)


def _clear(var: Path) -> None:
    """Remove what killed runs have left, whichever remote they went to."""
    for place in var.glob("publish-*/"):
        with place.with_suffix(".lock").open("w") as lock:
            if lock_within(0, lock.fileno()):
                shutil.rmtree(place, ignore_errors=True)


def _manifest_on(remote: rclone.Remote, manifest: str, say: Say) -> Manifest:
    """Return what is there; where no manifest says so, as if there were nothing."""
    data = remote.read(manifest)
    if data is not None:
        try:
            return Manifest.model_validate_json(data)
        except ValidationError:
            say(f"{manifest}: is damaged; everything is sent anew")
    return Manifest(run="")


def _overlaps(address: str, source: Path) -> bool:
    if not address.startswith("/"):
        return False
    there, here = Path(address).resolve(), source.resolve()
    return there.is_relative_to(here) or here.is_relative_to(there)


def _meter() -> Callable[[str], None]:
    """Return what shows a person each file that is through; a log would only grow by it."""
    if not sys.stderr.isatty():
        return lambda _: None
    count = 0

    def show(path: str) -> None:
        nonlocal count
        count += 1
        print(f"\r\033[K{count} {path[:60]}\r", end="", file=sys.stderr, flush=True)

    return show


def _need_public(site: Path, named: Path) -> None:
    """Raise RemoteError unless a folder holds a whole build that the public may see."""
    if not (site / "index.html").is_file() or not (site / "robots.txt").is_file():
        raise RemoteError(f"{named}: holds no site; build it first: invoke site --public")
    if "Disallow: /\n" in (site / "robots.txt").read_text("utf-8"):
        raise RemoteError(f"{named}: is no public build; make one first: invoke site --public")


def _by_headers(
    paths: Iterable[str], *, told: bool
) -> Iterator[tuple[Mapping[str, str], Sequence[str]]]:
    """Yield the files in groups that are served with the same headers, where those are `told`."""
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for path in paths:
        groups[(content_type(path), cache_control(path)) if told else ("", "")].append(path)
    for (kind, cache), group in groups.items():
        yield ({"Content-Type": kind, "Cache-Control": cache} if told else {}), group


def _emptied(todo: Plan) -> list[str]:
    """Return the folders that hold nothing any more, without those below another of them."""
    left = {str(folder) for path in todo.after.files for folder in PurePosixPath(path).parents}
    gone = {
        str(folder)
        for path in todo.deletions
        for folder in PurePosixPath(path).parents
        if str(folder) not in left and str(folder) != "."
    }
    return sorted(path for path in gone if str(PurePosixPath(path).parent) not in gone)


def _put(folder: Path, path: str, data: bytes) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(data)
