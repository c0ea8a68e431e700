"""Commands in processes of their own that have loaded our code already: half of each is saved.

A server of forks (multiprocessing's) loads Pelican and every plugin once for each worker of the
tests; a command then is a fork of it, with a folder, an environment and an output of its own.
What a command loads itself, and which hashes it draws, is for real processes to show; and for
sites that have not all plugins, as Pelican knows a reader wherever it was loaded.
"""

import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping
from functools import cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory
from typing import Any

import pytest

PATIENCE_S = 120


def pelican(arguments: list[str], cwd: Path, env: Mapping[str, str]) -> CompletedProcess:
    """Run `python -m pelican`."""
    return _run(_pelican, arguments, cwd, env)


def status(options: dict[str, Any], cwd: Path, env: Mapping[str, str]) -> CompletedProcess:
    """Run `invoke status` by `siteconf.py`, with the options of `publishing.status.main`."""
    return _run(_status, options, cwd, env)


def _run(target: Callable, given: object, cwd: Path, env: Mapping[str, str]) -> CompletedProcess:
    with TemporaryDirectory() as folder:
        said = [Path(folder, name) for name in ("stdout", "stderr")]
        process = _context().Process(target=_begin, args=(target, given, cwd, dict(env), said))
        process.start()
        process.join(PATIENCE_S)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(f"{target.__name__} {given}: still running after {PATIENCE_S} s")
        stdout, stderr = (file.read_text("utf-8", "replace") for file in said)
        return CompletedProcess([target.__name__], process.exitcode, stdout, stderr)


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.forked", "tests.loaded"])
    with pytest.MonkeyPatch.context() as patch:
        # Before Python 3.13 it looks for what to load without our sys.path, and is silent.
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        forkserver.ensure_running()
    return context


def _begin(target: Callable, given: object, cwd: Path, env: dict[str, str], said: list[Path]):
    for number, file in enumerate(said, 1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), number)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.dont_write_bytecode = "PYTHONDONTWRITEBYTECODE" in env
    sys.exit(target(given))


def _pelican(arguments: list[str]) -> None:
    from pelican import main

    sys.path.insert(0, str(Path.cwd()))
    sys.argv = ["pelican", *arguments]
    main()


def _status(options: dict[str, Any]) -> int:
    from publishing.status import Places, main

    places = Places(**options.pop("places", {}))
    return main(Path("siteconf.py"), places, **options)
