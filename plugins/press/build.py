"""A Pelican that does not pretend: whatever went wrong is told, and fails the build."""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pelican import Pelican

from press.faults import Faults
from press.files import Output
from press.writer import PressWriter


class StrictPelican(Pelican):  # type: ignore[misc]  # the base class is untyped
    """PELICAN_CLASS of this site.

    Every logged error (with STRICT_WARNINGS every warning), every plugin that does not load
    and every exception is printed once, as plain lines on stderr, and ends the build with
    status 1. With PUBLIC that happens before the output changes. With LINT_REPORT, as in the
    preview, logged faults are printed and the rest of the site stands: status 0. Only a build
    without faults sweeps the output.
    """

    def __init__(self, settings: dict[str, Any]) -> None:  # Any: Pelican's settings
        self._output: Output | None = None
        self._templates = Path(settings["THEME"], "templates")
        self._faults = Faults(logging.WARNING if settings.get("STRICT_WARNINGS") else logging.ERROR)
        self._faults.listen()
        # A build keeps what it makes until its end, and half of its time is loading code: to
        # collect is to walk through it in vain.
        gc.disable()
        with self._told():
            super().__init__(settings)

    def init_plugins(self) -> None:
        """Load the plugins, all of them or none: without one the others stumble."""
        super().init_plugins()
        self._stop_at_faults()

    def run(self) -> None:
        """Build the site.

        Raises SystemExit with status 1 where anything went wrong; its cause is the group of all
        exceptions among that.
        """
        try:
            with self._told():
                super().run()
                if not self.settings.get("LINT_REPORT"):
                    self._stop_at_faults()
                if self._output and not self._faults.messages:
                    self._output.sweep()
        finally:
            gc.freeze()
            gc.enable()
            self._faults.close()
            if self._output:
                self._output.close()

    def _get_writer(self) -> PressWriter:
        # Pelican asks once all content is read and nothing is written: the last moment to stop.
        if self.settings.get("PUBLIC"):
            self._stop_at_faults()
        writer: PressWriter = super()._get_writer()
        self._output = writer.output
        return writer

    def _stop_at_faults(self) -> None:
        if self._faults.messages:
            raise SystemExit(1) from self._faults.cause

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except KeyboardInterrupt:
            # Pelican would end with status 0 and call a half-built site done.
            raise SystemExit(130) from None
        except Exception as error:  # noqa: BLE001 - whatever a plugin raises becomes a message
            self._faults.add_error(error, self._templates)
            raise SystemExit(1) from self._faults.cause
        finally:
            self._faults.tell()
