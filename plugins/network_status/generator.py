"""From Pelican's build to the status, and from the status into the build."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bilingual.model import Binder, Head, Link
from columns.model import Library
from network_status.conf import has_status
from network_status.edition import Edition, Surroundings, script_of
from network_status.errors import NetworkStatusError
from network_status.observing import observe
from press.model import Sheet

_log = logging.getLogger(__name__)


def add_status(context: dict[str, Any]) -> None:  # Any: Pelican's context
    """Add the status to the build: pages, feeds and documents."""
    if not has_status(context):
        return
    binder: Binder = context["binder"]
    try:
        seen = observe(context, binder.languages)
    except NetworkStatusError as error:
        for problem in str(error).splitlines():
            _log.error("%s", problem)
        return
    for message in seen.messages:
        _log.warning("%s", message)
    library: Library = context["library"]
    around = Surroundings(
        binder,
        library,
        context["TYPESETTER"].typeset,
        context["WHOLE_LINKS"],
        script_of(Path(context["THEME"])),
        context["DEFAULT_LANG"],
    )
    made = Edition(seen.picture, around)
    sheets = _linked(context["sheets"], made.links(), library, binder)
    context["sheets"] = [*sheets, *made.sheets()]
    context["feeds"] += made.feeds
    context["files"] |= made.files()


def _linked(
    sheets: Iterable[Sheet],
    links: Mapping[tuple[str, str], list[Link]],
    library: Library,
    binder: Binder,
) -> Iterator[Sheet]:
    """Yield the site's sheets, and with a column the reports that name it."""
    found = {
        binder.absolute(column.url): links[lang, column.slug]
        for work in library.works
        for lang, column in work.versions.items()
        if (lang, column.slug) in links
    }
    for sheet in sheets:
        head = sheet.values["head"]
        reports = found.get(head.canonical) if isinstance(head, Head) else None
        yield replace(sheet, values={**sheet.values, "reports": reports}) if reports else sheet
