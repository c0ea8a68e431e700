"""The lint: all problems of `content/` before a build for the public, and on demand."""

import sys
from pathlib import Path

from pelican import Pelican, signals

from lint.run import check, report


def register() -> None:
    """Have Pelican lint `content/` before it reads any of it."""
    signals.initialized.connect(check_before_build)


def check_before_build(pelican: Pelican) -> None:
    """Print all problems where PUBLIC or LINT_REPORT asks for it; end a PUBLIC build with any.

    Raises SystemExit(1), before any output changes.
    """
    public = pelican.settings.get("PUBLIC", False)
    if not public and not pelican.settings.get("LINT_REPORT", False):
        return
    problems = check(Path(pelican.settings["PATH"]), pelican.settings)
    if problems:
        print(report(problems), file=sys.stderr)
    if problems and public:
        raise SystemExit(1)
