"""Old addresses lead on to the column."""

import pytest

from bilingual.aliases import alias_fault, aliases_in, redirect_map, sheets_of
from bilingual.pairs import pair
from columns.model import Library
from tests.builders import binder, column


def library(*columns):
    return Library(pair(columns, ("ja", "en"), "ja"))


def test_a_page_at_the_old_address_leads_to_the_new_one():
    moved = column(aliases=("/ja/2014/cable.html", "/cable/"))
    sheets = {sheet.path: sheet for sheet in sheets_of(library(moved), binder())}
    assert sorted(sheets) == ["cable/index.html", "ja/2014/cable.html"]
    assert sheets["cable/index.html"].values["target"].url == "/ja/columns/cable-fault/"
    assert sheets["cable/index.html"].source == "content/columns/2014-03-24-cable-fault/ja.md"


def test_a_crawler_at_the_old_address_is_told_of_the_new_one():
    """It passes on what the old address had earned; noindex would forget it."""
    moved = column(aliases=("/ja/2014/cable.html",), summary="要約。")
    (sheet,) = sheets_of(library(moved), binder())
    head = sheet.values["head"]
    assert head.canonical == "https://columns.example/ja/columns/cable-fault/"
    assert (head.description, head.robots, head.alternates) == ("要約。", None, ())


def test_the_old_address_lies_below_the_sites_path():
    moved = column(aliases=("/en/old",), url="/team/ja/columns/cable-fault/")
    the_binder = binder(siteurl="https://columns.example/team")
    (sheet,) = sheets_of(library(moved), the_binder)
    assert sheet.path == "en/old/index.html"
    assert sheet.values["head"].canonical == "https://columns.example/team/ja/columns/cable-fault/"


def test_the_web_server_gets_a_map():
    moved = column(aliases=("/ja/2014/cable.html", "/cable/"))
    assert redirect_map(library(moved), binder()).decode() == (
        '"~^/cable/$" /ja/columns/cable-fault/;\n'
        '"~^/ja/2014/cable\\.html$" /ja/columns/cable-fault/;\n'
    )


def test_an_address_with_and_without_its_slash_is_one_page_and_two_lines():
    """Readers knew it either way, and the web server is asked either way."""
    moved = column(aliases=("/ja/old", "/ja/old/"))
    assert ["ja/old/index.html"] == [s.path for s in sheets_of(library(moved), binder())]
    assert redirect_map(library(moved), binder()).decode() == (
        '"~^/ja/old$" /ja/columns/cable-fault/;\n"~^/ja/old/$" /ja/columns/cable-fault/;\n'
    )


def test_an_address_given_twice_counts_once():
    """The map has a line for each."""
    assert ("/ja/old", "/ja/old/") == aliases_in("/ja/old, /ja/old/, /ja/old")


@pytest.mark.parametrize("value", ["/a", "/a/, /b/c.html", "/~x/2014_03.htm"])
def test_addresses_of_other_times_pass(value):
    assert alias_fault(value) is None


@pytest.mark.parametrize(
    "value",
    ["a/", "/a b", "//host/", "https://x/", "/a/../b", "/.git", "/a;", "/日本", "/" + "a" * 500],
)
def test_what_could_break_a_map_or_leave_the_site_is_refused(value):
    assert "is no address; write it as readers knew it" in alias_fault(value)
