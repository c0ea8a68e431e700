"""A listmonk server (https://listmonk.app), for lists beyond one machine: its HTTP API.

Which of its lists is for which language its owner says by tagging it `atogaki-<language>`.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import requests

from newsletter.errors import ListmonkError, NewsletterSettingsError
from newsletter.model import LANGUAGE_PLACE, UNSUBSCRIBE_PLACE, Edition, Sender

URL_VARIABLE = "ATOGAKI_LISTMONK_URL"
USER_VARIABLE = "ATOGAKI_LISTMONK_USER"
TOKEN_VARIABLE = "ATOGAKI_LISTMONK_TOKEN"  # noqa: S105  the name of a variable
VIA = "listmonk"
TAG = "atogaki-"
TEMPLATE = "atogaki"
_TEMPLATE_BODY = '{{ template "content" . }}'

_TIMEOUT_S = (5, 60)
_PER_PAGE = 100
_PAGES = 100_000

Json = dict[str, Any]  # Any: what a server answers


@dataclass(frozen=True, slots=True)
class MailingList:
    """One of its lists, for the readers of one language."""

    id: int
    name: str
    lang: str
    double_optin: bool
    count: int
    """How many are on it, whether it may be sent to them or not."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """An edition as it lies there."""

    id: int
    status: str


@dataclass(frozen=True, slots=True)
class Listmonk:
    """The server, as a context manager. Every method raises ListmonkError."""

    url: str
    user: str
    token: str = field(repr=False)
    _session: requests.Session = field(default_factory=requests.Session, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._session.close()

    @property
    def host(self) -> str:
        """Return its name, as people know it."""
        return urlsplit(self.url).netloc

    def lists(self, languages: Sequence[str]) -> list[MailingList]:
        """Return the lists that are tagged for our languages."""
        found = [
            MailingList(
                one["id"],
                one["name"],
                lang,
                one.get("optin") == "double",
                one.get("subscriber_count", 0),
            )
            for one in self._pages("/api/lists")
            for lang in languages
            if f"{TAG}{lang}" in (one.get("tags") or ())
        ]
        if not found:
            wanted = " or ".join(f'"{TAG}{lang}"' for lang in languages)
            raise ListmonkError(f"{self.host}: no list is tagged for us; tag one {wanted}")
        return found

    def subscribers(self) -> Iterator[Json]:
        """Yield everybody there, with their lists, a page at a time."""
        return self._pages("/api/subscribers", order_by="created_at", order="ASC")

    def campaign(self, name: str) -> Campaign | None:
        """Return the campaign of a name."""
        for one in self._pages("/api/campaigns", no_body="true", order_by="created_at"):
            if one["name"] == name:
                return Campaign(one["id"], one["status"])
        return None

    def create(self, edition: Edition, sender: Sender, lists: Sequence[MailingList]) -> Campaign:
        """Make an edition a campaign, as a draft."""
        made = self._ask(
            "POST",
            "/api/campaigns",
            {
                "name": edition.id,
                "subject": _subject(edition.subject),
                "lists": [one.id for one in lists],
                "from_email": f"{sender.name} <{sender.address}>",
                "type": "regular",
                "content_type": "html",
                "messenger": "email",
                "body": as_template(edition.html),
                "altbody": as_template(edition.text),
                "template_id": self._template(),
                "tags": [f"{TAG}{edition.lang}"],
                "headers": [
                    {"List-Id": f"<{sender.list_id}>"},
                    {"List-Archive": f"<{sender.archive}>"},
                    {"Content-Language": edition.lang},
                    {"Auto-Submitted": "auto-generated"},
                ],
            },
        )
        return Campaign(made["id"], made["status"])

    def start(self, campaign: Campaign) -> None:
        """Let a draft be sent."""
        self._ask("PUT", f"/api/campaigns/{campaign.id}/status", {"status": "running"})

    def _template(self) -> int:
        """Return the template that adds nothing to an edition; make it where there is none."""
        if (found := self._own_template()) is None:
            made = {"name": TEMPLATE, "type": "campaign", "body": _TEMPLATE_BODY}
            self._ask("POST", "/api/templates", made)
            found = self._own_template()
        if found is None:
            raise ListmonkError(f'{self.host}: keeps no template "{TEMPLATE}"; make it by hand')
        return found

    def _own_template(self) -> int | None:
        for one in self._ask("GET", "/api/templates"):
            if one["name"] == TEMPLATE and one.get("body", "").strip() == _TEMPLATE_BODY:
                return int(one["id"])
        return None

    def _pages(self, path: str, **query: str) -> Iterator[Json]:
        """Yield what all pages of an answer hold; the server may give fewer at once than asked.

        Raises ListmonkError where they hold less than they say there is.
        """
        seen = total = 0
        for page in range(1, _PAGES):
            numbers = {"page": str(page), "per_page": str(_PER_PAGE)}
            data = self._ask("GET", path, query=query | numbers)
            if not data["results"] and seen < total:
                raise ListmonkError(f"{self.host}{path}: gives {seen:,} of {total:,}; ask again")
            yield from data["results"]
            seen, total = seen + len(data["results"]), data["total"]
            if seen >= total:
                return

    def _ask(
        self, method: str, path: str, body: Json | None = None, query: dict[str, str] | None = None
    ) -> Any:  # noqa: ANN401  what a server answers
        try:
            answer = self._session.request(
                method,
                f"{self.url}{path}",
                params=query,
                json=body,
                auth=(self.user, self.token),
                timeout=_TIMEOUT_S,
                allow_redirects=False,  # nowhere else may the token go
            )
            said = answer.json()
        except requests.JSONDecodeError:
            raise ListmonkError(
                f"{self.host}{path}: answers {answer.status_code}, and not as listmonk does"
            ) from None
        except requests.RequestException as error:
            raise ListmonkError(f"{self.host}{path}: {error}") from error
        if answer.status_code != requests.codes.ok or "data" not in said:
            message = said.get("message", "") if isinstance(said, dict) else ""
            raise ListmonkError(
                f"{self.host}{path}: answers {answer.status_code} {message}".rstrip()
            )
        return said["data"]


def listmonk_from(environ: Mapping[str, str], url: str = "") -> Listmonk:
    """Return the server that the environment's token is for; `url` may name no other.

    Raises NewsletterSettingsError.
    """
    own = environ.get(URL_VARIABLE, "").strip().rstrip("/")
    user, token = environ.get(USER_VARIABLE, ""), environ.get(TOKEN_VARIABLE, "")
    problems = [
        f"{name}: is not set; {advice}"
        for name, value, advice in (
            (URL_VARIABLE, own, "write the server that the token is for, https://lists.example"),
            (USER_VARIABLE, user, "make an API user in listmonk (Admin → Users)"),
            (TOKEN_VARIABLE, token, "write what listmonk showed when that user was made"),
        )
        if not value
    ]
    parts = urlsplit(own)
    loopback = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if own and parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        problems.append(f"{URL_VARIABLE}: {own} would take the token in clear; write https://…")
    if parts.username is not None:
        problems.append(f"{URL_VARIABLE}: holds a user; name it in {USER_VARIABLE}")
    if own and url and urlsplit(url.rstrip("/"))[:3] != parts[:3]:
        problems.append(f"{url}: the token of the environment is for {own} and goes nowhere else")
    if problems:
        raise NewsletterSettingsError(problems)
    return Listmonk(own, user, token)


def as_template(text: str) -> str:
    """Return a text as a Go template that prints it, each place filled with listmonk's own link.

    The text stands in strings alone: listmonk would take `{{` in it for its own, lose comments
    and fail at a `<` that opens no element.
    """
    places = {UNSUBSCRIBE_PLACE: "{{ UnsubscribeURL }}"}
    places[LANGUAGE_PLACE] = f"{places[UNSUBSCRIBE_PLACE]}?manage=true"
    parts = re.split(f"({'|'.join(map(re.escape, places))})", text)
    return "".join(places.get(part) or f"{{{{ Safe {_string(part)} }}}}" for part in parts if part)


def _subject(text: str) -> str:
    """Return a subject, as a template where listmonk would take it for one."""
    return f"{{{{ {_string(text)} }}}}" if "{{" in text or "@TrackLink" in text else text


def _string(text: str) -> str:
    """Return a text as a string of Go that holds nothing listmonk replaces."""
    plain = json.dumps(text, ensure_ascii=False)
    return plain.replace("{{", r"\u007b\u007b").replace("@TrackLink", r"\u0040TrackLink")
