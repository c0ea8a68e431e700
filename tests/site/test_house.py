"""The shape of the code: who may know whom, and what may be called what."""

import ast
import sys
from importlib.metadata import packages_distributions

import pytest

from pelicanconf import PLUGINS
from tests.site.conftest import ROOT

MODULES = sorted(
    path for path in (ROOT / "plugins").rglob("*.py") if "__pycache__" not in path.parts
)
ROOMS = {path.name for path in (ROOT / "plugins").iterdir() if path.is_dir()} - {"__pycache__"}
LEAVES = {"kept", "model", "source"}
PELICAN_SIDE = {"__init__", "build", "generator", "reader", "waiting", "writer"}


def imports_of(path):
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def named(path):
    return str(path.relative_to(ROOT / "plugins"))


def test_every_room_is_a_plugin_of_the_site():
    """One word names a thing everywhere: the folder, PLUGINS, the tests."""
    assert set(PLUGINS) == ROOMS
    assert {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()} >= ROOMS


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_plugin_knows_only_the_frozen_types_of_another(path):
    room = path.relative_to(ROOT / "plugins").parts[0]
    for name in imports_of(path):
        other, _, module = name.partition(".")
        if other in ROOMS and other != room:
            assert module in LEAVES, f"{named(path)} imports {name}"


@pytest.mark.parametrize("path", [path for path in MODULES if path.stem in LEAVES], ids=named)
def test_a_leaf_imports_no_sibling(path):
    room = path.relative_to(ROOT / "plugins").parts[0]
    assert [name for name in imports_of(path) if name.split(".")[0] == room] == []


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_only_the_border_knows_pelican(path):
    if path.stem not in PELICAN_SIDE:
        assert [name for name in imports_of(path) if name.split(".")[0] == "pelican"] == []


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_no_plugin_is_named_like_another_package(room):
    """Plugins load under their bare names; one named like a library would hide or be hidden."""
    assert room not in sys.stdlib_module_names
    assert room not in packages_distributions()
