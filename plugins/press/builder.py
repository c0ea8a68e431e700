"""The builds of a preview, each in a process of its own; one is always loaded and waits."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

from press.preview import Build

SETTINGS_FILE = "pelicanconf.py"
_PLUGINS = Path(__file__).parents[1]

_QUIET_S = 0.02
_GRACE_S = 1.0
_TAIL_LINES = 20

_LINT_END = re.compile(r"^\d+ problems? in content/\n", re.MULTILINE)
_LINT_LINE = re.compile(r"^content/(.+?):\d+: ", re.MULTILINE)


class Builder:
    """Builds the site below `root` into `output`, with addresses on a port of this machine."""

    def __init__(self, root: Path, output: Path, port: int) -> None:
        extra = {"SITEURL": f"http://127.0.0.1:{port}", "SHOW_DRAFTS": True, "LINT_REPORT": True}
        settings = [f"{name}={json.dumps(value)}" for name, value in extra.items()]
        where = ["content", "-s", SETTINGS_FILE, "-o", str(output)]
        self._command = [sys.executable, "-m", "press.waiting", *where, "-e", *settings]
        self._root = root
        self._process = self._begin()

    def build(self, changed: threading.Event) -> Build | None:
        """Build and return how that ended.

        A build that ends with status 0 and yet had something to say left pages with faults.
        Returns None where `changed` was set meanwhile, which ends the process.
        """
        if self._process.poll() is not None:  # somebody ended it while it waited
            self.reload()
        told: str | None = "begin\n"
        try:
            while not changed.is_set():
                try:
                    printed, said = self._process.communicate(told, timeout=_QUIET_S)
                except subprocess.TimeoutExpired:
                    told = None
                    continue
                return _outcome(self._process.returncode, said.strip(), printed.strip())
        finally:
            self.reload()
        return None

    def reload(self) -> None:
        """Have the next build load all code anew."""
        self.close()
        self._process = self._begin()

    def close(self) -> None:
        """End what runs or waits."""
        with self._process as process:
            if process.poll() is not None:
                return
            process.terminate()
            try:
                process.wait(_GRACE_S)
            except subprocess.TimeoutExpired:
                process.kill()

    def _begin(self) -> subprocess.Popen[str]:
        # Without COLUMNS Pelican folds its lines at 80.
        return subprocess.Popen(  # noqa: S603 - the command is ours
            self._command, cwd=self._root, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace",
            env={**os.environ, "PYTHONPATH": _found_by_python(), "COLUMNS": "200"},
        )  # fmt: skip


def _found_by_python() -> str:
    return os.pathsep.join(filter(None, (str(_PLUGINS), os.environ.get("PYTHONPATH"))))


def _outcome(status: int, said: str, printed: str) -> Build:
    if not status:
        return Build(time.time_ns(), faults=each_fault_once(said))
    # Before our own code runs, Pelican tells on stdout what is wrong.
    tail = "\n".join(printed.splitlines()[-_TAIL_LINES:])
    reason = said or tail or f"the build ended with status {status} and said nothing"
    return Build(time.time_ns(), failure=reason)


def each_fault_once(said: str) -> str:
    """Leave out what the build says of a text's folder after the lint has named its problems.

    What stood there beside them is told once they are cured.
    """
    end = _LINT_END.search(f"{said}\n")
    if not end:
        return said
    lint, rest = said[: end.end()].rstrip(), said[end.end() :]
    named = {_folder_of(path) for path in _LINT_LINE.findall(lint)}
    messages = re.split(r"\n(?! )", rest)  # a message's further lines are indented
    untold = [text for text in messages if text and not any(name in text for name in named)]
    return "\n".join([lint, *untold])


def _folder_of(path: str) -> str:
    """Return the folder of a text, with its last slash; of any other file the file."""
    folder = path.rpartition("/")[0]
    return f"{folder}/" if "/" in folder else path
