"""What the lint asks of the status' files."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from lint.model import Content, Problem, Rules, Settings
from network_status import incident_files
from network_status.conf import NETWORK
from network_status.errors import NetworkSettingsError
from network_status.settings import load


def lint_rules(settings: Settings) -> Rules:
    """The network's settings hold, and every incident is whole."""
    languages = tuple(settings["LANGUAGES"])

    def check_network(content: Content) -> Iterator[Problem]:
        if (content.root / NETWORK).is_file():
            try:
                load(content.root, languages)
            except NetworkSettingsError as error:
                for line in str(error).splitlines():
                    yield Problem(NETWORK, 1, line.partition(": ")[2])

    def check_incidents(content: Content) -> Iterator[Problem]:
        _, problems = incident_files.read(content.root, _routes(content.root), languages)
        yield from problems

    return Rules(overall=(check_network, check_incidents), owns=(incident_files.owns,))


def _routes(content: Path) -> list[str]:
    """Return the ids of the routes, whatever else is wrong with the file."""
    try:
        raw = tomllib.loads((content / NETWORK).read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return [str(route.get("id")) for route in raw.get("routes", ()) if isinstance(route, dict)]
