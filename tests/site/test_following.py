"""A reader of feeds, subscribed while the site lives on."""

import shutil

import feedparser
import pytest


@pytest.fixture
def reader(site):
    """Builds the site and returns what a subscriber of all Japanese columns had not seen yet."""
    seen = {}

    def news(kind="atom"):
        done = site.build()
        assert (done.returncode, done.stderr) == (0, "")
        parsed = feedparser.parse(str(site.root / f"output/ja/feed.{kind}"))
        assert not parsed.bozo
        fresh = [(e.title, e.link) for e in parsed.entries if seen.get(e.id) != e.updated]
        seen.update({entry.id: entry.updated for entry in parsed.entries})
        return fresh

    return news


def address(slug):
    return f"http://127.0.0.1:8000/ja/columns/{slug}/"


def test_every_change_is_seen_exactly_once(site, reader):
    site.column("2014-03-24-cable-fault", Id="k7q2mzv4xh")
    assert reader() == [("cable-fault ja", address("cable-fault"))]
    assert reader() == []
    site.column("2014-05-01-second", Id="w6b3ynq8tf")
    assert reader() == [("second ja", address("second"))]
    site.column(Id="k7q2mzv4xh", Title="Corrected", Modified="2014-06-01")
    assert reader() == [("Corrected", address("cable-fault"))]
    folder = site.root / "content/columns"
    shutil.move(folder / "2014-03-24-cable-fault", folder / "2014-03-25-apcn2")
    site.column("2014-03-25-apcn2", Id="k7q2mzv4xh", Title="Corrected", Modified="2014-06-01")
    assert reader() == []
    shutil.rmtree(folder / "2014-05-01-second")
    assert reader() == []


def test_a_moved_column_keeps_its_id_and_its_old_address_leads_on(site):
    site.column("2014-03-25-apcn2", Id="k7q2mzv4xh", Aliases="/ja/columns/cable-fault/")
    site.build()
    (entry,) = feedparser.parse(str(site.root / "output/ja/feed.rss")).entries
    assert entry.id == "tag:atogaki.example,2009:column/k7q2mzv4xh/ja"
    assert entry.link == address("apcn2")
    assert "url=/ja/columns/apcn2/" in site.page("/ja/columns/cable-fault/")
    expected = b"/ja/columns/cable-fault/ /ja/columns/apcn2/;\n"
    assert site.output()["redirects.map"] == expected


def test_a_withdrawn_column_is_in_no_feed(site, reader):
    site.column("2014-03-24-cable-fault", Title="Withdrawn")
    site.column("2014-05-01-second")
    reader()
    shutil.rmtree(site.root / "content/columns/2014-03-24-cable-fault")
    reader()
    assert [path for path, data in site.output().items() if b"Withdrawn" in data] == []


def test_held_back_columns_are_in_no_feed_even_of_a_preview(site):
    site.column("2014-03-24-cable-fault", Status="draft", Title="Secret")
    assert site.build(SHOW_DRAFTS=True).returncode == 0
    feeds = (data for path, data in site.output().items() if "/feed." in path)
    assert not any(b"Secret" in data for data in feeds)


def test_a_feed_holds_the_whole_column_and_its_postscript_apart(site):
    figure = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><path d="M0 0H4"/></svg>'
    site.write("content/columns/2014-03-24-cable-fault/figure.svg", figure)
    body = "本文[^1]。[案内](../../pages/about/ja.md)\n\n![図](figure.svg)\n\n[^1]: 注。"
    site.column(body=body)
    site.build()
    (entry,) = feedparser.parse(str(site.root / "output/ja/feed.atom")).entries
    html = entry.content[0].value
    assert 'href="http://127.0.0.1:8000/ja/about/"' in html
    assert 'src="http://127.0.0.1:8000/assets/figure.' in html
    assert 'href="#cable-fault-ja-fn:1"' in html
    assert html.endswith("<hr />\n<h2>あとがき</h2>\n<p>軽い話。</p>")


def test_old_columns_are_found_through_the_archives(site):
    """Twenty in the feed; a reader who walks back misses none, and meets none of another year."""
    for number in range(24):
        site.column(f"20{10 + number // 6}-01-{number + 1:02}-c{number}", Id=f"a{number:09}")
    site.build()
    found, url = set(), "ja/feed.atom"
    while url:
        parsed = feedparser.parse(str(site.root / "output" / url))
        found |= {entry.link for entry in parsed.entries}
        links = {link.rel: link.href for link in parsed.feed.links}
        url = links.get("prev-archive", "").removeprefix("http://127.0.0.1:8000/")
    assert found == {address(f"c{number}") for number in range(24)}


def test_pages_announce_their_own_feed_first(site):
    site.column()
    site.build()
    for path, first in (("/ja/topics/dns/", "ja/topics/dns/feed"), ("/ja/about/", "ja/feed")):
        head = site.page(path).partition("</head>")[0]
        announced = [part for part in head.split("<link ") if "application/atom+xml" in part]
        assert f"/{first}.atom" in announced[0]
