"""A format of our own for whatever measures: rounds of packets as JSON, over HTTP or in a file.

`docs/status-source.schema.json` is its JSON Schema, and `invoke probe --write` writes it. A
round is added to its five minutes once, by its time: publishing it again changes nothing.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    FailFast,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from network_status import histogram
from network_status.errors import ClockAheadError, SourceError
from network_status.model import BIN_S, MOST_PACKETS, NO_TIMES, Histogram, Measurement
from network_status.sources.contract import CLOCKS_S, Answers, Request, Selector, Span, Wanted
from network_status.sources.remote import Remote, checked_address

FORMAT: Final = "atogaki-measurements/1"
# A host of static files may know no better type than text.
ACCEPT = ("application/json", "text/json", "text/plain")

SeriesId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Seconds = Annotated[int, Field(ge=0, lt=1 << 40)]
Packets = Annotated[int, Field(ge=0, le=1_000_000)]
Milliseconds = Annotated[float, Field(ge=0, le=3_600_000)]
Share = Annotated[float, Field(ge=0, le=1)]
FailureKind = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class DocumentSeries(Selector):
    """`series` is the name that the document uses."""

    series: SeriesId


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class MeasuredRound(_Part):
    """Packets that were sent to one target at about the same time.

    Of those answered, `rtt_ms` holds every time, or `quantiles_ms` pairs of a share and a time.
    """

    series: SeriesId
    at: Annotated[Seconds, Field(description="Unix time of the first packet, in seconds")]
    sent: Annotated[int, Field(ge=1, le=1_000_000, description="packets that really went out")]
    lost: Annotated[Packets, Field(description="of those, packets that nobody answered in time")]
    rtt_ms: Annotated[
        tuple[Milliseconds, ...], FailFast(), Field(description="round-trip times")
    ] = ()
    quantiles_ms: Annotated[
        tuple[tuple[Share, Milliseconds], ...],
        FailFast(),
        Field(description="[share, round-trip time] pairs, as in [[0.5, 81.2], [0.95, 96]]"),
    ] = ()
    failures: Annotated[
        Mapping[FailureKind, Packets],
        Field(
            description="why packets were lost: timeout, refused, nxdomain, … and how many",
            json_schema_extra={"additionalProperties": False},
        ),
    ] = {}

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        answered = self.sent - self.lost
        if answered < 0:
            raise PydanticCustomError("sum", "lost is more than sent")
        if len(self.rtt_ms) > answered:
            raise PydanticCustomError("sum", "rtt_ms holds more times than packets came back")
        if sum(self.failures.values()) > self.lost:
            raise PydanticCustomError("sum", "failures are more than lost")
        return self


class BlindRound(_Part):
    """A round in which the prober itself failed: nothing was measured and nothing was lost."""

    series: SeriesId
    at: Seconds
    blind: Literal[True]


class Document(_Part):
    """Rounds of any number of series, in any order.

    A round is read once, by its series and time: keep it for some hours, and publishing it
    again changes nothing. What does not add up (more lost than sent, more times than answers,
    more failures than lost) is refused.
    """

    format: Literal["atogaki-measurements/1"]
    # A document may be all faults; one is enough to refuse it.
    rounds: Annotated[tuple[MeasuredRound | BlindRound, ...], FailFast()]


def schema() -> str:
    """Return `docs/status-source.schema.json`."""
    found = Document.model_json_schema()
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


class JsonDocument(Remote):
    """A document at an http(s) address, or `file:` and a path below `content/`."""

    selector: ClassVar[type[Selector]] = DocumentSeries

    kind: Literal["json"] = "json"

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        if not url.startswith("file:"):
            return checked_address(url)
        path = url.removeprefix("file:")
        if path.startswith("/") or ".." in path.split("/") or not path:
            example = "file:status/rounds.json"
            raise PydanticCustomError(
                "url", "is no path below content/; write it like {example}", {"example": example}
            )
        return url

    def requests(self, wanted: Sequence[Wanted], span: Span) -> list[Request]:  # noqa: ARG002  one document holds all
        """Return the document."""
        return [Request(self.url.removeprefix("file:"), (), ACCEPT, self.sent_secret)]

    def measurements(
        self, wanted: Sequence[Wanted], span: Span, answers: Answers
    ) -> Iterator[Measurement]:
        """Yield the rounds of a span. Raises SourceError for what breaks the schema.

        A prober whose clock runs ahead makes rounds that would look fresh long after it died:
        one round of the future, and nothing of it is read (ClockAheadError).
        """
        (request,) = self.requests(wanted, span)
        by_name = {_name(one): one for one in wanted}
        rounds = [r for r in _document(request, answers[request]).rounds if r.series in by_name]
        newest = max((found.at for found in rounds), default=0)
        if newest > span.until + CLOCKS_S:
            ahead = f"rounds up to {newest - span.until} s in the future; set its prober's clock"
            raise ClockAheadError(f"{request.address}: {ahead}", newest)
        _check_sum(rounds)
        for found in rounds:
            if span.since <= found.at < span.until:
                yield _measurement(by_name[found.series], found)


def _name(one: Wanted) -> str:
    if not isinstance(one.selector, DocumentSeries):
        raise SourceError(f"{one.series}: {one.selector!r} selects nothing in a document")
    return one.selector.series


def _document(request: Request, body: bytes) -> Document:
    try:
        return Document.model_validate_json(body)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        # What is no name of a field is pydantic's word for a kind of round.
        path = (part for part in fault["loc"] if isinstance(part, int) or part.islower())
        where = ".".join(map(str, path)) or "the document"
        raise SourceError(f"{request.address}: {where}: {fault['msg']}") from error


def _check_sum(rounds: Iterable[MeasuredRound | BlindRound]) -> None:
    """Raise SourceError for more packets in five minutes than can be."""
    sums: Counter[tuple[str, int]] = Counter()
    for found in rounds:
        if isinstance(found, MeasuredRound):
            sums[found.series, found.at // BIN_S * BIN_S] += found.sent
    for (series, start), sent in sums.items():
        if sent > MOST_PACKETS:
            raise SourceError(f"{series}: {sent:,} packets in five minutes from {start} cannot be")


def _measurement(one: Wanted, found: MeasuredRound | BlindRound) -> Measurement:
    round_ = str(found.at)
    if isinstance(found, BlindRound):
        return Measurement(one.series, found.at, round_, 0, 0, one.expected, blind=True)
    failures = tuple(sorted((kind, count) for kind, count in found.failures.items() if count))
    return Measurement(
        one.series, found.at, round_, found.sent, found.lost, one.expected, _times(found), failures
    )


def _times(found: MeasuredRound) -> Histogram:
    if found.rtt_ms:
        return histogram.of_values(found.rtt_ms)
    if found.quantiles_ms:
        return histogram.of_quantiles(found.quantiles_ms, found.sent - found.lost)
    return NO_TIMES
