"""Whether two pictures look the same, told without the thousands of figures that they draw."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

from pydantic import BaseModel

from network_status.incidents import Report
from network_status.model import DAY_S
from network_status.picture import Picture

_DRAWN: Final = frozenset({"charts", "spark", "days", "weeks", "steps", "decided"})
"""What follows from the history and the end of the last five minutes alone."""


def outline(picture: Picture, revision: int) -> str:
    """Return a text that differs wherever pages or feeds of two pictures do.

    `revision` is that of the history. Pages tell no time that is newer than `drawn_at`, but what
    people say comes to its time at any minute.
    """
    parts = {field.name: getattr(picture, field.name) for field in fields(picture)}
    parts["now"] = [picture.drawn_at, [_passed(report, picture.now) for report in picture.reports]]
    return json.dumps([revision, parts], default=_plain)


def _passed(report: Report, now: int) -> list[bool]:
    """Tell of every time that matters to a report whether it has come."""
    notice = report.notice
    ended = () if notice.ended is None else (notice.ended, notice.ended + DAY_S + 1)
    return [at <= now for at in (notice.started, *ended, *(one.at for one in report.updates))]


def _plain(value: object) -> Any:  # noqa: ANN401  what JSON knows, or what this makes plain in turn
    if isinstance(value, BaseModel):
        return {name: getattr(value, name) for name in type(value).model_fields}
    if is_dataclass(value):
        names = (field.name for field in fields(value))
        return {name: getattr(value, name) for name in names if name not in _DRAWN}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{value!r} has no place in an outline")
