"""The site's settings, for what runs without Pelican."""

import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NETWORK = "status/network.toml"
"""The file below `content/` that makes a site have a status."""
STORE = "var/status.sqlite"

_PATHS = ("PATH", "OUTPUT_PATH", "CACHE_PATH", "THEME", "STATUS_STORE")
"""What a settings file names from its own folder."""

Settings = Mapping[str, Any]  # Any: whatever a settings file holds


def read_settings(file: Path) -> dict[str, Any]:
    """Return what a settings file says, its paths whole, as Pelican would read it."""
    found = runpy.run_path(str(file))
    settings = {name: value for name, value in found.items() if name.isupper()}
    settings.setdefault("STATUS_STORE", STORE)
    for name in _PATHS:
        if name in settings:
            settings[name] = str(file.absolute().parent / settings[name])
    if "SITEURL" in settings:
        settings["SITEURL"] = settings["SITEURL"].removesuffix("/")
    return settings


def has_status(settings: Settings) -> bool:
    """Tell whether a site has a status at all."""
    return Path(settings["PATH"], NETWORK).is_file()
