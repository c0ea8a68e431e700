"""What can go wrong at the borders of the network status.

NetworkStatusError
├── NetworkSettingsError   content/status/network.toml
├── IncidentError          content/status/incidents/
├── HistoryError           the store in var/ cannot be used as it is
│   └── HistoryLost        it was broken and has been set aside; ask the sources again
└── SourceError            a source answered, but what cannot be read or cannot be
    └── ClockAheadError    it tells of a time that has not come
"""

from collections.abc import Iterable


class NetworkStatusError(Exception):
    """Anything of this plugin that a person must hear of."""

    complete = True  # the text says it all: nothing else is told


class NetworkSettingsError(NetworkStatusError):
    """All problems of the settings, a line each."""

    def __init__(self, problems: Iterable[str]) -> None:
        super().__init__("\n".join(problems))


class IncidentError(NetworkStatusError):
    """All faults of the incidents, a line each."""

    def __init__(self, problems: Iterable[str]) -> None:
        super().__init__("\n".join(problems))


class HistoryError(NetworkStatusError):
    """The history cannot be used as it is."""


class HistoryLost(HistoryError):  # noqa: N818  a loss, said as one
    """The history was broken; it lies under the name in the message, and a new one is begun."""


class SourceError(NetworkStatusError):
    """A source's answer cannot be read; its last bins stay, and their age decides."""


class ClockAheadError(SourceError):
    """A source tells of a time that has not come, up to `newest` (Unix seconds)."""

    def __init__(self, message: str, newest: int) -> None:
        super().__init__(message)
        self.newest = newest
