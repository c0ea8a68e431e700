"""The characters that a feed can hold."""

import re
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar, cast

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""XML 1.0 §2.2, read backwards: control characters, lone surrogates, two noncharacters.

What is allowed, negated, would be the same set and take ten times as long to compile.
"""

_Value = TypeVar("_Value")


def printable(value: _Value) -> _Value:
    """Return a text, or a frozen value with all texts inside it, without what XML forbids."""
    clean: object = value
    if isinstance(value, str):
        clean = _FORBIDDEN.sub("", value)
    elif isinstance(value, tuple):
        clean = tuple(printable(part) for part in value)
    elif is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: printable(getattr(value, field.name)) for field in fields(value)}
        clean = replace(value, **parts)
    return cast("_Value", clean)
