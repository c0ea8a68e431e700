"""A reader of feeds, subscribed while the site lives on."""

import re
import shutil

import feedparser
import pytest

from pelicanconf import PLUGINS
from tests.site.conftest import ROOT


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
    expected = rb'"~^/ja/columns/cable\-fault/$" /ja/columns/apcn2/;' + b"\n"
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


def test_old_archives_stay_as_they_are_when_a_column_of_a_later_year_appears(site):
    """Whoever has fetched an archive need not fetch it again (RFC 5005): of every list."""
    for number in range(24):
        for lang in ("ja", "en"):
            site.column(
                f"20{10 + number // 6}-01-{number + 1:02}-c{number}", lang, Id=f"a{number:09}"
            )
    site.build()
    before = site.output()
    site.column("2014-06-01-newest", Id="k7q2mzv4xh")
    site.column("2014-06-01-newest", "en", Id="k7q2mzv4xh")
    site.build()
    after = site.output()
    archives = [path for path in before if re.search(r"/feed-20\d\d\.\w+$", path)]
    assert {path.split("/feed-")[0] for path in archives} == {
        f"{lang}{part}" for lang in ("ja", "en") for part in ("", "/topics/dns", "/postscripts")
    }
    assert [path for path in archives if before[path] != after[path]] == []
    assert before["ja/topics/dns/feed.atom"] != after["ja/topics/dns/feed.atom"]


def test_a_plugin_after_feeds_has_its_feeds_written_as_well(site):
    """PLUGINS orders nothing that a feed could get lost by."""
    site.write(
        "late.py",
        """
from blinker import signal
from feeds.model import Feed

def add(context):
    url = "http://127.0.0.1:8000/en/late/feed"
    context["feeds"].append(Feed(url, "en/late/feed", url, url, "late", "late", "en", "x", ()))

def register():
    signal("library_ready").connect(add)
""",
    )
    site.column()
    done = site.build(
        PLUGINS=[*PLUGINS, "late"], PLUGIN_PATHS=[str(site.root), str(ROOT / "plugins")]
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "en/late/feed.atom" in site.output()


def test_a_plugin_before_the_library_has_its_sheets_printed_as_well(site):
    site.write(
        "early.py",
        """
from pelican import signals
from press.model import Sheet

def add(generators):
    generators[0].context.setdefault("sheets", []).append(Sheet("early.txt", "parts/time", {}))

def register():
    signals.all_generators_finalized.connect(add)
""",
    )
    site.column()
    done = site.build(
        PLUGINS=["early", *PLUGINS], PLUGIN_PATHS=[str(site.root), str(ROOT / "plugins")]
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "early.txt" in site.output()


def test_feeds_are_listed_in_the_order_of_the_topics(site):
    """Not in the order in which columns happen to name them."""
    site.column("2014-03-24-a", Tags="mail")
    site.column("2014-03-23-b", Tags="dns", Id="k7q2mzv4xh")
    site.build()
    page, opml = site.page("/ja/feeds/"), site.output()["ja/feeds.opml"].decode()
    for listed in (page, opml):
        assert 0 < listed.index("topics/dns/feed") < listed.index("topics/mail/feed")


def test_a_text_that_the_site_cannot_show_takes_no_other_down(site):
    """In a preview the rest of the site stands, and each fault is told with its file."""
    site.column()
    site.column("2014-03-25-lost", "fr", Id="k7q2mzv4xh")
    site.column("2014-03-26-tagged", Tags="dns, dsn", Id="w6b3ynq8tf")
    site.column("2014-03-27-untitled", Title=None, Id="n3e7jgk6xo")
    done = site.build(LINT_REPORT=True)
    assert done.returncode == 0
    french = 'content/columns/2014-03-25-lost/fr.md: "fr" is not a language of this site; name'
    tagged = 'content/columns/2014-03-26-tagged/ja.md: Tags: "dsn" is not in content/topics.toml;'
    assert f"{french} the file ja.md or en.md\n" in done.stderr
    assert tagged in done.stderr
    assert "Traceback" not in done.stderr
    feed = site.output()["ja/topics/dns/feed.atom"]
    assert [b"cable-fault ja" in feed, b"tagged ja" in feed] == [True, True]
    assert site.build().returncode == 1


def test_pages_announce_their_own_feed_first(site):
    site.column()
    site.build()
    for path, first in (("/ja/topics/dns/", "ja/topics/dns/feed"), ("/ja/about/", "ja/feed")):
        head = site.page(path).partition("</head>")[0]
        announced = [part for part in head.split("<link ") if "application/atom+xml" in part]
        assert f"/{first}.atom" in announced[0]
