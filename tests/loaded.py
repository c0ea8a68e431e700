"""Everything that a build and a refresh load; see `tests.forked`."""

import sys
from pathlib import Path

import publishing.refreshing  # noqa: F401
from press.waiting import load_plugins

load_plugins(str(Path(__file__).parents[1] / "pelicanconf.py"))
sys.modules.pop("pelicanconf")  # settings are read anew: they hold the time
