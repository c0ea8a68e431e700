"""What cannot age by itself: text, badges and API, made from the published status alone.

A page's script sees when its time has passed; a file on a server does not. So each prints its
times, and `rewrite` (a timer of its own on the server) makes them say unknown when they have.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

from network_status import statuspage
from network_status.badge import badge
from network_status.documents import (
    STATUS_JSON,
    LossDocument,
    PageDocument,
    RouteDocument,
    StatusDocument,
    encode,
    expired,
    text,
    unknown_document,
)
from network_status.model import State, Unknown
from network_status.places import API, TEXT

if TYPE_CHECKING:  # what ages the published files has nothing else to load
    from network_status.words import Words

_BADGE = re.compile(r"[^/]+/status/([^/]+)/badge\.svg")


def ageing_files(document: StatusDocument) -> Iterator[tuple[str, bytes]]:
    """Yield the files by their path below the output; `document` is status.json's."""
    yield TEXT, text(document)
    for name, content in statuspage.documents(document):
        yield f"{API}/{name}.json", encode(content)
    for lang, words in document["words"].items():
        for route in document["routes"]:
            yield f"{lang}/status/{route['id']}/badge.svg", badge(route, lang, words)


def aged_files(root: Path, now: int) -> dict[str, bytes]:
    """Return the files as they must read at `now` by the status that lies below `root`.

    Raises OSError, ValueError or KeyError where there is none that can be read.
    """
    document = cast("StatusDocument", json.loads((root / STATUS_JSON).read_bytes()))
    try:
        return dict(ageing_files(expired(document, now)))
    except (TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"{STATUS_JSON} holds no status: {error}") from error


def rewrite(root: Path, now: int, put: Callable[[str, bytes], object]) -> list[str]:
    """Make the ageing files below `root` say unknown where their time has passed.

    `put` writes a file, by its path below the root. Returns the paths that changed. Raises
    what `aged_files` raises.
    """
    changed = []
    for path, data in aged_files(root, now).items():
        file = root / path
        if not file.is_file() or file.read_bytes() != data:
            put(path, data)
            changed.append(path)
    return changed


# --- Where nothing can be known any more ------------------------------------------------------


def unknown_files(
    there: Collection[str], words: "Mapping[str, Words]", page: PageDocument, now: int
) -> dict[str, bytes]:
    """Return the ageing files among those that are there, all of them saying unknown.

    Which routes there are is told by their badges; what they are called, by nothing.
    """
    badges = filter(None, map(_BADGE.fullmatch, there))
    routes = [_unknown_route(name, words) for name in sorted({badge[1] for badge in badges})]
    files = dict(ageing_files(unknown_document(routes, words, page, now)))
    return {path: data for path, data in files.items() if path in there}


def _unknown_route(name: str, words: "Mapping[str, Words]") -> RouteDocument:
    nothing: LossDocument = {"sent": 0, "lost": 0, "ratio": None}
    return {
        "id": name,
        "name": dict.fromkeys(words, name),
        "group": "",
        "key": True,
        "state": State.UNKNOWN.value,
        "measured": State.UNKNOWN.value,
        "reason": Unknown.STALE.value,
        "unstable": False,
        "since": None,
        "observed_until": None,
        "valid_until": None,
        "loss_15_min": nothing,
        "loss_60_min": nothing,
        "rtt_median_ms": None,
        "rtt_usual_ms": None,
        "latency_judged": False,
        "controlled": False,
        "verdict": "stale",
        "availability_90_days": None,
        "coverage_90_days": 0.0,
    }
