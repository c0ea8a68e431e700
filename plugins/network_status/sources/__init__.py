"""The kinds of sources: one file each, and one row here."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Final

from network_status.sources.contract import Source

_PLACES: Final = {
    "json": "json_document.JsonDocument",
    "local": "local.Local",
    "prometheus": "prometheus.Prometheus",
    "recording": "recording.Recording",
}


class _Kinds(Mapping[str, type[Source]]):
    """Loads a kind when it is asked for: models cost time, and a site has one kind or two."""

    def __getitem__(self, kind: str) -> type[Source]:
        module, _, name = _PLACES[kind].partition(".")
        found: type[Source] = getattr(import_module(f"{__name__}.{module}"), name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_PLACES)

    def __len__(self) -> int:
        return len(_PLACES)


KINDS: Final[Mapping[str, type[Source]]] = _Kinds()
"""The word that `kind =` says → the model of its table."""
