"""The process that builds: `python -m publishing.make_site ORDER`, with limits of its own.

It runs in the version of the software that makes the site, and tells what only that knows.
"""

import ctypes
import errno
import logging
import os
import resource
import signal
import sys
import traceback
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from columns.schedule import next_due
from columns.source import place_of, read
from lint.files import paths_below
from publishing.model import Ending, Made, Order

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER, _CLONE_NEWNET = 0x1000_0000, 0x4000_0000
_SETTINGS = "publishconf.py"
_PREVIEW = {"PUBLIC": False, "SHOW_DRAFTS": True, "LINT_REPORT": True, "NOINDEX": True}


def main(order: Order, app: Path) -> int:
    """Build a site in the working directory as `order` says, and leave `made.json` behind.

    Returns the exit status: 0, an Ending, or another where something of ours has failed. What is
    wrong is told on stderr, where it may quote the content: nothing is to be read out of it.
    """
    try:
        _limit(order)
        _leave_the_network()
        _die_with(order.parent)
        _make(order, app)
    except BaseException as error:  # noqa: BLE001  the status says what it was
        if not isinstance(error, SystemExit):
            traceback.print_exception(error)
        return _ending(error)
    return 0


def _make(order: Order, app: Path) -> None:
    warnings = _Warnings()
    logging.getLogger().addHandler(warnings)
    settings = _build(order, app)
    due = None if order.drafts else next_due_of(Path("content"), settings)
    made = Made(
        siteurl=settings["SITEURL"],
        languages={tag: language["name"] for tag, language in settings["LANGUAGES"].items()},
        next_due=due,
        warnings=tuple(warnings.messages),
        receipt=tuple(settings.get("RECEIPT_LINES", ())),
    )
    Path(order.made).write_text(made.model_dump_json(), encoding="utf-8")


class _Warnings(logging.Handler):
    """Keeps what is logged below an error, each thing once: nothing that ends a build."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno < logging.ERROR:
            self.messages[record.getMessage()] = None


def _ending(last: BaseException) -> int:
    """Return the exit status of a build that `last` ended: what the machine lacks comes first."""
    kinds = set(map(_lack, _with_causes(last)))
    for ending in (Ending.NO_DISK, Ending.NO_MEMORY):
        if ending in kinds:
            return ending
    # The press and the lint end with 1 wherever they have told what is wrong.
    refused = isinstance(last, SystemExit) and last.code == 1 and kinds == {None}
    return Ending.REFUSED if refused else 1


def _lack(error: BaseException) -> int | None:
    """Return which Ending, if any, an exception asks for: 1 is a failure of ours."""
    match error:
        case MemoryError():
            return Ending.NO_MEMORY
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return Ending.NO_DISK
        case OSError(errno=errno.EFBIG):
            return 1
        case _:
            return None


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    yield error
    inside = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for each in (*inside, error.__cause__ or error.__context__):
        if each:
            yield from _with_causes(each)


def _build(order: Order, app: Path) -> dict[str, Any]:  # Any: Pelican's settings
    from pelican.settings import read_settings  # after the limits, as it takes memory

    from press.build import StrictPelican

    given = {
        "PATH": str(Path("content").absolute()),
        "OUTPUT_PATH": str(Path(order.output).absolute()),
        "CACHE_PATH": order.cache,
        "STATUS_STORE": order.status_store,
        "STATUS_FETCH": False,
    }
    settings: dict[str, Any] = read_settings(
        str(app / _SETTINGS), override=given | (_PREVIEW if order.drafts else {})
    )
    settings["SITEURL"] += order.base
    StrictPelican(settings).run()
    return settings


def next_due_of(content: Path, settings: Mapping[str, Any]) -> datetime | None:  # Any: Pelican's
    """Return when a site has to be built again though nobody changed it."""
    from newsletter import digest  # likewise
    from newsletter.settings import newsletter_of

    sources = (read(content, path) for path in paths_below(content) if place_of(path))
    zone, now = ZoneInfo(settings["TIMEZONE"]), settings["NOW"]
    newsletter = newsletter_of(settings)
    dues = [next_due(sources, zone, now)]
    if newsletter and newsletter.digest:
        dues.append(digest.next_due(now, zone))
    return min((due for due in dues if due), default=None)


def _limit(order: Order) -> None:
    for kind, most in (
        (resource.RLIMIT_AS, order.memory_bytes),
        (resource.RLIMIT_FSIZE, order.file_bytes),
        (resource.RLIMIT_NOFILE, order.open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        _, highest = resource.getrlimit(kind)
        most = most if highest == resource.RLIM_INFINITY else min(most, highest)
        resource.setrlimit(kind, (most, most))


def _leave_the_network() -> None:
    """Go on where there is no network: a build has no need of any, whatever a library thinks.

    A kernel that gives an ordinary user no namespaces leaves things as they are.
    """
    # First in a child: who is left half-way cannot make a file any more.
    if (child := os.fork()) == 0:
        os._exit(0 if _is_alone() else 1)
    if os.waitpid(child, 0)[1] == 0 and not _is_alone():
        raise OSError("the network could be left once and not twice")


def _is_alone() -> bool:
    """Enter namespaces of one's own as the same user, and tell whether that could be done."""
    user, group = os.geteuid(), os.getegid()
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER | _CLONE_NEWNET):
        return False
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    except OSError:
        return False
    return True


def _die_with(parent: int) -> None:
    """Have the kernel end this process when the one that waits for it ends, however that ends.

    A build that goes on alone would write where the next one, which has the lock, writes too.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise SystemExit("nobody waits for this build any more")


if __name__ == "__main__":
    sys.exit(main(Order.model_validate_json(sys.argv[1]), Path(__file__).parent.parent))
