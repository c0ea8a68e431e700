"""Sources that lie on another host: their address, and the secret that may be sent to it."""

from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from network_status.errors import NetworkSettingsError
from network_status.sources.contract import Source
from network_status.wire import Secret

Variable = Annotated[str, Field(pattern=r"^ATOGAKI_SOURCE_[A-Z0-9_]+$")]


class Remote(Source):
    """A source with an address; `secret` names an environment variable and never a secret.

    The secret goes as a bearer token, or with a `user` as that user's password. `history_days`
    is how far back what is asked for goes; what comes later goes on from the newest bin.
    """

    url: str
    secret: Variable | None = None
    user: Annotated[str, Field(pattern=r"^[^:\s]+$")] | None = None
    history_days: Annotated[int, Field(ge=1, le=400)] = 11

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        if "?" in url:
            raise PydanticCustomError("url", "ends in a query; write the address before it")
        return checked_address(url)

    @field_validator("secret")
    @classmethod
    def _not_in_clear(cls, secret: str | None, info: ValidationInfo) -> str | None:
        url = urlsplit(info.data.get("url", ""))
        if secret and url.scheme == "http" and not _is_loopback(url.hostname or ""):
            raise PydanticCustomError("clear", "would cross the network in clear; write https://")
        return secret

    @field_validator("user")
    @classmethod
    def _has_password(cls, user: str | None, info: ValidationInfo) -> str | None:
        if user and not info.data.get("secret"):
            raise PydanticCustomError("user", "has no password; write secret = 'ATOGAKI_SOURCE_…'")
        return user

    @property
    def sent_secret(self) -> Secret | None:
        """Return what goes with each request."""
        return Secret(self.secret, self.user) if self.secret else None


def checked_address(url: str) -> str:
    """Return an http(s) address as it is. Raises PydanticCustomError for anything else."""
    try:
        parts = urlsplit(url)
        whole = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        whole = False
    if not whole or any(ord(letter) <= ord(" ") for letter in url):
        raise PydanticCustomError("url", "is no address; write one like https://host.example/")
    if parts.username is not None or parts.password is not None:
        raise PydanticCustomError("url", "holds a user; name it in user, its password in secret")
    if parts.fragment:
        raise PydanticCustomError("url", "ends in a #; write the address before it")
    return url


def check_secrets(sources: Iterable[Source], hosts: Mapping[str, str]) -> None:
    """Hold every secret to the host that it is for.

    `hosts` is the setting STATUS_SECRETS: variable → `host` or `host:port`. Content is written
    by many hands, so a source that names a secret for another host is a NetworkSettingsError.
    """
    problems = [
        f"content/status/network.toml: source {source.id}: {problem}"
        for source in sources
        if isinstance(source, Remote) and source.secret
        for problem in _problems(source.secret, urlsplit(source.url), hosts)
    ]
    if problems:
        raise NetworkSettingsError(problems)


def may_carry(secret: Secret, address: str, hosts: Mapping[str, str]) -> bool:
    """Tell whether a secret may be sent to an address."""
    return not list(_problems(secret.variable, urlsplit(address), hosts))


def _problems(variable: str, url: SplitResult, hosts: Mapping[str, str]) -> Iterable[str]:
    bound = hosts.get(variable)
    host = url.hostname or ""
    if bound is None:
        yield f'{variable} is bound to no host; add "{variable}": "{host}" to STATUS_SECRETS'
    elif bound.lower() not in {host, f"{host}:{url.port or _PORTS.get(url.scheme)}"}:
        yield f"{variable} is for {bound} and must not be sent to {url.netloc} (STATUS_SECRETS)"


_PORTS = {"http": 80, "https": 443}


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
