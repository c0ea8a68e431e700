"""The files a text shows or offers: drawings inlined, photographs sized and addressed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import imagesize

from typesetting.links import start_tag
from typesetting.svg import FigureError, inline_svg

RASTERS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif"})
OFFERED = RASTERS | {".pdf", ".txt", ".csv", ".pcap"}
"""What may be published as it is; none of it can run in a reader's browser."""

_GIVEN_HERE = frozenset({"src", "srcset", "sizes", "width", "height", "loading", "decoding", "alt"})


@dataclass(frozen=True)
class Asset:
    """A file below `content` that is published under a name that changes with its bytes."""

    source: Path

    @cached_property
    def name(self) -> str:
        """The path below the output: `assets/rack.0a1b2c3d4e.png`. Raises OSError."""
        digest = hashlib.sha256(self.source.read_bytes()).hexdigest()[:10]
        return f"assets/{self.source.stem}.{digest}{self.source.suffix.lower()}"

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels. Raises FigureError where the file is no image."""
        width, height = imagesize.get(self.source)
        if width <= 0 or height <= 0:
            raise FigureError(f"{self.source.name} is no {self.source.suffix[1:]} image")
        return width, height


@dataclass(slots=True)
class Figures:
    """Places the files of one build below `content`; `base` is the site's path, such as `/log`.

    `published` collects path below the output → source file, for the writer to copy.
    """

    content: Path
    base: str = ""
    published: dict[str, Path] = field(default_factory=dict)
    _assets: dict[str, Asset] = field(default_factory=dict)

    def address_of(self, path: str) -> str | None:
        """Return the address of a file that a text offers, or None where there is none to give."""
        if PurePosixPath(path).suffix.lower() not in OFFERED or not (self.content / path).is_file():
            return None
        asset = self._assets.setdefault(path, Asset(self.content / path))
        self.published[asset.name] = asset.source
        return f"{self.base}/{quote(asset.name)}"

    def show(self, path: str, attributes: Mapping[str, str], prefix: str) -> str:
        """Return the HTML of an image. Raises FigureError, with what to do, where it cannot.

        `attributes` are those of the `<img>` as written; `prefix` goes before a drawing's ids.
        """
        if not (self.content / path).is_file():
            raise FigureError(f"there is no file content/{path}")
        alt = attributes.get("alt", "")
        if path.lower().endswith(".svg"):
            return inline_svg((self.content / path).read_bytes(), label=alt, prefix=prefix).markup
        address = self.address_of(path)
        if address is None or PurePosixPath(path).suffix.lower() not in RASTERS:
            raise FigureError("no image; write an .svg, .png, .jpg, .webp, .gif or .avif file")
        width, height = self._assets[path].size
        given = {name: value for name, value in attributes.items() if name not in _GIVEN_HERE}
        return start_tag("img", {
            "src": address,
            "width": str(width),
            "height": str(height),
            "loading": "lazy",
            "decoding": "async",
            "alt": alt,
            **given,
        })  # fmt: skip
