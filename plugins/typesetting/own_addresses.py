"""Which addresses of this site lead somewhere, as far as its sources tell."""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import unquote, urlsplit

from columns.source import Source

_LISTS = r"(?:columns/(?:[0-9]{4}/)?|(?:topics|postscripts|feeds|status)/(?:[^/]+/)*)?"
_FILES = r"(?:feed\.[a-z]+|feeds\.opml|sitemap\.xml|robots\.txt|404\.html|status\.[a-z]+)?"


def path_on_site(reference: str, siteurl: str) -> str | None:
    """Return the path of an own address, the site's base path taken off, else None.

    Authors write `/ja/status/` without the base path, or the whole URL with it.
    """
    reference = reference.strip()
    if reference.startswith("/") and not reference.startswith("//"):
        return unquote(urlsplit(reference).path)
    site, parts = urlsplit(siteurl), urlsplit(reference)
    if not site.netloc or parts.netloc != site.netloc or parts.scheme not in {"", "http", "https"}:
        return None
    return unquote(parts.path.removeprefix(site.path.rstrip("/")) or "/")


class OwnAddresses:
    """The addresses of the texts that readers may see, and the forms of the lists' addresses."""

    def __init__(self, sources: Iterable[Source], languages: Sequence[str]) -> None:
        names = "|".join(map(re.escape, languages))
        self._lists = re.compile(rf"/(?:(?:{names})/)?{_LISTS}{_FILES}")
        self._texts = frozenset(
            address for source in sources for address in (_address(source), *_aliases(source))
        )

    def lead_somewhere(self, path: str) -> bool:
        """Tell whether something answers at a path; of lists only the form is checked."""
        return path in self._texts or self._lists.fullmatch(path) is not None


def _address(source: Source) -> str:
    room = "columns/" if source.is_column else ""
    return f"/{source.place.lang}/{room}{source.place.slug}/"


def _aliases(source: Source) -> list[str]:
    return [alias.strip() for alias in source.value("aliases").split(",")]
