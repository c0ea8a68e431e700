"""What cannot age by itself: text, badges and API, made from the published status alone.

A page's script sees when its time has passed; a file on a server does not. So each prints its
times, and `rewrite` (a timer of its own on the server) makes them say unknown when they have.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from network_status import statuspage
from network_status.badge import badge
from network_status.documents import STATUS_JSON, StatusDocument, encode, expired, text
from network_status.places import API, TEXT


def ageing_files(document: StatusDocument) -> Iterator[tuple[str, bytes]]:
    """Yield the files by their path below the output; `document` is status.json's."""
    yield TEXT, text(document)
    for name, content in statuspage.documents(document):
        yield f"{API}/{name}.json", encode(content)
    for lang, words in document["words"].items():
        for route in document["routes"]:
            yield f"{lang}/status/{route['id']}/badge.svg", badge(route, lang, words)


def rewrite(root: Path, now: int, put: Callable[[str, bytes], object]) -> list[str]:
    """Make the ageing files below `root` say unknown where their time has passed.

    `put` writes a file, by its path below the root. Returns the paths that changed. Raises
    OSError or ValueError where there is no status.
    """
    document = cast("StatusDocument", json.loads((root / STATUS_JSON).read_bytes()))
    aged = expired(document, now)
    changed = []
    for path, data in ageing_files(aged):
        file = root / path
        if not file.is_file() or file.read_bytes() != data:
            put(path, data)
            changed.append(path)
    return changed
