"""Each page announces its own list's feed first, then all columns of its language."""

from dataclasses import dataclass
from types import SimpleNamespace

from feeds.announcements import announce
from feeds.model import Feed


@dataclass(frozen=True)
class Page:
    values: dict


def page(lang, address):
    return Page({"lang": lang, "head": SimpleNamespace(canonical=address), "kept": 1})


def feed(lang, path, *, main=False):
    url = f"https://x/{lang}/{path}"
    return Feed(
        f"tag:{url}", path, f"{url}feed", url, f"{lang} {path}", "s", lang, "a", (), main=main
    )


FEEDS = [feed("ja", "columns/", main=True), feed("ja", "topics/dns/"), feed("en", "", main=True)]


def announced(lang, address):
    (sheet,) = announce([page(lang, address)], FEEDS)
    assert sheet.values["kept"] == 1
    return [(each.title, each.url, each.media_type) for each in sheet.values["feeds"]]


ALL = ("ja columns/", "https://x/ja/columns/feed.atom", "application/atom+xml")


def test_a_list_announces_its_own_feed_first():
    topic = ("ja topics/dns/", "https://x/ja/topics/dns/feed.atom", "application/atom+xml")
    assert announced("ja", "https://x/ja/topics/dns/") == [topic, ALL]


def test_any_other_page_announces_all_columns_of_its_language():
    assert announced("ja", "https://x/ja/about/") == [ALL]


def test_the_list_of_all_columns_announces_them_once():
    assert announced("ja", "https://x/ja/columns/") == [ALL]
