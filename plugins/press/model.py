"""A page ready to be printed. Imports no sibling."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file of the site: its path below the output, its template, just what that shows.

    `source` names the file it was made from, for messages.
    """

    path: str
    template: str
    values: Mapping[str, object]
    source: str = ""
