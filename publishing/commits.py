"""What git knows of commits: their files, their subjects, where main stands."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import IO

from publishing import git
from publishing.environment import bare
from publishing.errors import PublishingError
from publishing.layout import Layout
from publishing.repository import BRANCH

_QUARANTINE = (
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
)
"""By these alone a hook sees what is being pushed (git-receive-pack(1), "Quarantine")."""

_NO_SUCH = 1
"""How `rev-parse --verify --quiet` ends for a ref that is not there."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a commit: its kind and size without its bytes, `name` as git has it."""

    mode: str
    object_name: str
    size: int
    name: bytes


@dataclass(frozen=True, slots=True)
class Commits:
    """The repository as this process may see it.

    `quarantine` holds git's variables where a hook looks at what is not accepted yet.
    """

    layout: Layout
    quarantine: Mapping[str, str] = field(default_factory=dict)

    def tip(self) -> str | None:
        """Return the commit that main stands at, or None before the first push.

        Raises PublishingError where git cannot tell: that is not the same.
        """
        done = self._done("rev-parse", "--verify", "--quiet", BRANCH)
        if done.returncode not in (0, _NO_SUCH):
            raise _failure("rev-parse", done)
        return done.stdout.decode().strip() or None

    def resolve(self, revision: str) -> str | None:
        """Return the commit that a branch, a tag or part of a name stands for, or None."""
        arguments = ("rev-parse", "--verify", "--quiet", "--end-of-options")
        return self._done(*arguments, f"{revision}^{{commit}}").stdout.decode().strip() or None

    def subject(self, commit: str) -> str:
        """Return the first line of a commit's message."""
        return (
            self._run("log", "-1", "--format=%s", commit, "--").decode("utf-8", "replace").strip()
        )

    def leads_to(self, before: str, after: str) -> bool:
        """Tell whether `after` has everything that `before` had."""
        return self._run("rev-list", "--max-count=1", f"{after}..{before}", "--") == b""

    def between(self, before: str, after: str) -> tuple[int, bool]:
        """Return how many commits lead from one to the other, and whether any is a merge."""
        said = self._run("rev-list", "--parents", f"{before}..{after}", "--").decode().splitlines()
        return len(said), any(len(line.split()) > 2 for line in said)

    def changed(self, before: str, after: str) -> frozenset[str]:
        """Return the names at the top of the tree whose content differs between two commits."""
        said = self._run("diff-tree", "--name-only", "-z", before, after, "--")
        return frozenset(name.decode("utf-8", "replace") for name in said.split(b"\0") if name)

    def entries(self, commit: str, folder: str) -> Iterator[Entry]:
        """Yield the files below a folder, for as long as the caller goes on asking.

        Twenty small trees can name more files than any disk holds.
        """
        arguments = ("ls-tree", "-r", "-l", "-z", "--full-tree", commit, "--", f"{folder}/")
        with self._open(*arguments) as process:
            yield from map(_entry, _split(_pipe(process.stdout)))
            if process.wait():
                raise PublishingError(f"git ls-tree: cannot list the files of {commit}")

    @contextmanager
    def reader(self) -> Iterator["BlobReader"]:
        """Yield what reads blobs one by one, byte for byte as they were committed.

        `git archive` would obey the attributes in the push: leave files out, change their lines.
        """
        with self._open("cat-file", "--batch", stdin=subprocess.PIPE) as process:
            yield BlobReader(_pipe(process.stdin), _pipe(process.stdout))

    def _run(self, *arguments: str) -> bytes:
        done = self._done(*arguments)
        if done.returncode:
            raise _failure(arguments[0], done)
        return done.stdout

    def _done(self, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        return git.run(*self._here, *arguments, environment=self._environment)

    def _open(
        self, *arguments: str, stdin: int = subprocess.DEVNULL
    ) -> AbstractContextManager["subprocess.Popen[bytes]"]:
        return git.opened(*self._here, *arguments, environment=self._environment, stdin=stdin)

    @property
    def _here(self) -> tuple[str, str]:
        return "--git-dir", str(self.layout.repository)

    @property
    def _environment(self) -> dict[str, str]:
        return bare(self.layout.root) | dict(self.quarantine)


class BlobReader:
    """Reads blobs through one `git cat-file --batch`."""

    def __init__(self, asked: IO[bytes], answers: IO[bytes]) -> None:
        self._asked = asked
        self._answers = answers

    def read(self, entry: Entry) -> bytes:
        """Return a file's bytes. Raises PublishingError where git does not have them."""
        self._asked.write(f"{entry.object_name}\n".encode())
        self._asked.flush()
        head = self._answers.readline().split()
        if head[1:] != [b"blob", str(entry.size).encode()]:
            raise PublishingError(f"git cat-file: {entry.object_name} is not the blob it was")
        data = self._answers.read(entry.size + 1)
        return data[:-1]


def quarantine(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of git by which a hook sees what is being pushed."""
    return {name: environ[name] for name in _QUARANTINE if name in environ}


def _failure(command: str, done: "subprocess.CompletedProcess[bytes]") -> PublishingError:
    return PublishingError(f"git {command}: {done.stderr.decode('utf-8', 'replace')}")


def _split(pipe: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while piece := pipe.read(65_536):
        *lines, rest = (rest + piece).split(b"\0")
        yield from lines


def _entry(line: bytes) -> Entry:
    head, _, name = line.partition(b"\t")
    mode, _, object_name, size = head.decode().split()
    return Entry(mode, object_name, int(size) if size.isdigit() else 0, name)


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # noqa: S101  Popen was asked for it
    return stream
