"""A request to the endpoint as it comes from a WSGI server (PEP 3333), held to its limits."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import parse_qsl

MAX_BODY_BYTES = 8_192
MAX_FIELDS = 32

_URLENCODED, _MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
_FIELD_NAME = re.compile(rb'(?i)^content-disposition:[^\r\n]*;\s*name="([^"\r\n]*)"', re.MULTILINE)

Environ = Mapping[str, Any]  # Any: as PEP 3333 has it


class NotTakenError(Exception):
    """A request that is not read to its end; the status says why."""

    def __init__(self, status: HTTPStatus) -> None:
        self.status = status
        super().__init__(status.phrase)


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form as they were sent, in their order."""

    fields: tuple[tuple[str, str], ...] = ()

    def one(self, name: str) -> str:
        """Return a field's text, the first if there are several, without space around it."""
        return next((value.strip() for key, value in self.fields if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Return every text of a field."""
        return tuple(value for key, value in self.fields if key == name)


def client_of(environ: Environ) -> str:
    """Return whose request it is: an address, or the network that IPv6 gives to one household.

    What a proxy says of whom it asks for counts where the proxy is this machine's own.
    """
    peer = str(environ.get("REMOTE_ADDR", ""))
    if not peer or _is_loopback(peer):  # no address: a socket in the file system
        peer = str(environ.get("HTTP_X_FORWARDED_FOR", peer)).rpartition(",")[2].strip() or peer
    try:
        address = ip_address(peer)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return f"{address.exploded[:19]}::/64"
    return str(address)


def form_of(environ: Environ) -> Form:
    """Read the form that a request carries.

    Raises NotTakenError: no length, more than MAX_BODY_BYTES, no form, or one that is broken.
    """
    kind = Message()
    given = str(environ.get("CONTENT_TYPE") or "text/plain")
    kind["content-type"] = "".join(filter(str.isprintable, given))
    if kind.get_content_type() not in (_URLENCODED, _MULTIPART):
        raise NotTakenError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    body = _body(environ)
    try:
        if kind.get_content_type() == _MULTIPART:
            fields = tuple(_parts(body, str(kind.get_param("boundary", ""))))
        else:
            text = body.decode("ascii")
            fields = tuple(
                parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
            )
    except ValueError:
        raise NotTakenError(HTTPStatus.BAD_REQUEST) from None
    return Form(fields)


def _body(environ: Environ) -> bytes:
    given = str(environ.get("CONTENT_LENGTH") or "")
    if not (given.isascii() and given.isdecimal()):
        raise NotTakenError(HTTPStatus.LENGTH_REQUIRED)
    if len(given) > len(str(MAX_BODY_BYTES)) or int(given) > MAX_BODY_BYTES:
        raise NotTakenError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        body: bytes = environ["wsgi.input"].read(int(given))
    except OSError:
        raise NotTakenError(HTTPStatus.BAD_REQUEST) from None
    if len(body) < int(given):
        raise NotTakenError(HTTPStatus.BAD_REQUEST)
    return body


def _parts(body: bytes, boundary: str) -> Iterator[tuple[str, str]]:
    """Yield the fields of multipart/form-data (RFC 7578). Raises ValueError where it is broken."""
    mark = b"\r\n--" + boundary.encode("ascii")
    head, *parts, end = (b"\r\n" + body).split(mark)
    if not boundary or head or not end.startswith(b"--") or len(parts) > MAX_FIELDS:
        raise ValueError("no parts between boundaries")
    for part in parts:
        headers, found, value = part.partition(b"\r\n\r\n")
        name = _FIELD_NAME.search(headers)
        if not found or name is None:
            raise ValueError("a part without a name")
        yield name[1].decode(), value.decode()


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
