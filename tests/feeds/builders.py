"""Entries and feeds with good defaults, and what every format says of them."""

import re

from feeds.documents import documents_of
from feeds.model import Alternate, Category, Entry, Feed
from tests.builders import japan

SITE = "https://columns.example"
HUB = "https://hub.example/"
ENDINGS = ("atom", "rss", "json")

CONTENT = (
    '<p>朝、線が切れた。<a href="https://columns.example/ja/columns/night-routes/">前の話</a>'
    '<sup id="fnref-k7-1"><a href="#fn-k7-1">1</a></sup></p>'
    '<figure><img src="https://columns.example/assets/map.0123456789.svg" alt="海図"></figure>'
    "<pre><code>&lt;script&gt;alert(1)&lt;/script&gt;</code></pre>"
    '<ol><li id="fn-k7-1"><p>APCN2。<a href="#fnref-k7-1">↩</a></p></li></ol>'
    '<aside><h2>あとがき</h2><p>猫は無事。</p></aside>'
)  # fmt: skip


def entry(slug="cable-fault", lang="ja", **values) -> Entry:
    """An entry of 24 March 2014, corrected a week later."""
    defaults = {
        "id": f"tag:columns.example,2014:{slug}:{lang}",
        "title": f"{slug} {lang}",
        "url": f"{SITE}/{lang}/columns/{slug}/",
        "lang": lang,
        "published": japan(2014, 3, 24, 18, 30),
        "summary": f"summary of {slug}",
        "content": CONTENT,
        "author": f"team {lang}",
    }
    made = defaults | values
    return Entry(**{"updated": made["published"]} | made)


def feed(*entries: Entry, lang="ja", **values) -> Feed:
    """The feed of all columns in Japanese."""
    defaults = {
        "id": f"tag:columns.example,2014:columns:{lang}",
        "file": f"{lang}/feed",
        "url": f"{SITE}/{lang}/feed",
        "home": f"{SITE}/{lang}/columns/",
        "title": f"columns {lang}",
        "subtitle": f"about columns {lang}",
        "lang": lang,
        "author": f"team {lang}",
        "entries": entries,
    }
    return Feed(**defaults | values)


def run_of(count: int, year=2014, **values) -> list[Entry]:
    """So many entries of one year, a day apart, newest first."""
    days = [divmod(number, 28) for number in range(count)]
    made = [(n, japan(year, 1 + month, 1 + day, 9)) for n, (month, day) in enumerate(days)]
    return [entry(f"c{year}-{n:03}", published=when, **values) for n, when in reversed(made)]


def sample() -> Feed:
    """A feed with all that a feed can have, and more entries than fit into one document."""
    both = entry(
        title="海底ケーブルが切れた朝 <APCN2> & co",
        summary="遅延が 30 ms < 300 ms になった。",
        published=japan(2024, 3, 24, 18, 30),
        updated=japan(2024, 4, 1, 9),
        categories=(Category("submarine-cables", "海底ケーブル"), Category("routing", "経路")),
        alternates=(Alternate("en", f"{SITE}/en/columns/cable-fault/"),),
    )
    foreign = entry("status-page", lang="en", published=japan(2021, 10, 6))
    older = run_of(17, 2016, content="<p>短い。</p>") + run_of(4, 2010, content="<p>昔。</p>")
    return feed(
        *(both, foreign, *older),
        alternates=(Alternate("en", f"{SITE}/en/feed"),),
    )


def subscription(made: Feed):
    """The document that people subscribe to."""
    return documents_of(made)[0]


def language_tag(text: str) -> bool:
    """Whether a text is a well-formed language tag, as far as this site needs (RFC 5646)."""
    return re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?", text) is not None
