"""Typeset texts kept from one build to the next, in one file."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import press.kept as sealed


def digest(text: str) -> str:
    """Return the key under which a text's HTML is kept."""
    return sha256(text.encode()).hexdigest()


def edition(options: Mapping[str, Any]) -> str:  # Any: as Pelican's setting
    """Return what a text's HTML depends on beside the text: options, our code, the libraries.

    An extension without a repr of its own has another in each run, so that nothing is kept.
    """
    return sealed.edition(options)


def load(file: Path, made_by: str) -> dict[str, str]:
    """Return the HTML by its text's digest that the same edition saved, or nothing."""
    data = sealed.read(file, made_by)
    texts: dict[str, str] = json.loads(data) if data else {}
    return texts


def save(file: Path, made_by: str, texts: Mapping[str, str]) -> None:
    """Write HTML by its text's digest; where that cannot be done, the next build has more to do."""
    sealed.write(file, made_by, json.dumps(texts, ensure_ascii=False).encode())
