"""`server.toml` as frozen models: unknown keys rejected, all problems at once."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from publishing.errors import ServerError
from publishing.model import Smoke
from publishing.repository import PUSH_MB

_TEMPLATE = Path(__file__).parent / "server" / "server.toml"

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_PORT = r"(?:[1-9]\d{0,4})"
_BOUND = rf"(?:\d{{1,3}}(?:\.\d{{1,3}}){{3}}|\[[0-9a-fA-F:]+\]):{_PORT}"
_LISTEN = re.compile(rf"{_PORT}|{_BOUND}")
_LOOPBACK = re.compile(rf"(?:127(?:\.\d{{1,3}}){{3}}|\[::1\]):{_PORT}|")
_PATH = re.compile(r"/[A-Za-z0-9/._@+-]+")


def _rule(pattern: re.Pattern[str], advice: str) -> Callable[[str], str]:
    """Return a validator that refuses a text with the text itself and what to write."""

    def check(value: str) -> str:
        if pattern.fullmatch(value):
            return value
        given: dict[str, Any] = {"value": value, "advice": advice}  # Any: as pydantic asks
        raise PydanticCustomError("rule", '"{value}" {advice}', given)

    return check


def _some(values: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse none at all; a length in the field would be told beside the fault of an item."""
    if not values:
        raise PydanticCustomError("rule", "is empty; write at least one")
    return values


Name = Annotated[str, AfterValidator(_rule(_NAME, "is no name; write atogaki or my-site"))]
Host = Annotated[str, AfterValidator(_rule(_HOST, "is no host name; write columns.example"))]
Listen = Annotated[
    str, AfterValidator(_rule(_LISTEN, 'is no port or address; write "80" or "[::]:80"'))
]
Loopback = Annotated[
    str,
    AfterValidator(_rule(_LOOPBACK, 'is no address of this machine; write 127.0.0.1:8079, or ""')),
]
AbsolutePath = Annotated[
    str, AfterValidator(_rule(_PATH, "is no absolute path; letters, digits and /._@+- only"))
]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Web(_Table):
    """Where nginx listens and answers; the first name is the site's own."""

    names: Annotated[tuple[Host, ...], AfterValidator(_some)]
    listen: Annotated[tuple[Listen, ...], AfterValidator(_some)] = ("80", "[::]:80")
    loopback: Loopback = "127.0.0.1:8079"
    newsletter: Loopback = ""


class Tls(_Table):
    """Whether readers are led to https, and with which certificate."""

    on: bool = False
    listen: Annotated[tuple[Listen, ...], AfterValidator(_some)] = ("443", "[::]:443")
    certificate: AbsolutePath | None = None
    key: AbsolutePath | None = None
    hsts_seconds: Annotated[int, Field(ge=0)] = 31_536_000


class BuildLimits(_Table):
    """What a push and its build may take; git hears of `push_mb` when the server is installed."""

    seconds: Annotated[int, Field(ge=1)] = 300
    memory_mb: Annotated[int, Field(ge=128)] = 2048
    push_mb: Annotated[int, Field(ge=1)] = PUSH_MB


class Preview(_Table):
    """How long a preview stays."""

    days: Annotated[int, Field(ge=1)] = 7


class ServerSettings(_Table):
    """The whole file."""

    name: Name
    web: Web
    tls: Tls = Tls()
    build: BuildLimits = BuildLimits()
    preview: Preview = Preview()

    @property
    def certificate(self) -> str:
        """Return where the certificate lies: where certbot puts it, unless the file says else."""
        return self.tls.certificate or f"/etc/letsencrypt/live/{self.web.names[0]}/fullchain.pem"

    @property
    def key(self) -> str:
        """Return where the certificate's key lies."""
        return self.tls.key or f"/etc/letsencrypt/live/{self.web.names[0]}/privkey.pem"

    @property
    def smoke(self) -> Smoke | None:
        """Return where the worker asks whether a release answers, None for nowhere."""
        loopback = self.web.loopback
        return Smoke(f"http://{loopback}/", self.web.names[0]) if loopback else None


def read_settings(file: Path) -> ServerSettings:
    """Return what `server.toml` says. Raises ServerError with all its problems."""
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        raise ServerError(f"{file}: is missing; invoke server-install writes it") from None
    except (OSError, ValueError) as error:
        raise ServerError(f"{file}: {error}") from None
    return parse_settings(file, text)


def parse_settings(file: Path, text: str) -> ServerSettings:
    """Return what a `server.toml` of this text says. Raises ServerError with all its problems."""
    try:
        return ServerSettings.model_validate(tomllib.loads(text))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise ServerError("\n".join(f"{file}: {fault}" for fault in _faults(error))) from None


def default_text(root: Path, name: str, host: str) -> str:
    """Return a `server.toml` that says the defaults, each explained."""
    text = Template(_TEMPLATE.read_text("utf-8"))
    return text.substitute(root=root, name=name, host=host)


def _faults(error: Exception) -> list[str]:
    if isinstance(error, ValidationError):
        return [f"{_where(fault['loc'])}: {fault['msg']}" for fault in error.errors()]
    return [str(error)]


def _where(place: tuple[int | str, ...]) -> str:
    """Return where a fault is: `web.names[0]`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return "".join(parts).removeprefix(".")
