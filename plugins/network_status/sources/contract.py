"""What every source is: bytes in, measurements out. Imports the leaves only.

A module under `sources/` has one `Source` and one row in the registry. A source never opens
a file or a connection: `fetch` asks it what to get, gets it, and hands the answers back.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from network_status.model import Measurement
from network_status.wire import Request as Request

CLOCKS_S = 60
"""So far may the clocks of a source and of this machine differ."""


class Selector(BaseModel):
    """Where a source keeps one series; each kind of source has fields of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def packets(self) -> int:
        """Return how many packets an interval holds, unless the route or control target says."""
        return 20


class Wanted(NamedTuple):
    """A route or control target to ask a source about.

    `expected` is what a whole five-minute bin should hold, in packets.
    """

    series: str
    selector: Selector
    expected: int


class Span(NamedTuple):
    """The time asked for: from `since`, before `until`, Unix seconds."""

    since: int
    until: int


Answers = Mapping[Request, bytes]
"""What came back. A request that failed has no answer, and the source is not asked."""


class Source(BaseModel, ABC):
    """A `[[sources]]` table; a kind adds its own options, and its `Selector`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    selector: ClassVar[type[Selector]]
    piece_s: ClassVar[int | None] = None
    """How much of the past is asked for at once; None where an answer holds all there is."""
    batch: ClassVar[int] = 1
    """How many series one question about the past is for."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    kind: str

    @abstractmethod
    def requests(self, wanted: Sequence[Wanted], span: Span) -> Sequence[Request]:
        """Return what must be fetched to answer."""

    @abstractmethod
    def measurements(
        self, wanted: Sequence[Wanted], span: Span, answers: Answers
    ) -> Iterator[Measurement]:
        """Yield what the answers say. Raises SourceError for what cannot be read."""
