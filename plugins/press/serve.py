"""The preview: build, show, and build again whenever something is saved."""

import errno
import json
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


def serve(root: Path, port: int = 8000) -> None:
    """Show the site below `root` on 127.0.0.1, drafts included, until Ctrl-C.

    Every save is built into `var/preview/` and reloads the open pages. Raises SystemExit
    with what to do where the port is taken.
    """
    root = root.resolve()  # changes are reported by their full paths
    preview = Preview(root / PREVIEW_FOLDER)
    server = _listen(preview, port)
    changed, stop = threading.Event(), threading.Event()
    _watch(root, changed, stop)
    told = ""
    try:
        told = _rebuild(root, preview, server.server_port, told)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"http://127.0.0.1:{server.server_port}/ follows your edits; Ctrl-C ends", flush=True)
        while changed.wait():
            changed.clear()
            told = _rebuild(root, preview, server.server_port, told)
    except KeyboardInterrupt:
        print("\nended")
    finally:
        stop.set()
        preview.close()
        server.server_close()


def build(root: Path, port: int) -> Build:
    """Build the site below `root` in a process of its own and return how that ended.

    A build that ends with status 0 and yet had something to say left pages with faults.
    """
    done = subprocess.run(  # noqa: S603 - the command is ours
        _command(port), cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    said = done.stderr.strip()
    if done.returncode:
        reason = said or f"the build ended with status {done.returncode} and said nothing"
        return Build(time.time_ns(), failure=reason)
    return Build(time.time_ns(), faults=said)


def _command(port: int) -> list[str]:
    extra = {"SITEURL": f"http://127.0.0.1:{port}", "SHOW_DRAFTS": True, "LINT_REPORT": True}
    settings = [f"{name}={json.dumps(value)}" for name, value in extra.items()]
    where = ["content", "-s", SETTINGS_FILE, "-o", str(PREVIEW_FOLDER)]
    return [sys.executable, "-m", "pelican", *where, "-e", *settings]


def _rebuild(root: Path, preview: Preview, port: int, told: str) -> str:
    """Build, show the result, and return what the terminal was told, each thing once."""
    start = time.perf_counter()
    result = build(root, port)
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
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise SystemExit(
            f"port {port} is taken, perhaps by another preview: end that one, "
            f"or choose another port: invoke serve --port {port + 1}"
        ) from None


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
