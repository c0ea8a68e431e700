"""A page ready to be printed, and a fault ready to be told. Imports no sibling."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file of the site: its path below the output, its template, just what that shows.

    `source` names the file it was made from, for messages. `scripts` are the inline scripts
    that the page may run, exactly as they stand in it. `style` is CSS that the page has instead
    of the theme's.
    """

    path: str
    template: str
    values: Mapping[str, object]
    source: str = ""
    scripts: tuple[str, ...] = ()
    style: str | None = None


class Fault(Exception):  # noqa: N818 - its heirs are the errors
    """A fault whose text is complete: where, what was given, and the cure. Nothing else is told.

    What makes it so is `complete`; a plugin that knows no other gives its own errors the same.
    """

    complete = True
