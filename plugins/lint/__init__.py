"""The lint: all problems of `content/` before a build for the public, and on demand."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pelican import Pelican


def register() -> None:
    """Have Pelican lint `content/` before it reads any of it.

    Every room knows `lint.model`, and some run without Pelican: hence the imports here and below.
    """
    from pelican import signals

    signals.initialized.connect(check_before_build)


def check_before_build(pelican: "Pelican") -> None:
    """Print all problems where PUBLIC or LINT_REPORT asks for it; end a PUBLIC build with any.

    Raises SystemExit(1), before any output changes.
    """
    public = pelican.settings.get("PUBLIC", False)
    if not public and not pelican.settings.get("LINT_REPORT", False):
        return
    from lint.run import check, report

    problems = check(Path(pelican.settings["PATH"]), pelican.settings)
    if problems:
        print(report(problems), file=sys.stderr)
    if problems and public:
        raise SystemExit(1)
