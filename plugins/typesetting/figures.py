"""The files a text shows or offers: drawings inlined, photographs sized and addressed."""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import imagesize

from lint.model import OFFERED, RASTERS
from typesetting.links import start_tag
from typesetting.svg import FigureError, inline_svg, standalone_svg

MAX_SIDE = 20_000
"""Pixels; a browser that unpacks more may run out of memory."""

_SIGNATURES = {
    ".png": rb"\x89PNG\r\n\x1a\n",
    ".jpg": rb"\xff\xd8\xff",
    ".jpeg": rb"\xff\xd8\xff",
    ".gif": rb"GIF8[79]a",
    ".webp": rb"RIFF....WEBP",
    ".avif": rb"....ftyp",
}

_GIVEN_HERE = frozenset({"src", "srcset", "sizes", "width", "height", "loading", "decoding", "alt"})


@dataclass(frozen=True, slots=True)
class Placed:
    """A published file's address, and width and height where its own bytes say nothing of them."""

    address: str
    size: tuple[str, str] | None


@dataclass(slots=True)
class Figures:
    """Places the files of one build below `content`.

    `base` goes before their addresses: the site's path, such as `/log`, or its whole URL.
    Drawings become part of the page, or, without `inline`, pictures with an address.
    `published` collects path below the output → the file to copy or the bytes to write.
    """

    content: Path
    base: str = ""
    inline: bool = True
    published: dict[str, Path | bytes] = field(default_factory=dict)
    _placed: dict[str, Placed] = field(default_factory=dict)

    def has(self, path: str) -> bool:
        """Tell whether there is such a file; a name too long for the disk is that of none."""
        return os.path.isfile(self.content / path)  # noqa: PTH113  Path.is_file raises for that

    def address_of(self, path: str) -> str | None:
        """Return the address of a file that a text offers, or None where there is none to give."""
        if PurePosixPath(path).suffix.lower() not in OFFERED or not self.has(path):
            return None
        return self._place(path).address

    def show(self, path: str, attributes: Mapping[str, str], prefix: str) -> str:
        """Return the HTML of an image. Raises FigureError, with what to do, where it cannot.

        `attributes` are those of the `<img>` as written; `prefix` goes before a drawing's ids.
        """
        if not self.has(path):
            raise FigureError(f"there is no file content/{path}")
        alt, suffix = attributes.get("alt", ""), PurePosixPath(path).suffix.lower()
        if suffix == ".svg" and self.inline:
            return inline_svg((self.content / path).read_bytes(), label=alt, prefix=prefix).markup
        if suffix not in {*RASTERS, ".svg"}:
            raise FigureError("no image; write an .svg, .png, .jpg, .webp, .gif or .avif file")
        placed = self._place(path)
        width, height = placed.size or _size_of(self.content / path)
        given = {name: value for name, value in attributes.items() if name not in _GIVEN_HERE}
        return start_tag("img", {
            "src": placed.address,
            "width": width,
            "height": height,
            "loading": "lazy",
            "decoding": "async",
            "alt": alt,
            **given,
        })  # fmt: skip

    def _place(self, path: str) -> Placed:
        """Publish a file under a name that changes with its bytes, once a build."""
        if path not in self._placed:
            source = self.content / path
            data, size = source.read_bytes(), None
            if source.suffix.lower() == ".svg":
                data, size = standalone_svg(data)
            digest = hashlib.sha256(data).hexdigest()[:10]
            name = f"assets/{source.stem}.{digest}{source.suffix.lower()}"
            self.published[name] = data if size else source
            self._placed[path] = Placed(f"{self.base}/{quote(name)}", size)
        return self._placed[path]


def _size_of(source: Path) -> tuple[str, str]:
    """Return width and height in pixels. Raises FigureError where the file is no image."""
    with source.open("rb") as file:
        signed = re.match(_SIGNATURES[source.suffix.lower()], file.read(16), re.DOTALL)
    width, height = imagesize.get(source) if signed else (0, 0)
    if width <= 0 or height <= 0:
        raise FigureError(f"{source.name} is no {source.suffix[1:]} image")
    if max(width, height) > MAX_SIDE:
        raise FigureError(f"{width:,} × {height:,} pixels; at most {MAX_SIDE:,} a side")
    return str(width), str(height)
