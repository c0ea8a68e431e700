"""The preview: build, show, and build again whenever something is saved."""

import errno
import os
import sys
import threading
import time
from pathlib import Path

from watchfiles import watch

from press.builder import SETTINGS_FILE, Builder
from press.preview import Preview, PreviewServer

PREVIEW_FOLDER = Path("var", "preview")
_READ_BY_A_BUILD = ("content", "theme")
_CODE = "plugins"
_STEP_MS = 20


class _Changes:
    """What was saved since the last build began."""

    def __init__(self) -> None:
        self.any, self.of_code, self.stop = (threading.Event() for _ in range(3))

    def note(self, *, of_code: bool) -> None:
        if of_code:
            self.of_code.set()
        self.any.set()


def serve(root: Path, port: int = 8000) -> None:
    """Show the site below `root` on 127.0.0.1, drafts included, until Ctrl-C.

    Every save is built into `var/preview/` and reloads the open pages; a build that a save
    overtakes is given up for the next. Raises SystemExit with what to do where the port
    cannot be had.
    """
    root = root.resolve()  # changes are reported by their full paths
    preview = Preview(root / PREVIEW_FOLDER)
    server = _listen(preview, port)
    builder = Builder(root, PREVIEW_FOLDER, server.server_port)
    changes = _Changes()
    _watch(root, changes)
    told = ""
    try:
        told = _rebuild(builder, preview, changes, told)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"http://127.0.0.1:{server.server_port}/ follows your edits; Ctrl-C ends", flush=True)
        while changes.any.wait():
            told = _rebuild(builder, preview, changes, told)
    except KeyboardInterrupt:
        print("\nended")
    finally:
        changes.stop.set()
        builder.close()
        preview.close()
        server.server_close()


def _rebuild(builder: Builder, preview: Preview, changes: _Changes, told: str) -> str:
    """Build, show the result, and return what the terminal was told, each thing once."""
    result = None
    while result is None:
        changes.any.clear()
        start = time.perf_counter()
        if changes.of_code.is_set():
            changes.of_code.clear()
            builder.reload()
        result = builder.build(changes.any)
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


def _watch(root: Path, changes: _Changes) -> None:
    """Note every change to what the site is made of."""
    folders = [root / name for name in (*_READ_BY_A_BUILD, _CODE) if (root / name).is_dir()]
    settings, code = str(root / SETTINGS_FILE), f"{root / _CODE}{os.sep}"

    def follow_folders() -> None:
        for found in watch(
            *folders, step=_STEP_MS, stop_event=changes.stop, raise_interrupt=False
        ):  # fmt: skip
            changes.note(of_code=any(path.startswith(code) for _, path in found))

    def follow_settings() -> None:
        # The folder and not the file: an editor that replaces a file leaves its watchers behind.
        for _ in watch(
            root, step=_STEP_MS, stop_event=changes.stop, raise_interrupt=False, recursive=False,
            watch_filter=lambda _, path: path == settings,
        ):  # fmt: skip
            changes.note(of_code=True)

    for follow in (follow_folders, follow_settings):
        threading.Thread(target=follow, daemon=True).start()
