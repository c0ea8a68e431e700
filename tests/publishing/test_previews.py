"""A preview: everything that waits, for those who have its address, for a week."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import PurePosixPath
from urllib.parse import urljoin, urlsplit

import pytest

from publishing.builder import Builder, read_build, read_made
from publishing.commits import Commits
from publishing.errors import Refused
from publishing.previews import expire, make
from tests.publishing.builders import stored
from tests.publishing.conftest import SITEURL

NOW = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def builder(layout):
    return Builder(Commits(layout))


@pytest.fixture
def shown(builder, desk):
    """A preview of a site with something of everything, and its files."""
    text = (
        "[B]({filename}../2014-03-24-cable-fault/en.md)\n\n![A drawing](a.svg)\n\n![A photo](b.svg)"
    )
    desk.column(body="本文。", lang="ja", Aliases="/ja/2014/cable.html")
    desk.column(lang="en")
    desk.column("2014-05-01-draft", lang="en", body=text, Status="draft")
    desk.column("2030-01-01-later", lang="en")
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1"/></svg>'
    for name in ("a", "b"):
        desk.write(f"content/columns/2014-05-01-draft/{name}.svg", svg)
    return make(builder, stored(desk), NOW)


def test_a_preview_shows_drafts_and_scheduled_columns(shown, layout):
    (folder,) = layout.previews.iterdir()
    assert f"{SITEURL}/preview/{folder.name}/" == shown.address
    for slug in ("draft", "later", "cable-fault"):
        assert (folder / "en/columns" / slug / "index.html").is_file()
    assert ((), NOW + timedelta(days=7)) == (shown.problems, shown.until)


def test_a_previews_address_cannot_be_guessed(builder, desk):
    commit = stored(desk)
    names = {urlsplit(make(builder, commit, NOW).address).path.split("-", 1)[1] for _ in range(2)}
    assert [True, True] == [len(name.strip("/")) >= 22 for name in names]


@pytest.mark.usefixtures("shown")
def test_crawlers_are_asked_to_forget_every_page(layout):
    for page in layout.previews.rglob("*.html"):
        assert '<meta name="robots" content="noindex">' in page.read_text("utf-8"), page


def test_no_link_leads_out_of_a_preview_or_nowhere(shown, layout):
    """Below its path everything is where the links say, in pages, feeds and the sitemap."""
    (folder,) = layout.previews.iterdir()
    files = [path for path in folder.rglob("*") if path.suffix in {".html", ".atom", ".xml"}]
    seen = set()
    for file in files:
        here = urljoin(shown.address, str(file.relative_to(folder)).removesuffix("index.html"))
        for link in re.findall(r'(?:href|src|url)="?([^"\s>]+)', file.read_text("utf-8")):
            target = urljoin(here, unescape(link))
            if target.startswith(SITEURL):
                seen.add(target.partition("#")[0])
    lost = {address for address in seen if not answers(folder, shown.address, address)}
    assert lost == set()
    assert len(seen) > 20


def answers(folder, base, address):
    if not address.startswith(base):
        return False
    path = PurePosixPath(urlsplit(address).path).relative_to(urlsplit(base).path)
    return (folder / path / "index.html" if address.endswith("/") else folder / path).is_file()


def test_a_preview_is_no_build_that_could_be_released(builder, layout, desk):
    commit = stored(desk)
    make(builder, commit, NOW)
    assert read_build(layout, commit) is None


def test_a_preview_leaves_the_build_of_its_commit_alone(builder, layout, desk):
    """Who checks, looks at a preview and then pushes hears of the site and not of the preview."""
    desk.column("2030-01-01-later")
    commit = stored(desk)
    built = builder.build(commit, NOW)
    make(builder, commit, NOW)
    assert built == read_build(layout, commit)
    assert SITEURL == read_made(layout.build(commit)).siteurl


def test_a_preview_shows_what_can_be_shown_and_names_the_rest(builder, desk):
    desk.column("2014-05-01-draft", Status="draft", Summary=None)
    preview = make(builder, stored(desk), NOW)
    assert ["content/columns/2014-05-01-draft/ja.md:1"] == [
        problem.partition(": ")[0] for problem in preview.problems
    ]


def test_a_preview_that_cannot_be_made_leaves_nothing(builder, layout, desk):
    desk.write("content/topics.toml", "[")
    with pytest.raises(Refused):
        make(builder, stored(desk), NOW)
    assert [] == list(layout.previews.iterdir())


def test_a_preview_ends_after_seven_days(builder, layout, desk):
    make(builder, stored(desk), NOW)
    (layout.previews / ".202412312359-killed").mkdir()
    (layout.previews / "kept-by-hand").mkdir()
    expire(layout, NOW + timedelta(days=7, minutes=-1))
    assert 2 == len(list(layout.previews.iterdir()))
    expire(layout, NOW + timedelta(days=7))
    assert ["kept-by-hand"] == [path.name for path in layout.previews.iterdir()]
