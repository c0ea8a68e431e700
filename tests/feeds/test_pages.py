"""The page about feeds, and what a build gets of the plugin."""

import ast
import sys

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from feeds.generator import publish
from feeds.model import MEDIA_TYPES
from feeds.pages import NAMES
from feeds.writing import FORMATS
from press.model import Sheet
from tests.builders import ROOT, binder
from tests.feeds.builders import HUB, SITE, entry, feed


def built(*feeds, **settings):
    """The context of a build after the plugin."""
    context = {"feeds": [*feeds], "files": {}, "sheets": [], "binder": binder(), **settings}
    publish(context)
    return context


def page(context, lang="ja"):
    return next(s for s in context["sheets"] if s.path == f"{lang}/feeds/index.html")


def rendered(sheet):
    environment = Environment(
        loader=FileSystemLoader(ROOT / "theme" / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(f"{sheet.template}.html").render(sheet.values)


@pytest.mark.parametrize("table", [FORMATS, NAMES])
def test_every_format_has_a_writer_and_a_name(table):
    assert MEDIA_TYPES.keys() == table.keys()


def test_each_language_has_a_page_with_its_own_feeds():
    context = built(feed(), feed(lang="en"))
    assert ["ja/feeds/index.html", "en/feeds/index.html"] == [s.path for s in context["sheets"]]
    assert ["columns ja"] == [row.title for row in page(context).values["rows"]]
    assert ["columns en"] == [row.title for row in page(context, "en").values["rows"]]


def test_the_page_leads_to_every_format_and_to_the_opml():
    html = rendered(page(built(feed(title="DNS & <co>"))))
    for ending, media_type in MEDIA_TYPES.items():
        assert f'<a href="{SITE}/ja/feed.{ending}" type="{media_type}">{NAMES[ending]}</a>' in html
    assert f'href="{SITE}/ja/columns/">DNS &amp; &lt;co&gt;</a>' in html
    assert 'href="/ja/feeds.opml"' in html
    assert "新しいほうから20件" in html


def test_a_build_gets_every_document_and_an_opml_for_each_language():
    assert {"ja/feed.atom", "ja/feed.rss", "ja/feed.json", "ja/feeds.opml"} | {
        "en/feed.atom", "en/feed.rss", "en/feed.json", "en/feeds.opml"
    } == built(feed(), feed(lang="en"))["files"].keys()  # fmt: skip


def test_a_language_without_feeds_has_no_opml():
    """Its body would be empty, which OPML does not allow."""
    assert "en/feeds.opml" not in built(feed())["files"]


@pytest.mark.parametrize("hub", [None, HUB])
def test_the_hub_is_that_of_the_settings(hub):
    files = built(feed(entry()), WEBSUB_HUB=hub)["files"]
    assert {hub is not None} == {
        HUB.encode() in files[f"ja/feed.{ending}"] for ending in MEDIA_TYPES
    }


def test_texts_are_cleaned_before_they_are_judged(caplog):
    """An entry left empty by it is named as an error of the build."""
    built(feed(entry(title="\x00", source="content/columns/x/ja.md")))
    assert [("ERROR", "content/columns/x/ja.md: has no title")] == [
        (record.levelname, record.getMessage()) for record in caplog.records
    ]


def test_sheets_that_are_no_pages_stay_as_they_are():
    """A plugin may have something printed that has neither head nor language."""
    plain = Sheet("robots.txt", "robots", {"rule": "x"})
    context = {"feeds": [feed()], "files": {}, "sheets": [plain], "binder": binder()}
    sheets = context["sheets"]
    publish(context)
    assert plain is context["sheets"][0]
    assert sheets is context["sheets"]


def test_the_plugin_knows_no_other_plugin():
    """It takes feeds as values; who makes them is not its business."""
    rooms = {path.name for path in (ROOT / "plugins").iterdir() if path.is_dir()} - {"feeds"}
    names = {
        name.split(".")[0]
        for path in (ROOT / "plugins" / "feeds").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in (
            [node.module]
            if isinstance(node, ast.ImportFrom) and node.module
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    assert {"blinker", "feedgen", "feeds", "lxml", "pelican"} == names - sys.stdlib_module_names
    assert rooms.isdisjoint(names)
