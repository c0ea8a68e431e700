"""Whatever stands in a text, what comes out is valid and says the same."""

import json

import feedparser
import pytest
from lxml import etree

from feeds.characters import printable
from feeds.checks import sift
from feeds.writing import files_of
from tests.feeds.builders import ENDINGS, entry, feed
from tests.feeds.reading import entries_of

TEXTS = {
    "control characters": ("a\x00b\x08c\x0b\x1b[31md\x1f", "abc[31md"),
    "tab and line ends": ("a\tb\nc\r\nd", "a\tb\nc\r\nd"),
    "lone surrogate": ("a\ud83db", "ab"),
    "noncharacters": ("a\ufffeb\uffffc", "abc"),
    "end of CDATA": ("a ]]> b <![CDATA[ c", "a ]]> b <![CDATA[ c"),
    "emoji": ("👩‍💻🏳️‍🌈", "👩‍💻🏳️‍🌈"),
    "right to left": ("שלום \u202bעולם\u202c العربية", "שלום \u202bעולם\u202c العربية"),
    "markup": ("<b>&amp;</b> &lt; <!-- x --> <?x?>", "<b>&amp;</b> &lt; <!-- x --> <?x?>"),
    "quotes": ("\"'`", "\"'`"),
    "200 KB": ("海" * 70_000, "海" * 70_000),
}
hostile = pytest.mark.parametrize(("given", "expected"), TEXTS.values(), ids=TEXTS.keys())


@pytest.mark.parametrize("ending", ENDINGS)
@hostile
def test_a_text_comes_out_as_it_was_without_what_xml_forbids(ending, given, expected):
    made = feed(entry(title=given, summary=given, content=f"<p>{given}</p>", author=given))
    (read,) = entries_of(ending, files_of([printable(made)])[f"ja/feed.{ending}"])
    assert (expected, expected, f"<p>{expected}</p>", expected) == (
        read.title,
        read.summary,
        read.content,
        read.author,
    )


@pytest.mark.parametrize("ending", ["atom", "rss"])
@hostile
def test_no_parser_complains(ending, given, expected):
    made = printable(feed(entry(title=given, content=f"<p>{given}</p>"), title=given))
    assert expected == made.title
    assert not feedparser.parse(files_of([made])[f"ja/feed.{ending}"]).bozo


@pytest.mark.parametrize("ending", ["atom", "rss"])
def test_a_script_in_a_code_block_is_text_for_readers(ending):
    code = "<pre><code>&lt;script&gt;alert(1)&lt;/script&gt;</code></pre>"
    made = feed(entry(content=code))
    assert sift([made])[1] == []
    (read,) = feedparser.parse(files_of([made])[f"ja/feed.{ending}"]).entries
    assert code == read.content[0].value


def test_every_document_is_utf_8_and_says_so():
    files = files_of([feed(entry(title="海"))])
    for ending in ("atom", "rss"):
        assert (
            "UTF-8" == etree.fromstring(files[f"ja/feed.{ending}"]).getroottree().docinfo.encoding
        )
    assert "海" == json.loads(files["ja/feed.json"].decode("utf-8"))["items"][0]["title"]
