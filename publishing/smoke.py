"""Whether the web server shows the release that was switched to."""

import time
from collections.abc import Iterator
from pathlib import Path

import requests

from bilingual.aliases import map_key
from publishing.errors import ReleaseError
from publishing.layout import REDIRECTS
from publishing.model import RELEASE_JSON, Smoke

_PAUSE_S = 0.2
_TIMEOUT_S = 3.0


def check(folder: Path, smoke: Smoke) -> None:
    """Ask the web server for the release in `folder`, byte for byte.

    `release.json` says which release it is, the languages' first pages that readers may read it.
    A server that is just reloading is asked again. Raises ReleaseError with what it answered.
    """
    end = time.monotonic() + smoke.patience_s
    for path in _asked(folder):
        address = f"{smoke.url}{path.removesuffix('index.html')}"
        while fault := _fault(folder / path, address, smoke.host):
            if time.monotonic() > end:
                raise ReleaseError(fault)
            time.sleep(_PAUSE_S)


def _asked(folder: Path) -> Iterator[str]:
    yield RELEASE_JSON
    redirects = folder / REDIRECTS
    moved = redirects.read_text("utf-8").split() if redirects.exists() else ()
    for page in sorted(folder.glob("*/index.html")):
        if map_key(f"/{page.parent.name}/") not in moved:
            yield str(page.relative_to(folder))


def _fault(file: Path, address: str, host: str) -> str | None:
    """Return what is wrong with the answer at an address, None if it is the file."""
    headers = {"Host": host, "Accept-Encoding": "identity"}
    try:
        with requests.Session() as session:
            session.trust_env = False  # no proxy stands before the loopback
            answer = session.get(
                address, headers=headers, timeout=_TIMEOUT_S, allow_redirects=False
            )
    except requests.RequestException as error:
        return f"{address}: the web server does not answer ({type(error).__name__})"
    if answer.status_code != requests.codes.ok:
        return f"{address}: the web server answers {answer.status_code} for {host}"
    if answer.content != file.read_bytes():
        return f"{address}: the web server shows something else than {file}"
    return None
