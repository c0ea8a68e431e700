"""One lock on a server: whoever builds or releases holds it."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from press.files import lock_within
from publishing.environment import name_of
from publishing.errors import Busy, ServerError
from publishing.layout import Layout


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
    if lock_within(0, file):
        return
    if tell:
        tell(f"Waiting for {_holder(file)}")
    if not lock_within(patience_s, file):
        raise Busy(
            f"the server is busy with {_holder(file)} for more than {patience_s:.0f} s; "
            "try again in a minute"
        )


def _holder(file: int) -> str:
    return os.pread(file, 1000, 0).decode("utf-8", "replace") or "another build"
