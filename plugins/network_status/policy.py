"""What asking sources may do. Imports no sibling."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Policy:
    """What fetching may do.

    `hosts` is STATUS_SECRETS: variable → the host it may be sent to; `environ` holds the
    secrets. Without `asking` (STATUS_FETCH = False) no source is read, in a file of content or
    anywhere. `live`: the time is the clock's, and not that of a build which repeats an older one.
    `timeout_s` is for all requests of a source, `budget_s` for all sources, `size_cap` bytes
    for one unpacked answer. What may wait is no longer asked after `spare_s`.
    """

    content: Path
    hosts: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    asking: bool = True
    live: bool = True
    timeout_s: float = 8.0
    budget_s: float = 10.0
    spare_s: float = 4.0
    size_cap: int = 8_000_000
