"""What one run leaves for the next: safe to lose, and never trusted blindly. Imports no sibling.

A file is put in place whole under a seal of its bytes and of what made them. A file that is
missing, cut short, altered or made by other code counts as empty: what it held is made again.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

import markupsafe

_PLUGINS = Path(__file__).parents[1]
_LIBRARIES = Path(markupsafe.__file__).parents[1]


def edition(*also: object) -> str:
    """Return what is made anew for: other code of ours, another Python, other libraries.

    `also` is what else a result depends on, by its repr.
    """
    installed = _LIBRARIES.stat().st_mtime_ns  # every installation touches the folder
    return sha256(repr((sys.version, installed, _code(), also)).encode()).hexdigest()


@cache
def _code() -> str:
    """Return the hash of all code of ours, which does not change while it runs."""
    code = sha256()
    for path in sorted(_PLUGINS.rglob("*.py")):
        code.update(sha256(path.read_bytes()).digest())
    return code.hexdigest()


def read(file: Path, made_by: str) -> bytes | None:
    """Return what the same edition wrote, or None."""
    try:
        seal, _, data = file.read_bytes().partition(b"\n")
    except OSError:
        return None
    return data if seal == _seal(made_by, data) else None


def write(file: Path, made_by: str, data: bytes | bytearray) -> None:
    """Write what the next run may read; where that cannot be done, it has more to do."""
    draft = file.with_name(f"{file.name}-{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as out:
            out.writelines([_seal(made_by, data), b"\n", data])
        draft.replace(file)


class Kept:
    """Texts by what they were made of. What a run did not ask for is not kept any longer.

    Without a file they are kept for the run itself.
    """

    def __init__(self, file: Path | None, made_by: str) -> None:
        self._file = file
        self._made_by = made_by
        data = read(file, made_by) if file else None
        self._known: Mapping[str, str] = json.loads(data) if data else {}
        self._asked: dict[str, str] = {}

    def get(self, kind: str, source: str, make: Callable[[], str]) -> str:
        """Return what is kept for a source, or what `make` makes of it."""
        key = f"{kind} {sha256(source.encode()).hexdigest()}"
        if key not in self._asked:
            known = self._known.get(key)
            self._asked[key] = make() if known is None else known
        return self._asked[key]

    def save(self) -> None:
        """Leave what was asked for to the next run."""
        if self._file and self._asked.keys() != self._known.keys():
            # Pair by pair: as one text it would take several times the memory.
            data = bytearray(b"{")
            for key, text in self._asked.items():
                separator = "," if len(data) > 1 else ""
                pair = f"{separator}{json.dumps(key)}:{json.dumps(text, ensure_ascii=False)}"
                data += pair.encode()
            data += b"}"
            write(self._file, self._made_by, data)


def _seal(made_by: str, data: bytes | bytearray) -> bytes:
    seal = sha256(made_by.encode())
    seal.update(data)
    return seal.hexdigest().encode()
