"""The preview: build, show, and build again whenever something is saved."""

import errno
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

from watchfiles import watch

from press.preview import Build, Preview, PreviewServer

SETTINGS_FILE = "pelicanconf.py"
PREVIEW_FOLDER = Path("var", "preview")
_WATCHED_FOLDERS = ("content", "theme", "plugins")
_QUIET_MS = 20
_GRACE_S = 1.0
_TAIL_LINES = 20

_LINT_END = re.compile(r"^\d+ problems? in content/\n", re.MULTILINE)
_LINT_LINE = re.compile(r"^content/(.+?):\d+: ", re.MULTILINE)


def serve(root: Path, port: int = 8000) -> None:
    """Show the site below `root` on 127.0.0.1, drafts included, until Ctrl-C.

    Every save is built into `var/preview/` and reloads the open pages; a build that a save
    overtakes is given up for the next. Raises SystemExit with what to do where the port
    cannot be had.
    """
    root = root.resolve()  # changes are reported by their full paths
    preview = Preview(root / PREVIEW_FOLDER)
    server = _listen(preview, port)
    changed, stop = threading.Event(), threading.Event()
    _watch(root, changed, stop)
    told = ""
    try:
        told = _rebuild(root, preview, server.server_port, changed, told)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"http://127.0.0.1:{server.server_port}/ follows your edits; Ctrl-C ends", flush=True)
        while changed.wait():
            told = _rebuild(root, preview, server.server_port, changed, told)
    except KeyboardInterrupt:
        print("\nended")
    finally:
        stop.set()
        preview.close()
        server.server_close()


def build(root: Path, port: int, changed: threading.Event) -> Build | None:
    """Build the site below `root` in a process of its own and return how that ended.

    A build that ends with status 0 and yet had something to say left pages with faults.
    Returns None where `changed` was set meanwhile, which ends the process.
    """
    with subprocess.Popen(  # noqa: S603 - the command is ours
        _command(port), cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, encoding="utf-8", errors="replace",
        env={**os.environ, "COLUMNS": "200"},  # else Pelican folds its lines at 80
    ) as process:  # fmt: skip
        try:
            while not changed.is_set():
                try:
                    said, printed = _spoken(process)
                except subprocess.TimeoutExpired:
                    continue
                return _outcome(process.returncode, said, printed)
        finally:
            _end(process)
    return None


def _spoken(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Return stderr and stdout of an ended process. Raises TimeoutExpired where it goes on."""
    printed, said = process.communicate(timeout=_QUIET_MS / 1000)
    return said.strip(), printed.strip()


def _outcome(status: int, said: str, printed: str) -> Build:
    if not status:
        return Build(time.time_ns(), faults=each_fault_once(said))
    # Before our own code runs, Pelican tells on stdout what is wrong.
    tail = "\n".join(printed.splitlines()[-_TAIL_LINES:])
    reason = said or tail or f"the build ended with status {status} and said nothing"
    return Build(time.time_ns(), failure=reason)


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()


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


def _command(port: int) -> list[str]:
    extra = {"SITEURL": f"http://127.0.0.1:{port}", "SHOW_DRAFTS": True, "LINT_REPORT": True}
    settings = [f"{name}={json.dumps(value)}" for name, value in extra.items()]
    where = ["content", "-s", SETTINGS_FILE, "-o", str(PREVIEW_FOLDER)]
    return [sys.executable, "-m", "pelican", *where, "-e", *settings]


def _rebuild(root: Path, preview: Preview, port: int, changed: threading.Event, told: str) -> str:
    """Build, show the result, and return what the terminal was told, each thing once."""
    result = None
    while result is None:
        changed.clear()
        start = time.perf_counter()
        result = build(root, port, changed)
    preview.show(result)
    said = result.failure or result.faults
    if said and said != told:
        print(said, file=sys.stderr, flush=True)
    outcome = "not built" if result.failure else "built"
    print(f"{outcome} in {time.perf_counter() - start:.1f} s", flush=True)
    return said


def _listen(preview: Preview, port: int) -> PreviewServer:
    try:
        return PreviewServer(preview, port)
    except (OverflowError, PermissionError):
        raise SystemExit(_no_port(port)) from None
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise SystemExit(
            f"port {port} is taken, perhaps by another preview: end that one, "
            f"or choose another port: invoke serve --port {port + 1}"
        ) from None


def port_of(text: str) -> int:
    """Return the port that a person wrote. Raises SystemExit with what to write instead."""
    if not (text.isascii() and text.isdigit()):
        raise SystemExit(_no_port(text))
    return int(text)


def _no_port(given: object) -> str:
    return f"--port {given} cannot be used; write a number from 1024 to 65535, as in --port 8001"


def _watch(root: Path, changed: threading.Event, stop: threading.Event) -> None:
    """Set `changed` after every change to what the site is made of."""
    folders = [root / name for name in _WATCHED_FOLDERS if (root / name).is_dir()]

    def follow_folders() -> None:
        for _ in watch(*folders, step=_QUIET_MS, stop_event=stop, raise_interrupt=False):
            changed.set()

    def follow_settings() -> None:
        # The folder and not the file: an editor that replaces a file leaves its watchers behind.
        wanted = str(root / SETTINGS_FILE)
        for _ in watch(
            root, step=_QUIET_MS, stop_event=stop, raise_interrupt=False, recursive=False,
            watch_filter=lambda _, path: path == wanted,
        ):  # fmt: skip
            changed.set()

    for follow in (follow_folders, follow_settings):
        threading.Thread(target=follow, daemon=True).start()
