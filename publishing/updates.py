"""What git gives a hook: the refs that are to move, and the options of the push."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_NONE = "0" * 40


@dataclass(frozen=True, slots=True)
class Update:
    """A ref that is to move; `before` and `after` are None where it begins or ends."""

    before: str | None
    after: str | None
    ref: str


def read_updates(lines: Iterable[str]) -> list[Update]:
    """Return what git names on a hook's standard input: old, new and name of each ref."""
    split = (line.rstrip("\n").split(" ", 2) for line in lines)
    return [Update(_commit(before), _commit(after), ref) for before, after, ref in split]


def options_of(environ: Mapping[str, str]) -> list[str]:
    """Return the options of `git push -o`."""
    count = int(environ.get("GIT_PUSH_OPTION_COUNT", "0"))
    return [environ[f"GIT_PUSH_OPTION_{number}"] for number in range(count)]


def _commit(name: str) -> str | None:
    return None if name == _NONE else name
