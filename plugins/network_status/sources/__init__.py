"""The kinds of sources: one file each, and one row here."""

from collections.abc import Mapping

from network_status.sources.contract import Source
from network_status.sources.json_document import JsonDocument
from network_status.sources.local import Local
from network_status.sources.prometheus import Prometheus
from network_status.sources.recording import Recording

KINDS: Mapping[str, type[Source]] = {
    "json": JsonDocument,
    "local": Local,
    "prometheus": Prometheus,
    "recording": Recording,
}
"""The word that `kind =` says → the model of its table."""
