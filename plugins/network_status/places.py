"""Where everything of the status stands: one rule for links and files."""

from collections.abc import Iterable

from bilingual.model import Binder

API = "api/v2"


TEXT = "status.txt"


def tree(languages: Iterable[str]) -> list[str]:
    """Return the folders and the file that the status consists of, below the output."""
    return [TEXT, "status", API, *(f"{lang}/status" for lang in languages)]


class Places:
    """The addresses of the status' documents, as paths from the site's root."""

    def __init__(self, binder: Binder) -> None:
        self._binder = binder

    @property
    def json(self) -> str:
        """The figures that pages refresh themselves from."""
        return f"{self._binder.address('status')}status.json"

    @property
    def text(self) -> str:
        """The same for a terminal."""
        return f"{self._binder.address()}{TEXT}"

    def api(self, name: str) -> str:
        """Return the address of a document in the form of Statuspage v2."""
        return f"{self._binder.address()}{API}/{name}.json"

    def feed(self, lang: str, *route: str) -> str:
        """Return the address of a feed."""
        return f"{self._binder.address(lang, 'status', *route)}feed.atom"

    def badge(self, lang: str, route: str) -> str:
        """Return the address of a route's badge."""
        return f"{self._binder.address(lang, 'status', route)}badge.svg"
