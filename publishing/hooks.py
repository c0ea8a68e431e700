"""What git asks on the server when something is pushed: `python -m publishing.hooks NAME ROOT`.

pre-receive builds what is to become main and takes or refuses the push as a whole; post-receive
only starts the worker. Whoever pushed may be gone at any moment: nothing waits for them.
"""

import logging
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from publishing.errors import PublishingError
from publishing.layout import Layout
from publishing.repository import BRANCH
from publishing.starting import start
from publishing.updates import Update, options_of, read_updates

_FAILED = {
    "pre-receive": "Refused: the server failed, and nothing was taken",
    "post-receive": "Taken, but the worker did not start; the timer starts it within a minute",
}


def main(name: str, root: Path) -> int:
    """Run a hook with what git gives it, and return its exit status."""
    os.umask(0o022)  # the web server is somebody else
    layout = Layout(root)
    updates = read_updates(sys.stdin)
    try:
        if name == "post-receive":
            return post_receive(layout, updates)
        return pre_receive(layout, updates)
    except PublishingError as error:
        _say_why(f"Refused: {error}")
    except Exception as error:  # noqa: BLE001  whatever it is, who pushed gets an answer
        _log(layout, name)
        _say_why(f"{_FAILED[name]} ({type(error).__name__}: {error})")
        say(f"Whoever runs the server finds more in {layout.logs / 'hooks.log'}")
    return 1


def _say_why(text: str) -> None:
    """Tell what may quote a traceback, and with it anything that was pushed."""
    from publishing.push import limited  # as below

    for line in limited(text.split("\n")):
        say(line)


def say(text: str) -> None:
    """Tell who pushed. Where they are gone, what was begun goes on all the same."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def pre_receive(layout: Layout, updates: Sequence[Update]) -> int:
    """Take or refuse what is in quarantine."""
    from publishing.commits import Commits, quarantine  # post-receive has no time for these
    from publishing.push import Push

    commits = Commits(layout, quarantine(os.environ))
    return Push(commits, updates, options_of(os.environ), say).receive(datetime.now(UTC))


def post_receive(layout: Layout, updates: Iterable[Update]) -> int:
    """Have the worker release main if it moved. The timer's worker does it, too, if this fails."""
    if any(update.ref == BRANCH for update in updates):
        start(layout)
        say("Taken. The worker makes a release of it now.")
    return 0


def _log(layout: Layout, name: str) -> None:
    layout.logs.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        filename=layout.logs / "hooks.log", format="%(asctime)s %(message)s", force=True
    )
    logging.getLogger(__name__).exception("%s", name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
