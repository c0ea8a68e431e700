"""What answers below `/newsletter/`: subscribing, confirming, other languages, leaving (WSGI).

A link opens a page and changes nothing: mailboxes and scanners follow links. Only a POST changes
something, at once, and the same one again changes no more. No answer tells whether an address is
known. Nobody is asked for a cookie.
"""

import logging
import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from math import ceil

from bilingual.model import Binder
from newsletter.addresses import name_fault, normalised
from newsletter.allowance import Allowance
from newsletter.asking import Environ, Form, NotTakenError, client_of, form_of
from newsletter.confirmation import HOURS
from newsletter.edition import Privacy
from newsletter.errors import AddressError, RelayError, StoreError, TokenError, TokenExpired
from newsletter.letterbox import Letterbox
from newsletter.message import ONE_CLICK
from newsletter.pages import SubscribeForm, choices_of, endpoint_path
from newsletter.relay import Fate
from newsletter.replies import Replies, Reply
from newsletter.settings import SUBSCRIBE, Newsletter
from newsletter.store import Store
from newsletter.subscribers import Subscribers
from newsletter.tokens import PERSON_BYTES, Purpose, Signer

StartResponse = Callable[[str, list[tuple[str, str]]], object]

METHODS = ("GET", "HEAD", "POST")
DAILY = 3
"""Mails that ask one address for confirmation within a day."""
RETRY_S = 60
"""After how long somebody may try again what failed with us."""

_log = logging.getLogger(__name__)

_LOST = Reply(HTTPStatus.NOT_FOUND, "lost", again=True)
_FORGED = Reply(HTTPStatus.NOT_FOUND, "forged", again=True)
_EXPIRED = Reply(HTTPStatus.GONE, "expired", {"hours": HOURS}, again=True)
_NOBODY = Reply(HTTPStatus.GONE, "nobody", again=True)
_DOWN = Reply(HTTPStatus.SERVICE_UNAVAILABLE, "down", wait_s=RETRY_S)
_UNSUBSCRIBE = Reply(HTTPStatus.OK, "unsubscribe", button=ONE_CLICK)
_UNSUBSCRIBED = Reply(HTTPStatus.OK, "unsubscribed", again=True)


_CLICK = ONE_CLICK.partition("=")[::2]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken from whom: of mails asked for, of requests that fail, of changes."""

    mails_of_client: Allowance
    mails_to_address: Allowance
    mails: Allowance
    failures_of_client: Allowance
    changes_of_person: Allowance


def limits() -> Limits:
    """Return limits that no person meets, nor an office behind one address."""
    return Limits(
        mails_of_client=Allowance(20, 3_600),
        mails_to_address=Allowance(DAILY, 86_400),
        mails=Allowance(600, 3_600, keys=1),
        failures_of_client=Allowance(60, 600),
        changes_of_person=Allowance(30, 3_600),
    )


@dataclass(frozen=True, slots=True)
class House:
    """What the endpoint works with: settings, people, mail, pages; `clock` in Unix seconds."""

    newsletter: Newsletter
    binder: Binder
    privacy: Mapping[str, Privacy | None]
    signer: Signer
    open_store: Callable[[], Store]
    letterbox: Letterbox
    replies: Replies
    clock: Callable[[], float]
    limits: Limits


_OURS = (StoreError, RelayError, sqlite3.Error, OSError)
"""What fails with us, and is nobody's fault who asks."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,128}")


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a request leads: a language, what is to be done there, and for whom.

    What leads nowhere has no purpose.
    """

    lang: str
    purpose: str
    token: str
    client: str
    now: int

    @property
    def rest(self) -> str:
        """The path of its page below that of the language."""
        return f"{self.purpose}/{self.token}" if _TOKEN.fullmatch(self.token) else SUBSCRIBE


class Endpoint:
    """The WSGI application (PEP 3333); threads may share it."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._limits = house.limits
        self._base = endpoint_path(house.newsletter, house.binder)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        asked = self._asked(environ)
        method = str(environ["REQUEST_METHOD"])
        try:
            reply = self._answer(asked, method, environ)
        except NotTakenError as refusal:
            reply = Reply(refusal.status, "malformed")
        except _OURS as error:
            _log.error("newsletter: %s", error)
            reply = _DOWN
        if 400 <= reply.status < 500:
            reply = self._counted(reply, asked)
        page = b"" if reply.to else self._house.replies.page(reply, asked.lang, asked.rest)
        headers = list(_headers(reply, asked.lang, len(page)))
        start_response(f"{reply.status.value} {reply.status.phrase}", headers)
        return [b"" if method == "HEAD" else page]

    def _asked(self, environ: Environ) -> Asked:
        """Return where a request leads; what lies nowhere lies in the first language."""
        path = str(environ.get("SCRIPT_NAME", "")) + str(environ.get("PATH_INFO", ""))
        inside = path.removeprefix(f"{self._base}/") if path.startswith(f"{self._base}/") else ""
        lang, _, rest = inside.partition("/")
        purpose, _, token = rest.partition("/")
        languages = self._house.replies.languages
        if lang not in languages or bool(token) == (purpose == SUBSCRIBE):
            purpose = token = ""
        return Asked(
            lang if lang in languages else languages[0],
            purpose,
            token,
            client_of(environ),
            int(self._house.clock()),
        )

    def _answer(self, asked: Asked, method: str, environ: Environ) -> Reply:
        if asked.purpose not in (SUBSCRIBE, *Purpose):
            return _LOST
        if method not in METHODS:
            return Reply(HTTPStatus.METHOD_NOT_ALLOWED, "malformed")
        form = form_of(environ) if method == "POST" else None
        if asked.purpose == SUBSCRIBE:
            return self._subscribe(asked, form) if form else self._to_form(asked)
        purpose = Purpose(asked.purpose)
        try:
            key = self._house.signer.open(purpose, asked.token, asked.now)
        except TokenExpired:
            return _EXPIRED
        except TokenError:
            return _FORGED
        if form is None:
            return self._shown(purpose, key, asked)
        wait_s = self._limits.changes_of_person.take(key[:PERSON_BYTES], asked.now)
        return _often(wait_s) if wait_s else self._changed(purpose, key, form, asked)

    def _counted(self, reply: Reply, asked: Asked) -> Reply:
        """Return the answer to a request that failed; of too many, it is the same for all."""
        wait_s = self._limits.failures_of_client.take(asked.client, asked.now)
        return _often(wait_s) if wait_s else reply

    # --- Subscribing --------------------------------------------------------------------------

    def _to_form(self, asked: Asked) -> Reply:
        """Lead to the form: whoever reloads the page after it asks for its address."""
        return Reply(HTTPStatus.FOUND, "lost", to=self._house.binder.address(asked.lang, SUBSCRIBE))

    def _subscribe(self, asked: Asked, form: Form) -> Reply:
        faults: dict[str, str] = {}
        address, name = form.one("address"), form.one("name")
        languages = self._languages(form)
        try:
            address = normalised(address)
        except AddressError:
            faults["address"] = "no_address"
        if name_fault(name):
            faults["name"] = "no_name"
        if not languages:
            faults["languages"] = "no_language"
        if faults:
            return self._faulty(asked, form, faults)
        if wait_s := self._limits.mails_of_client.take(asked.client, asked.now):
            return _often(wait_s)
        try:
            fate = self._ask(address, name, languages, asked)
        except _OURS as error:
            _log.error("newsletter: %s", error)
            return replace(_DOWN, form=self._filled(asked, form, {}))
        if fate in (Fate.REFUSED, Fate.GONE):
            return self._faulty(asked, form, {"address": "refused"})
        return Reply(HTTPStatus.OK, "asked", {"address": address, "hours": HOURS, "times": DAILY})

    def _ask(self, address: str, name: str, languages: Sequence[str], asked: Asked) -> Fate | None:
        """Ask an address to confirm, unless it was asked often enough, and note it if it was.

        Raises RelayError and StoreError; then nothing is noted, and nothing counts.
        """
        house, now, mailbox = self._house, asked.now, _mailbox(address)
        if self._limits.mails_to_address.take(mailbox, now):
            return None
        try:
            self._check_crowd(now)
            with house.open_store() as store:
                request = house.signer.request(address, name, languages)
                outcome = house.letterbox.ask(address, request, languages, asked.lang, now)
                if outcome.fate not in (Fate.REFUSED, Fate.GONE):
                    Subscribers(store).request(address, name, languages, now)
        except Exception:
            self._limits.mails_to_address.give_back(mailbox)
            raise
        return outcome.fate

    def _check_crowd(self, now: int) -> None:
        """Raise RelayError where more is asked for, by whomever, than people would."""
        if self._limits.mails.take("", now):
            raise RelayError("the form was sent more often than people would; no mail goes out")

    def _faulty(self, asked: Asked, form: Form, faults: Mapping[str, str]) -> Reply:
        shown = self._filled(asked, form, faults)
        return Reply(HTTPStatus.UNPROCESSABLE_ENTITY, "faulty", form=shown)

    def _filled(self, asked: Asked, form: Form, faults: Mapping[str, str]) -> SubscribeForm:
        """Return the form as it was filled in, with what is wrong beside each field."""
        house = self._house
        return SubscribeForm(
            action=f"{self._base}/{asked.lang}/{SUBSCRIBE}",
            choices=choices_of(house.newsletter, house.binder, self._languages(form)),
            privacy=house.privacy[asked.lang],
            address=form.one("address"),
            name=form.one("name"),
            faults={
                field: house.binder.phrase(asked.lang, f"endpoint.{fault}")
                for field, fault in faults.items()
            },
        )

    def _languages(self, form: Form) -> tuple[str, ...]:
        chosen = form.all("languages")
        return tuple(lang for lang in self._house.replies.languages if lang in chosen)

    # --- With a link from a mail --------------------------------------------------------------

    def _shown(self, purpose: Purpose, key: bytes, asked: Asked) -> Reply:
        """Return the page of a link: what it would do, and what to press for that."""
        person = key[:PERSON_BYTES]
        if purpose is Purpose.UNSUBSCRIBE:
            return _UNSUBSCRIBE
        with self._house.open_store() as store:
            people = Subscribers(store)
            if purpose is Purpose.CONFIRM and (wanted := people.requested(key, asked.now)):
                values = {"languages": self._named(wanted, asked.lang)}
                return Reply(HTTPStatus.OK, "confirm", values, button="confirm=yes")
            found = people.find(person)
        if found is None:
            return _NOBODY
        if purpose is Purpose.CONFIRM:
            return self._subscribed("confirmed", found.languages, asked)
        return self._choosing(HTTPStatus.OK, person, found.languages, asked)

    def _changed(self, purpose: Purpose, key: bytes, form: Form, asked: Asked) -> Reply:
        """Do what a link is for, and return what came of it."""
        person = key[:PERSON_BYTES]
        languages, now = self._languages(form), asked.now
        if purpose is Purpose.UNSUBSCRIBE and form.one(_CLICK[0]) != _CLICK[1]:
            return Reply(HTTPStatus.BAD_REQUEST, "unsubscribe", button=ONE_CLICK)
        if purpose is Purpose.LANGUAGE and not languages:
            return self._choosing(HTTPStatus.UNPROCESSABLE_ENTITY, person, (), asked)
        with self._house.open_store() as store:
            people = Subscribers(store)
            if purpose is Purpose.UNSUBSCRIBE:
                people.remove(person, now)
                return _UNSUBSCRIBED
            if purpose is Purpose.LANGUAGE:
                found, about = people.change_languages(person, languages, now), "changed"
            else:
                form_page = self._house.binder.absolute(
                    self._house.binder.address(asked.lang, SUBSCRIBE)
                )
                found = people.confirm(key, f"{form_page}, confirmed by mail", now)
                found, about = found or people.find(person), "confirmed"
        return self._subscribed(about, found.languages, asked) if found else _NOBODY

    def _subscribed(self, about: str, languages: Sequence[str], asked: Asked) -> Reply:
        return Reply(HTTPStatus.OK, about, {"languages": self._named(languages, asked.lang)})

    def _choosing(
        self, status: HTTPStatus, person: bytes, languages: Sequence[str], asked: Asked
    ) -> Reply:
        leave = self._house.signer.link(
            f"{self._base}/{asked.lang}", Purpose.UNSUBSCRIBE, person, asked.now
        )
        return Reply(status, "language", languages=languages, leave=leave)

    def _named(self, languages: Sequence[str], lang: str) -> str:
        """Return languages in the words of another."""
        say = self._house.binder.phrase
        known = [one for one in self._house.replies.languages if one in languages]
        return say(lang, "endpoint.comma").join(say(lang, f"language.{one}") for one in known)


def _mailbox(address: str) -> str:
    """Return what an address has in common with others that reach the same mailbox."""
    local, _, host = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{host}"


def _often(wait_s: float) -> Reply:
    return Reply(HTTPStatus.TOO_MANY_REQUESTS, "often", wait_s=wait_s)


def _headers(reply: Reply, lang: str, length: int) -> Iterable[tuple[str, str]]:
    """Yield the headers; what the policy says besides stands in the page."""
    yield "Content-Length", str(length)
    yield "Cache-Control", "private, no-store"
    yield "Content-Security-Policy", "frame-ancestors 'none'"
    yield "X-Content-Type-Options", "nosniff"
    yield "Referrer-Policy", "same-origin"
    if reply.to:
        yield "Location", reply.to
    else:
        yield "Content-Type", "text/html; charset=utf-8"
        yield "Content-Language", lang
    if reply.wait_s:
        yield "Retry-After", str(ceil(reply.wait_s))
    if reply.status is HTTPStatus.METHOD_NOT_ALLOWED:
        yield "Allow", ", ".join(METHODS)
