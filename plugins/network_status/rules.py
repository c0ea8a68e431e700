"""What the lint asks of the status' files."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from feeds.model import feeds_beside
from lint.model import Content, Problem, Rules, Settings, line_in_toml, why_unreadable
from network_status import incident_files
from network_status.conf import NETWORK
from network_status.documents import STATUS_JSON
from network_status.errors import NetworkSettingsError
from network_status.settings import load


def lint_rules(settings: Settings) -> Rules:
    """The network's settings hold, and every incident is whole."""
    languages, now = tuple(settings["LANGUAGES"]), settings["NOW"].timestamp()

    def check_network(content: Content) -> Iterator[Problem]:
        if (content.root / NETWORK).is_file():
            try:
                load(content.root, languages)
            except NetworkSettingsError as error:
                text = (content.root / NETWORK).read_text("utf-8", errors="replace")
                for fault in str(error).splitlines():
                    message = fault.partition(": ")[2]
                    yield Problem(NETWORK, line_in_toml(text, message), message)

    def check_incidents(content: Content) -> Iterator[Problem]:
        _, problems = incident_files.read(content.root, _routes(content.root), languages)
        told = [why_unreadable(content.root, problem.path) for problem in problems]  # of any file
        yield from (problem for problem in problems if problem not in told)

    def addresses(content: Content) -> Iterator[str]:
        if (content.root / NETWORK).is_file():
            routes = _routes(content.root)
            reports, _ = incident_files.read(content.root, routes, languages)
            yield from (f"/{STATUS_JSON}", "/status.txt")
            for lang in languages:
                pages = [f"/{lang}/status/", *(f"/{lang}/status/{route}/" for route in routes)]
                yield from pages
                yield from (feed for page in pages for feed in feeds_beside(page))
                told = (report.slug for report in reports if report.published <= now)
                yield from (f"/{lang}/status/incidents/{slug}/" for slug in told)

    return Rules(
        overall=(check_network, check_incidents),
        owns=(incident_files.owns,),
        addresses=(addresses,),
    )


def _routes(content: Path) -> list[str]:
    """Return the ids of the routes, whatever else is wrong with the file."""
    try:
        raw = tomllib.loads((content / NETWORK).read_text("utf-8-sig"))
    except (OSError, ValueError):
        return []
    return [str(route.get("id")) for route in raw.get("routes", ()) if isinstance(route, dict)]
