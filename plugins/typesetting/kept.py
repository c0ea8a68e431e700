"""Typeset texts kept from one build to the next.

They lie in one file that is put in place whole. A file that is missing, cut short or made by
other code counts as empty: what it held is then typeset again.
"""

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import markdown

_PLUGINS = Path(__file__).parents[1]
_LIBRARIES = Path(markdown.__file__).parents[1]


def digest(text: str) -> str:
    """Return the key under which a text's HTML is kept."""
    return sha256(text.encode()).hexdigest()


def edition(options: Mapping[str, Any]) -> str:  # Any: as Pelican's setting
    """Return what a text's HTML depends on beside the text: options, our code, the libraries.

    An extension without a repr of its own has another in each run, so that nothing is kept.
    """
    code = [path.read_bytes() for path in sorted(_PLUGINS.rglob("*.py"))]
    installed = _LIBRARIES.stat().st_mtime_ns  # every installation touches the folder
    return sha256(repr((sys.version, installed, options, code)).encode()).hexdigest()


def load(file: Path, made_by: str) -> dict[str, str]:
    """Return the HTML by its text's digest that the same edition saved, or nothing."""
    try:
        seal, _, texts = file.read_bytes().partition(b"\n")
    except OSError:
        return {}
    kept: dict[str, str] = json.loads(texts) if seal == _seal(made_by, texts) else {}
    return kept


def save(file: Path, made_by: str, kept: Mapping[str, str]) -> None:
    """Write HTML by its text's digest; where that cannot be done, the next build has more to do."""
    texts = json.dumps(kept, ensure_ascii=False).encode()
    draft = file.with_name(f"{file.name}-{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(_seal(made_by, texts) + b"\n" + texts)
        draft.replace(file)


def _seal(made_by: str, texts: bytes) -> bytes:
    return sha256(made_by.encode() + texts).hexdigest().encode()
