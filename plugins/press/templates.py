"""The templates of the theme, as every page is printed from them."""

import sys
from pathlib import Path
from typing import Any, Final

import jinja2
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from press import kept

OPTIONS: Final[dict[str, Any]] = {  # Any: Jinja's options
    "auto_reload": False,
    "autoescape": True,
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
}
"""Every template escapes what it prints, and fails on a name it was not given."""


def options_of(cache: Path) -> dict[str, Any]:  # Any: Jinja's options
    """Return OPTIONS, and what keeps compiled templates below the folder of caches."""
    return {**OPTIONS, "bytecode_cache": CompiledTemplates(cache / "templates")}


def templates_of(theme: Path, cache: Path) -> Environment:
    """Return the templates for what prints pages without a build."""
    loader = FileSystemLoader(theme / "templates")
    return Environment(loader=loader, **options_of(cache))  # noqa: S701  OPTIONS escapes


class CompiledTemplates(BytecodeCache):
    """Keeps each template compiled in a file of its own.

    Jinja asks for the same source (by its hash); unlike its own cache, this one loads nothing
    that other libraries or a broken disk may have left.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made_by = repr((sys.version, jinja2.__version__, OPTIONS))

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket with what is kept for it, if there is anything."""
        if data := kept.read(self._folder / bucket.key, self._made_by):
            bucket.bytecode_from_string(data)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a bucket."""
        kept.write(self._folder / bucket.key, self._made_by, bucket.bytecode_to_string())
