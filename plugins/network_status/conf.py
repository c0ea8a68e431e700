"""The site's settings, for commands that run without Pelican."""

import runpy
from pathlib import Path
from typing import Any

PATHS = ("PATH", "OUTPUT_PATH", "CACHE_PATH", "THEME", "STATUS_STORE")
"""What a settings file names from its own folder."""

STORE = "var/status.sqlite"

Settings = dict[str, Any]  # Any: whatever a settings file holds


def read_settings(file: Path) -> Settings:
    """Return what a settings file says, its paths whole, as Pelican would read it."""
    found = runpy.run_path(str(file))
    settings = {name: value for name, value in found.items() if name.isupper()}
    settings.setdefault("STATUS_STORE", STORE)
    for name in PATHS:
        if name in settings:
            settings[name] = str(file.parent / settings[name])
    if "SITEURL" in settings:
        settings["SITEURL"] = settings["SITEURL"].removesuffix("/")
    return settings
