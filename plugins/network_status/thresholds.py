"""The limits by which a route is judged; they default to the numbers of the status rules."""

from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

_WHOLE_PERCENT = 100


def _ratio(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        given = value if isinstance(value, int | float) and 1 < value <= _WHOLE_PERCENT else 60
        said = f"{value} is not a ratio; write {given / 100:g} for {given:g} %"
        raise PydanticCustomError("ratio", "{said}", {"said": said})
    return value


Ratio = Annotated[float, BeforeValidator(_ratio)]
Milliseconds = Annotated[float, Field(ge=0, le=60_000)]


class Thresholds(BaseModel):
    """Status rules 3 to 5 as numbers: ratios of packets, and milliseconds.

    How many bins and packets a rule asks for is the rule's and no setting.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    loss: Ratio = 0.03
    """Degraded: this much over both 15 and 60 minutes."""
    bin_loss: Ratio = 0.10
    """Degraded: this much in three valid bins running."""
    outage_loss: Ratio = 0.50
    """Outage: this much in two valid bins running; a second source with as much agrees."""
    clear_loss: Ratio = 0.02
    """Operational again: less than this in five valid bins in a row."""
    control_loss: Ratio = 0.10
    """A control target that loses this much in a bin does not vouch for the probe."""
    slow_ratio: Annotated[float, Field(ge=1, le=100)] = 1.5
    """Degraded: a median of more than this times the baseline, and …"""
    slow_ms: Milliseconds = 40.0
    """… more than this above it, in three valid bins running."""

    @model_validator(mode="after")
    def _raised_above_cleared(self) -> Self:
        if not self.clear_loss <= self.loss <= self.bin_loss <= self.outage_loss:
            raise PydanticCustomError(
                "order",
                "clear_loss, loss, bin_loss and outage_loss must not fall; "
                "write them like 0.02, 0.03, 0.1 and 0.5",
            )
        return self
