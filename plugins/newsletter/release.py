"""What is live of a column: its editions, as readers could fetch them this moment.

An edition is taken from the live release and from nowhere else, so that no mail leads to a page
that is not there, and none says what the page does not.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import requests
from pydantic import TypeAdapter, ValidationError

from newsletter.errors import SendRefused
from newsletter.model import DATA, Edition, folder_of

_SLUG = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_TIMEOUT_S = (5, 20)
_SIZE_CAP = 4_000_000
_EDITION = TypeAdapter(Edition)


def in_folder(folder: Path, slug: str, languages: Iterable[str]) -> list[Edition]:
    """Return a column's editions from a folder that was built, such as the live release."""
    try:
        root = folder.resolve(strict=True)  # once: a switch in between mixes no releases
    except FileNotFoundError:
        raise SendRefused(f"{folder}: is not there; nothing has been built or published") from None

    def read(path: str) -> bytes | None:
        try:
            return (root / path).read_bytes()
        except FileNotFoundError:
            return None

    return _editions(read, str(folder), slug, languages)


def at_address(site_url: str, slug: str, languages: Iterable[str]) -> list[Edition]:
    """Return a column's editions from the public site, which is asked now."""
    with requests.Session() as session:
        return _editions(
            lambda path: _fetched(session, f"{site_url}/{path}"), site_url, slug, languages
        )


def _editions(
    read: Callable[[str], bytes | None], where: str, slug: str, languages: Iterable[str]
) -> list[Edition]:
    if not _SLUG.fullmatch(slug):
        raise SendRefused(f'"{slug}" is no slug; write the end of its folder, as in cable-fault')
    found, missing = [], []
    for lang in languages:
        path = f"{folder_of(slug, lang)}/{DATA}"
        data = read(path)
        if data is None:
            missing.append(f"{where}/{path}")
        else:
            found.append(_edition(data, f"{where}/{path}", slug, lang))
    if not found:
        raise SendRefused(
            f"{slug}: is not live, as there is no {' and no '.join(missing)}; publish it first"
        )
    return found


def _edition(data: bytes, where: str, slug: str, lang: str) -> Edition:
    try:
        edition = _EDITION.validate_json(data)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"]))
        raise SendRefused(f"{where}: is no edition of ours ({place}: {problem['msg']})") from None
    if (edition.slug, edition.lang) != (slug, lang):
        raise SendRefused(f"{where}: is the edition {edition.lang} of {edition.slug}")
    return edition


def _fetched(session: requests.Session, url: str) -> bytes | None:
    """Return what an address answers, None for what is not there."""
    try:
        with session.get(url, timeout=_TIMEOUT_S, allow_redirects=False, stream=True) as answer:
            if answer.status_code in (404, 410):
                return None
            data = answer.raw.read(_SIZE_CAP + 1, decode_content=True)
    except (requests.RequestException, OSError) as error:
        raise SendRefused(f"{url}: cannot be asked whether it is live: {error}") from error
    if answer.status_code != requests.codes.ok or len(data) > _SIZE_CAP:
        raise SendRefused(f"{url}: answers {answer.status_code}, and not with an edition")
    return bytes(data)
