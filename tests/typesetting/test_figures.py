import hashlib
import struct
import zlib

import pytest

from typesetting.figures import Figures
from typesetting.svg import FigureError

FOLDER = "columns/2020-01-01-rack"


def png(width=3, height=2):
    def chunk(name, data):
        crc = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + crc

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (width + 1) * height)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


@pytest.fixture
def content(tmp_path):
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    (folder / "rack.PNG").write_bytes(png())
    (folder / "broken.png").write_bytes(b"no image")
    (folder / "lying.jpg").write_bytes(png())
    (folder / "huge.png").write_bytes(png(1, 1)[:16] + struct.pack(">II", 20_001, 1) + b"\0" * 99)
    (folder / "notes.html").write_text("<p>x</p>")
    (folder / "figure.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><g id="a"/></svg>'
    )
    return tmp_path


@pytest.fixture
def figures(content):
    return Figures(content, "/log")


def test_a_photograph_has_its_size_and_loads_late(figures, content):
    """A raster image keeps its place while it loads, under a name made of its bytes."""
    digest = hashlib.sha256(png()).hexdigest()[:10]
    expected = (
        f'<img src="/log/assets/rack.{digest}.png" width="3" height="2" loading="lazy"'
        ' decoding="async" alt="a &lt; b" title="t">'
    )
    given = {"alt": "a < b", "src": "rack.PNG", "width": "99", "title": "t"}
    assert expected == figures.show(f"{FOLDER}/rack.PNG", given, "p-")
    assert {f"assets/rack.{digest}.png": content / FOLDER / "rack.PNG"} == figures.published


def test_a_drawing_becomes_part_of_the_page(figures):
    """An SVG costs no request, and nothing of it is published apart."""
    expected = '<svg viewBox="0 0 1 1" role="img" aria-label="x"><g id="p-a"/></svg>'
    assert expected == figures.show(f"{FOLDER}/figure.svg", {"alt": "x"}, "p-")
    assert {} == figures.published


def test_a_new_picture_has_a_new_address(figures, content):
    """Caches may keep an asset for ever: other bytes, other name."""
    before = figures.address_of(f"{FOLDER}/rack.PNG")
    (content / FOLDER / "rack.PNG").write_bytes(png(width=4))
    assert before != Figures(content, "/log").address_of(f"{FOLDER}/rack.PNG")


@pytest.mark.parametrize("name", ["gone.pdf", "notes.html", "figure.svg"])
def test_only_harmless_files_are_offered(figures, name):
    """Neither what is missing nor what could run in a browser gets an address."""
    assert figures.address_of(f"{FOLDER}/{name}") is None
    assert {} == figures.published


FAULTS = {
    "gone.png": f"there is no file content/{FOLDER}/gone.png",
    "lying.jpg": "lying.jpg is no jpg image",
    "huge.png": "20,001 × 1 pixels; at most 20,000 a side",
    "broken.png": "broken.png is no png image",
    "notes.html": "no image; write an .svg, .png, .jpg, .webp, .gif or .avif file",
}


@pytest.mark.parametrize(("name", "message"), FAULTS.items(), ids=FAULTS)
def test_what_cannot_be_shown_is_refused(figures, name, message):
    """The message says what is wrong with the file."""
    with pytest.raises(FigureError) as error:
        figures.show(f"{FOLDER}/{name}", {"alt": "x"}, "p-")
    assert message == str(error.value)
