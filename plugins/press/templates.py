"""The templates of the theme, as every page is printed from them."""

from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

OPTIONS: Final[dict[str, Any]] = {  # Any: Jinja's options
    "auto_reload": False,
    "autoescape": True,
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
}
"""Every template escapes what it prints, and fails on a name it was not given."""


def templates_of(theme: Path) -> Environment:
    """Return the templates for what prints pages without a build."""
    return Environment(loader=FileSystemLoader(theme / "templates"), **OPTIONS)  # noqa: S701  OPTIONS escapes
