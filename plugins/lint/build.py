"""Pelican's part in a lint on demand: settings and plugins, but no build."""

from pelican import Pelican
from pelican.settings import read_settings

from lint.model import Settings


def load_settings(settings_file: str) -> Settings:
    """Read a settings file and let its plugins add to it what their rules need.

    Raises SystemExit with a message where a plugin does not load.
    """
    # Neither, or the lint would run as one of the plugins, and end all for a public site.
    quiet = {"PUBLIC": False, "LINT_REPORT": False}
    settings: Settings = read_settings(settings_file, override=quiet)
    wanted = tuple(settings["PLUGINS"])
    Pelican(settings)  # loads the plugins and sends `initialized`; only run() would build
    lost = [name for name in wanted if name not in settings["PLUGINS"]]
    if lost:
        raise SystemExit(f"{settings_file}: PLUGINS: {', '.join(lost)} did not load")
    return settings
