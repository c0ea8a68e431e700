"""What the press refuses.

PressError
├── OutputError   a path that leaves the output, two writers of one path, a foreign folder
├── ThemeError    CSS that is missing or no CSS, a base template without its place for style
└── SheetError    a page that nobody composed
"""

from press.model import Fault


class PressError(Fault):
    """Something that no build can go on with."""


class OutputError(PressError):
    """A file that may not be written where it was meant to go."""


class ThemeError(PressError):
    """A theme that lacks what every page needs."""


class SheetError(PressError):
    """A page that reached the writer without its sheet."""
