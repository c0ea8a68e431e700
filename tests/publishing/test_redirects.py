"""The map that nginx reads changes only when an old address does."""

import pytest

from publishing.layout import Layout
from publishing.redirects import refresh

MAP = "/ja/2014/cable.html /ja/columns/cable-fault/;\n"


@pytest.fixture
def layout(tmp_path):
    layout = Layout(tmp_path)
    release = layout.releases / "first"
    release.mkdir(parents=True)
    layout.current.symlink_to("releases/first")
    return layout


def inode(layout):
    return layout.redirects.stat().st_ino


def test_the_live_releases_map_is_copied_whole_and_only_if_it_differs(layout):
    (layout.current / "redirects.map").write_text(MAP)
    refresh(layout)
    assert layout.redirects.read_text() == MAP
    before = inode(layout)
    refresh(layout)
    assert inode(layout) == before
    (layout.current / "redirects.map").write_text(MAP * 2)
    refresh(layout)
    assert layout.redirects.read_text() == MAP * 2
    assert layout.redirects.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("released", [True, False], ids=["no map", "no release"])
def test_where_there_is_no_map_there_are_no_old_addresses(layout, released):
    if not released:
        layout.current.unlink()
    refresh(layout)
    assert layout.redirects.read_bytes() == b""
