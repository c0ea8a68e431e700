"""A build that has loaded all code and waits until it is told to begin: a line on its stdin.

To load is half of a build. What the site is made of is read, and the time taken, afterwards.
"""

import importlib
import logging
import sys
from contextlib import suppress
from pkgutil import walk_packages

import pelican
from pelican.settings import read_settings


def main() -> None:
    """Wait with the arguments of `python -m pelican`; the end of stdin ends it unbuilt."""
    # What cannot be loaded the build meets again, and tells; so with all that Pelican says of the
    # settings, which nobody asked for yet and which no handler of its own would hear.
    logging.disable()
    with suppress(Exception, SystemExit):
        load_plugins(pelican.parse_arguments().settings)
    logging.disable(logging.NOTSET)
    if sys.stdin.readline():
        pelican.main()


def load_plugins(settings_file: str) -> None:
    """Load every module of the plugins that the settings name; connect none of them."""
    settings = read_settings(settings_file)
    sys.path[:0] = settings["PLUGIN_PATHS"]
    for name in settings["PLUGINS"]:
        path = getattr(importlib.import_module(name), "__path__", ())
        for module in walk_packages(path, f"{name}."):
            if module.name != __spec__.name:
                importlib.import_module(module.name)


if __name__ == "__main__":
    main()
