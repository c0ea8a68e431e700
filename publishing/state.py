"""Small values that outlive a run: one a file, each old or new."""

import os
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from publishing.errors import ReleaseError

Value = TypeVar("Value", bound=BaseModel)


def read(file: Path, kind: type[Value]) -> Value | None:
    """Return the value in a file, None where there is none. Raises ReleaseError."""
    try:
        return kind.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        raise ReleaseError(f"{file}: is damaged ({reason}); remove it") from None


def write(file: Path, value: BaseModel) -> None:
    """Put a value into a file, on the disk before this returns."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.new")
    with draft.open("wb") as target:
        target.write(value.model_dump_json(indent=1).encode() + b"\n")
        target.flush()
        os.fsync(target.fileno())
    draft.replace(file)
