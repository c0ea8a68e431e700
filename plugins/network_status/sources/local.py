"""The built-in prober: `invoke probe` puts its rounds into the store; a build asks nothing."""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, NamedTuple, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from network_status.model import Measurement, Probe
from network_status.sources.contract import Answers, Request, Selector, Source, Span, Wanted
from network_status.sources.remote import checked_address


class Endpoint(NamedTuple):
    """A host, by name or address, and a port."""

    host: str
    port: int


def _endpoint(text: str) -> str:
    endpoint_of(text)
    return text


def endpoint_of(text: str, default: int = 0) -> Endpoint:
    """Return `host:port`, with an IPv6 address in brackets, as its parts."""
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port or default
    except ValueError:
        host, port = None, 0
    if not host or not port or text != parts.netloc:
        raise PydanticCustomError(
            "endpoint", "is no host and port; write 192.0.2.1:443 or [2001:db8::1]:443"
        )
    return Endpoint(host, port)


Host = Annotated[str, Field(pattern=r"^[0-9A-Za-z.:_-]+$")]


class Target(Selector):
    """What to probe: `icmp`, `tcp`, `dns` or `http`, and what the answer must be.

    `icmp` is a host, `tcp` host and port, `http` an address; `dns` a resolver (port 53 unless
    given) that is asked for `name` and `type`. `rcode` and, where the answer itself is known,
    `answer` tell a right reply from a forged one; `status` is the only right one for HTTP, or
    else anything from 200 to 399. `family` is 4 or 6 where a name has both.
    """

    icmp: Host | None = None
    tcp: Annotated[str, AfterValidator(_endpoint)] | None = None
    dns: (
        Annotated[str, AfterValidator(lambda text: text if endpoint_of(text, 53) else "")] | None
    ) = None
    http: Annotated[str, AfterValidator(checked_address)] | None = None
    name: Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]+$")] | None = None
    type: Annotated[str, Field(pattern=r"^[A-Z0-9]+$")] = "A"
    rcode: Annotated[str, Field(pattern=r"^[a-z]+$")] = "noerror"
    answer: str | None = None
    status: Annotated[int, Field(ge=100, le=599)] | None = None
    family: Literal[4, 6] | None = None

    @model_validator(mode="after")
    def _one_probe(self) -> Self:
        if len(self._given) != 1:
            raise PydanticCustomError("probe", "give one of icmp, tcp, dns and http")
        if (self.dns is None) != (self.name is None):
            raise PydanticCustomError("probe", "dns needs a name to ask for, and only dns")
        return self

    @property
    def probe(self) -> Probe:
        """Return what is sent."""
        return self._given[0]

    @property
    def where(self) -> str:
        """Return the target as it was written."""
        return str(getattr(self, self.probe))

    @property
    def _given(self) -> tuple[Probe, ...]:
        return tuple(probe for probe in Probe if getattr(self, probe) is not None)


class Local(Source):
    """`timeout_s` for one packet, which leaves `spacing_s` after the one before."""

    selector: ClassVar[type[Selector]] = Target

    kind: Literal["local"] = "local"
    timeout_s: Annotated[float, Field(gt=0, le=30)] = 2.0
    spacing_s: Annotated[float, Field(ge=0.01, le=30)] = 0.5

    def requests(self, wanted: Sequence[Wanted], span: Span) -> list[Request]:  # noqa: ARG002  its rounds are in the store
        """Return nothing to fetch."""
        return []

    def measurements(
        self,
        wanted: Sequence[Wanted],  # noqa: ARG002  as above
        span: Span,  # noqa: ARG002
        answers: Answers,  # noqa: ARG002
    ) -> Iterator[Measurement]:
        """Yield nothing."""
        return iter(())
