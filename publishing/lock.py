"""One lock on a server: whoever builds or releases holds it."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from publishing.environment import name_of
from publishing.errors import Busy, ServerError
from publishing.layout import Layout

_PAUSE_S = 0.1


@contextmanager
def held(
    layout: Layout, by: str, patience_s: float, tell: Callable[[str], object] | None = None
) -> Iterator[None]:
    """Hold the lock; `by` tells others who does, as in "a push of 1a2b3c4d".

    `tell` is told whom this waits for, where it has to.
    The kernel frees it when its process ends, however that ends.
    Raises Busy where another holds it for longer than `patience_s`, and ServerError for a user to
    whom the root does not belong: what that one leaves there its owner cannot write any more.
    """
    owner = layout.root.stat().st_uid
    if os.geteuid() != owner:
        name = name_of(owner)
        raise ServerError(f"{layout.root}: belongs to {name}; run this as {name}: sudo -u {name} …")
    layout.lock.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(layout.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _wait(file, patience_s, tell)
        os.truncate(file, 0)
        os.pwrite(file, f"{by} (process {os.getpid()})".encode(), 0)
        yield
    finally:
        os.close(file)


def _wait(file: int, patience_s: float, tell: Callable[[str], object] | None) -> None:
    end = time.monotonic() + patience_s
    while not _is_locked(file):
        holder = os.pread(file, 1000, 0).decode("utf-8", "replace") or "another build"
        if tell:
            tell(f"Waiting for {holder}")
            tell = None
        if time.monotonic() >= end:
            raise Busy(
                f"the server is busy with {holder} for more than {patience_s:.0f} s; "
                "try again in a minute"
            )
        time.sleep(_PAUSE_S)


def _is_locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
