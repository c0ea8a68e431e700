"""One source over HTTP: its answers within its time and size, or how it failed.

Loaded only where something is asked over the network, since `requests` takes a tenth of what a
refresh of the status may take.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from time import monotonic
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry
from urllib3.exceptions import (
    DecodeError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)

from network_status.policy import Policy
from network_status.sources.remote import may_carry
from network_status.wire import Failed, Failure, Fault, Request, Secret

CONNECT_TIMEOUT_S = 3.0
REDIRECTS = 3
EXCERPT = 160
_PIECE = 65_536
_ERROR_BYTES = 4_096
_AGENT = "atogaki-status/1"
# Nothing that is asked changes anything at the source, so all may be asked again.
_RETRY = Retry(
    connect=2,
    read=0,
    status=2,
    redirect=0,
    other=0,
    backoff_factor=0.2,
    status_forcelist=(429, 502, 503, 504),
    allowed_methods=None,
    raise_on_status=False,
    raise_on_redirect=False,
    respect_retry_after_header=False,
)


class Web:
    """A connection for all requests of one source, against the clock that began at `begun`."""

    def __init__(self, policy: Policy, begun: float) -> None:
        self._policy = policy
        self._begun = begun
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=_RETRY))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._session.close()

    def answer(self, request: Request) -> bytes:
        """Return what is answered to a request. Raises Failed."""
        try:
            with self._final(request) as response:
                _check_status(response, request, self._pieces)
                _check_type(response, request)
                body = b"".join(self._pieces(response))
        except (requests.RequestException, HTTPError, OSError) as error:
            failure = failure_of(error)
            raise Failed(failure.fault, f"{_shown(request)}: {failure.detail}") from error
        if body.lstrip()[:1] == b"<":
            raise Failed(Fault.WRONG_TYPE, f"{_shown(request)}: answers with a page of HTML")
        return body

    def _final(self, request: Request) -> requests.Response:
        """Return the response at the end of redirects; none leads away or carries the secret."""
        address = request.address
        credentials = self._credentials(request)
        for _ in range(REDIRECTS + 1):
            response = self._send(address, request, credentials)
            if not response.is_redirect:
                return response
            response.close()
            address = _next_address(address, response.headers["Location"], request)
            credentials = _Credentials(None)
        raise Failed(Fault.MOVED, f"{_shown(request)}: redirects more than {REDIRECTS} times")

    def _send(
        self,
        address: str,
        request: Request,
        credentials: "_Credentials",
    ) -> requests.Response:
        left_s = self._left_s()
        return self._session.request(
            "POST" if request.form else "GET",
            address,
            data=list(request.form) or None,
            headers={
                "Accept": ", ".join(request.accept) or "*/*",
                "Accept-Encoding": "gzip",
                "User-Agent": _AGENT,
            },
            auth=credentials,
            timeout=(min(CONNECT_TIMEOUT_S, left_s), left_s),
            allow_redirects=False,
            stream=True,
        )

    def _credentials(self, request: Request) -> "_Credentials":
        secret = request.secret
        if secret is None:
            return _Credentials(None)
        if not may_carry(secret, request.address, self._policy.hosts):
            detail = f"{_shown(request)}: {secret.variable} must not be sent there"
            raise Failed(Fault.NO_SECRET, detail)
        value = self._policy.environ.get(secret.variable, "").strip()
        if not value:
            raise Failed(Fault.NO_SECRET, f"{secret.variable} is not set where this runs")
        return _Credentials(_authorization(secret, value))

    def _pieces(self, response: requests.Response) -> Iterator[bytes]:
        """Yield the unpacked body as it arrives, and stop at the cap or the deadline."""
        size = 0
        while piece := response.raw.read1(_PIECE, decode_content=True):
            size += len(piece)
            if size > self._policy.size_cap:
                detail = f"more than {self._policy.size_cap:,} bytes"
                raise Failed(Fault.TOO_LARGE, f"{_shown_url(response.url)}: {detail}")
            yield piece
            self._left_s()

    def _left_s(self) -> float:
        left_s = self._begun + self._policy.timeout_s - monotonic()
        if left_s <= 0:
            detail = f"no whole answer within {self._policy.timeout_s:g} s"
            raise Failed(Fault.SLOW, detail)
        return left_s


class _Credentials(requests.auth.AuthBase):
    """One Authorization header or none; being there, it keeps ~/.netrc out of this."""

    def __init__(self, header: str | None) -> None:
        self._header = header

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._header:
            request.headers["Authorization"] = self._header
        return request


def _authorization(secret: Secret, value: str) -> str:
    if secret.user is None:
        return f"Bearer {value}"
    return f"Basic {b64encode(f'{secret.user}:{value}'.encode()).decode()}"


_Pieces = Callable[[requests.Response], Iterator[bytes]]


def _check_status(response: requests.Response, request: Request, pieces: _Pieces) -> None:
    if response.ok:
        return
    said = _excerpt(response, pieces)
    detail = f"{_shown(request)}: answers {response.status_code}{said}"
    raise Failed(Fault.HTTP_STATUS, detail)


def _excerpt(response: requests.Response, pieces: _Pieces) -> str:
    """Return what a JSON error says (Prometheus' `error`), and nothing of any other page."""
    if _media_type(response) != "application/json":
        return ""
    body = b""
    for piece in pieces(response):
        body += piece
        if len(body) > _ERROR_BYTES:
            return ""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    error = said.get("error") if isinstance(said, dict) else None
    return f" ({_plain(error)})" if isinstance(error, str) and error else ""


def _plain(text: str) -> str:
    words = "".join(letter if letter.isprintable() else " " for letter in text).split()
    line = " ".join(words)
    return line if len(line) <= EXCERPT else f"{line[:EXCERPT]}…"


def _check_type(response: requests.Response, request: Request) -> None:
    given = _media_type(response)
    if request.accept and given not in request.accept:
        wanted = " or ".join(request.accept[:1])
        detail = f"{_shown(request)}: answers {_plain(given) or 'no media type'}, not {wanted}"
        raise Failed(Fault.WRONG_TYPE, detail)


def _media_type(response: requests.Response) -> str:
    return response.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _next_address(address: str, location: str, request: Request) -> str:
    target = urljoin(address, location)
    before, after = urlsplit(address), urlsplit(target)
    if request.form or (before.scheme, before.netloc) != (after.scheme, after.netloc):
        place = _plain(_shown_url(target))
        detail = f"{_shown(request)}: sends us to {place}; if that is right, write it"
        raise Failed(Fault.MOVED, detail)
    return target


def _shown(request: Request) -> str:
    return _shown_url(request.address)


def _shown_url(url: str) -> str:
    return url.partition("?")[0]


def failure_of(error: BaseException) -> Failure:
    """Return an exception of requests or urllib3 as a Failure in plain words."""
    for cause in _causes(error):
        for kind, fault, detail in _FAULTS:
            if isinstance(cause, kind):
                return Failure(fault, detail)
    return Failure(Fault.BROKEN_OFF, _plain(f"{type(error).__name__}: {error}"))


# The first that fits any link of the chain of causes, so the most exact come first.
_FAULTS: tuple[tuple[type[BaseException], Fault, str], ...] = (
    (NameResolutionError, Fault.UNKNOWN_HOST, "no such host"),
    (requests.exceptions.SSLError, Fault.UNTRUSTED, "its TLS certificate does not hold"),
    (requests.Timeout, Fault.SLOW, "does not answer in time"),
    (ReadTimeoutError, Fault.SLOW, "stops in the middle of its answer"),
    (TimeoutError, Fault.SLOW, "does not answer in time"),
    (NewConnectionError, Fault.REFUSED, "takes no connection"),
    (requests.exceptions.InvalidURL, Fault.REFUSED, "is no address"),
    (DecodeError, Fault.BROKEN_OFF, "the answer cannot be unpacked"),
    (ProtocolError, Fault.BROKEN_OFF, "the answer ends early"),
    (ConnectionError, Fault.BROKEN_OFF, "the connection breaks"),
)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it wraps, outermost first, as requests and urllib3 nest them."""
    seen: list[BaseException] = [error]
    for link in seen:
        yield link
        inner = (link.__cause__, link.__context__, getattr(link, "reason", None), *link.args)
        seen.extend(one for one in inner if isinstance(one, BaseException) and one not in seen)
