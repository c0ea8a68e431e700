"""rclone: the one program that knows every back end, and what it says when something is wrong."""

import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import BaseModel, Field

from publishing.errors import RemoteError

OLDEST = (1, 60)
_POSIX_RENAME = (1, 63)
"""Since when a file is replaced over SFTP by one step; before, it is missing for a moment."""

_NOT_THERE = (3, 4)
"""rclone's exit status for a folder, and for a file, that is not there."""

_REMOTE = re.compile(r"(?P<name>\w[\w.+@ -]*):(?P<path>[^\x00-\x1f\x7f]*)")
_FOLDER = re.compile(r"\.{0,2}/[^\x00-\x1f\x7f]*")

_OPTIONS = (
    "--use-json-log", "--verbose", "--stats=0", "--retries=1",
    "--low-level-retries=3", "--contimeout=15s", "--timeout=60s",
)  # fmt: skip
_ATTEMPTS = 3
_PAUSE_S = 2.0
"""Between attempts, which are ours: rclone would ask three times for what is not there, too."""

_PLAIN: tuple[tuple[str, str], ...] = (
    (r"didn't find section in config", "rclone knows no remote of that name: rclone config"),
    (r"NoSuchBucket|bucket does not exist", "there is no such bucket; make it first"),
    (
        r"AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|Forbidden|status code: 40[13]"
        r"|unable to authenticate|NoCredentialProviders|InvalidToken",
        "it refuses these credentials, or what they ask for",
    ),
    (r"knownhosts: key", "it is not the host that known_hosts_file knows"),
    (
        r"no such host|connection refused|i/o timeout|no route to host|network is unreachable"
        r"|deadline exceeded|server misbehaving",
        "it cannot be reached",
    ),
    (
        r"no space left|remaining disk space|quota|QuotaExceeded|InsufficientStorage",
        "there is no room left",
    ),
    (r"permission denied|read-only file system|SSH_FX_PERMISSION_DENIED", "it may not be written"),
    (r"is a file not a directory|not a directory", "a file is in the way of a folder"),
)
"""rclone's words → a person's."""

_MAY_PASS = ("", "it cannot be reached")
"""What is worth another attempt; no credentials become right, and no disk empty, in two seconds."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A folder on one of rclone's back ends.

    A back end of objects replaces each as a whole. Files come under another name first, below
    `incoming`, and are then renamed; `staged` is the same remote by a second name. `heard` is told
    each path that is through.
    """

    address: str
    staged: str = ""
    incoming: str = ""
    keeps_headers: bool = False
    renames: bool = True
    heard: Callable[[str], None] = lambda _: None
    inherited: tuple[int, ...] = field(default=())
    """Files that stay open, and thereby locked, for as long as a rclone of ours runs."""

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, None where there is none."""
        with TemporaryDirectory() as folder:
            target = Path(folder, "read")
            told = self._run("copyto", (self._at(path), str(target)), accepted=_NOT_THERE)
            return target.read_bytes() if told == 0 and target.is_file() else None

    def send(
        self, folder: Path, paths: Iterable[str], headers: Mapping[str, str], to: str = ""
    ) -> None:
        """Write files of a folder over whatever is there, below `to`."""
        given = [f"--header-upload={name}: {value}" for name, value in headers.items()]
        self._listed("copy", paths, (str(folder), self._at(to)), "--no-check-dest", *given)

    def move(self, paths: Iterable[str]) -> None:
        """Put files that were sent below `incoming` where they belong."""
        # Under another name of the same remote: rclone moves nothing within one folder. Told to
        # look at no target, it renames over it; else it would delete that first.
        unseen = ("--no-check-dest",) if self.renames else ()
        places = (_joined(self.staged, self.incoming), self.address)
        self._listed("move", paths, places, "--server-side-across-configs", *unseen)

    def delete(self, paths: Iterable[str]) -> None:
        """Remove files; what is not there is passed over."""
        self._listed("delete", paths, (self.address,))

    def purge(self, place: str) -> None:
        """Remove a folder with all that it holds, if it is there."""
        self._run("purge", (self._at(place),), accepted=_NOT_THERE)

    def remove_empty(self, place: str) -> None:
        """Remove a folder, and those below, where they hold no file."""
        self._run("rmdirs", (self._at(place),), accepted=_NOT_THERE, attempts=1)

    def _at(self, path: str) -> str:
        return _joined(self.address, path)

    def _listed(
        self, command: str, paths: Iterable[str], places: tuple[str, ...], *options: str
    ) -> None:
        with TemporaryDirectory() as folder:
            listed = Path(folder, "list")
            listed.write_text("".join(f"{path}\n" for path in paths), "utf-8")
            self._run(command, places, f"--files-from-raw={listed}", "--no-traverse", *options)

    def _run(
        self,
        command: str,
        places: tuple[str, ...],
        *options: str,
        accepted: tuple[int, ...] = (),
        attempts: int = _ATTEMPTS,
    ) -> int:
        words = ["rclone", command, *_OPTIONS, *options, "--", *places]
        for left in reversed(range(attempts)):
            status, said = self._attempt(words)
            if not status or status in accepted:
                return status
            if not left or _plainly(said) not in _MAY_PASS:
                break
            time.sleep(_PAUSE_S)
        raise RemoteError(f"{self.address}: {_reason(said)}")

    def _attempt(self, words: list[str]) -> tuple[int, list[str]]:
        said: list[str] = []
        with subprocess.Popen(  # noqa: S603  no shell; places are checked not to be options
            words, env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace",
            pass_fds=self.inherited,
        ) as process:  # fmt: skip
            try:
                for line in process.stderr or ():
                    said += _faults_in(line, self.heard)
            except BaseException:
                process.kill()
                raise
        return process.returncode, said


def connect(given: str, heard: Callable[[str], None], inherited: tuple[int, ...] = ()) -> Remote:
    """Return the remote that a command line names.

    Raises RemoteError where it is none, cannot be reached, or rclone is missing or too old.
    """
    address = address_of(given)
    found = _back_end(address)
    if found.features.buckets:
        if not address.partition(":")[2].strip("/"):
            raise RemoteError(f"{given}: names no bucket; as in {address}columns")
        return Remote(address, keeps_headers=True, heard=heard, inherited=inherited)
    if found.features.local:
        option, renames = "no_check_updated=true", True
    elif found.shown.startswith("sftp://"):
        option, renames = "idle_timeout=59s", found.version >= _POSIX_RENAME
    else:
        return Remote(address, heard=heard, inherited=inherited)
    name, _, path = address.partition(":") if ":" in address else (":local", "", address)
    staged = f"{name},{option}:{path}"
    return Remote(address, staged, renames=renames, heard=heard, inherited=inherited)


def address_of(given: str) -> str:
    """Return a remote as rclone takes it. Raises RemoteError for what could be anything else."""
    if _FOLDER.fullmatch(given):
        return str(Path(given).absolute())
    if _REMOTE.fullmatch(given):
        return given
    raise RemoteError(
        f"--to {given!r}: is no remote; write NAME:BUCKET/PATH, with a NAME that rclone's "
        "configuration has, or a folder, as in /srv/www"
    )


class _Features(BaseModel):
    buckets: bool = Field(alias="BucketBased")
    local: bool = Field(alias="IsLocal")


class _BackEnd(BaseModel):
    version: tuple[int, int]
    shown: str = Field(alias="String")
    features: _Features = Field(alias="Features")


def _back_end(address: str) -> _BackEnd:
    """Return what a back end is and can do, as rclone tells it, and which version of it tells."""
    try:
        done = subprocess.run(  # noqa: S603  as above
            ["rclone", "backend", "features", *_OPTIONS, "--verbose", "--", address],  # noqa: S607
            env=_environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise RemoteError("rclone is not installed; on Debian: apt install rclone") from None
    version = _version_in(done.stderr)
    if done.returncode:
        said = [fault for line in done.stderr.splitlines() for fault in _faults_in(line)]
        raise RemoteError(f"{address}: {_reason(said)}")
    return _BackEnd.model_validate({"version": version, **json.loads(done.stdout)})


def _version_in(log: str) -> tuple[int, int]:
    """Return the version that rclone begins its log with. Raises RemoteError for one too old."""
    found = re.search(r'Version \\?"v(\d+)\.(\d+)', log)
    if found is None:
        raise RemoteError(f"rclone: does not say which version it is: {log[:200]}")
    version = int(found[1]), int(found[2])
    if version < OLDEST:
        oldest, seen = (".".join(map(str, each)) for each in (OLDEST, version))
        raise RemoteError(f"rclone is version {seen}; publishing needs {oldest} or later")
    return version


def _environment() -> dict[str, str]:
    """Return the person's own environment, in which rclone's configuration may stand."""
    ours = dict(os.environ)
    # A mistyped bucket shall not be made; and who may only write objects may not look either.
    ours.setdefault("RCLONE_S3_NO_CHECK_BUCKET", "true")
    # With this set, Debian's rclone gives up on every S3 remote.
    if authorities := ours.pop("AWS_CA_BUNDLE", ""):
        ours.setdefault("RCLONE_CA_CERT", authorities)
    return ours


def _joined(address: str, path: str) -> str:
    glue = "" if not path or address.endswith((":", "/")) else "/"
    return f"{address}{glue}{path}"


def _faults_in(line: str, heard: Callable[[str], None] = lambda _: None) -> list[str]:
    """Return what of a line of the log tells why something failed; a path that is through is heard.

    What ends rclone it says in plain text, whatever the log is written in.
    """
    try:
        entry = json.loads(line)
    except ValueError:
        return [line.strip()]
    if entry.get("level") in ("error", "critical", "fatal"):
        return [": ".join(filter(None, (entry.get("object"), entry.get("msg"))))]
    if entry.get("object") and str(entry.get("msg")).startswith(("Copied", "Deleted")):
        heard(entry["object"])
    return []


def _plainly(said: list[str]) -> str:
    everything = " ".join(said)
    return next((plain for rule, plain in _PLAIN if re.search(rule, everything, re.I)), "")


def _reason(said: list[str]) -> str:
    """Return why rclone failed, in plain words and in its own."""
    own = re.sub(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d ", "", " ".join(said[-3:]))
    own = own[:600] or "rclone failed and did not say why"
    words = _plainly(said)
    return f"{words}\n  rclone: {own}" if words else own
