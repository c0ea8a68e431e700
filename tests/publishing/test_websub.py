"""Who is told of which feed, by a hub on loopback."""

import logging
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import pytest

from feeds.writing import files_of
from publishing import releases, websub
from publishing.builder import Builder
from publishing.commits import Commits
from publishing.headers import is_feed
from publishing.websub import Topic, changed_topics, tell
from publishing.worker import Worker
from tests.feeds.builders import SITE, entry, feed, run_of
from tests.publishing.builders import MINUTE, NOON, build, commit
from tests.publishing.webserver import serving


class Hub(ThreadingHTTPServer):
    """Notes what it is told, and answers with `status`."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Hub.Handler)
        self.address = f"http://127.0.0.1:{self.server_port}/"
        self.told = []
        self.status = 204

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.server.told.append(dict(parse_qsl(form)))
            self.send_response(self.server.status)
            self.send_header("Location", f"{self.server.address}elsewhere")
            self.end_headers()

        def log_message(self, *_):
            pass


@pytest.fixture
def hub():
    with serving(Hub()) as server:
        yield server


def written(folder, *feeds, hub="https://hub.example/"):
    """The documents of feeds as the build writes them."""
    for path, data in files_of(feeds, hub).items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return folder


def urls(topics):
    return [topic.url for topic in topics]


def test_a_feed_is_what_the_build_writes_as_one():
    """For the receipt, the hub, the order of a remote and nginx alike."""
    written = files_of([feed(*run_of(25))], "https://hub.example/")
    assert len(written) > 3
    assert all(map(is_feed, written))
    others = ("ja/feeds.opml", "ja/feedback.json", "ja/feed-x.atom", "ja/my-feed.rss", "feed.txt")
    assert not any(map(is_feed, others))


def test_every_feed_of_a_first_release_is_new(tmp_path):
    folder = written(tmp_path, feed(entry()))
    expected = [
        Topic("https://hub.example/", f"{SITE}/ja/feed.{e}") for e in ("atom", "json", "rss")
    ]
    assert expected == changed_topics(None, folder)


def test_only_what_changed_is_told(tmp_path):
    english = feed(entry(lang="en"), lang="en")
    before = written(tmp_path / "a", feed(entry()), english)
    after = written(tmp_path / "b", feed(entry(title="corrected")), english)
    assert [f"{SITE}/ja/feed.{e}" for e in ("atom", "json", "rss")] == urls(
        changed_topics(before, after)
    )
    assert [] == changed_topics(after, after)


def test_archives_have_no_subscribers(tmp_path):
    folder = written(tmp_path, feed(*run_of(25)))
    assert (folder / "ja/feed-2014.atom").exists()
    assert [f"{SITE}/ja/feed.{e}" for e in ("atom", "json", "rss")] == urls(
        changed_topics(None, folder)
    )


def test_a_site_without_a_hub_tells_nobody(tmp_path):
    assert [] == changed_topics(None, written(tmp_path, feed(entry()), hub=None))


def test_a_file_that_a_text_offers_cannot_choose_whom_we_call(tmp_path):
    folder = written(tmp_path, feed(entry()), hub=None)
    bad = '{"feed_url": "x", "hubs": [{"type": "WebSub", "url": "http://192.0.2.1/"}]}'
    (folder / "assets").mkdir()
    (folder / "assets/x.0123456789.json").write_text(bad)
    (folder / "assets/broken.0123456789.json").write_text("{")
    assert [] == changed_topics(None, folder)


def test_a_broken_document_keeps_no_other_from_being_told(tmp_path, caplog):
    folder = written(tmp_path, feed(entry()))
    (folder / "ja/feed.rss").write_text("<rss")
    (folder / "ja/feed.json").write_text("{")
    assert [f"{SITE}/ja/feed.atom"] == urls(changed_topics(None, folder))
    assert 2 == caplog.text.count("cannot be read, and no hub is told of it")


def test_a_hub_hears_of_each_feed_once(hub):
    tell([Topic(hub.address, "https://columns.example/ja/feed.atom")])
    assert [{"hub.mode": "publish", "hub.url": "https://columns.example/ja/feed.atom"}] == hub.told


@pytest.mark.parametrize("status", [302, 400, 500])
def test_a_hub_that_refuses_is_logged_and_left_in_peace(hub, caplog, status):
    hub.status = status
    tell([Topic(hub.address, f"https://columns.example/{n}.atom") for n in range(50)])
    assert 1 == len(hub.told)
    assert f"hub {hub.address}: not told of 50 of 50 feeds: " in caplog.text


def test_a_hub_that_never_answers_costs_seconds_at_most(monkeypatch, caplog):
    monkeypatch.setattr(websub, "_TIMEOUT_S", 0.2)
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as silent:  # never serves
        tell([Topic(f"http://127.0.0.1:{silent.server_port}/", "https://columns.example/x.atom")])
    assert "not told of 1 of 1 feeds" in caplog.text


def test_a_hub_is_told_after_a_release_and_fails_none(layout, hub, caplog):
    """And the release is told once, however often the worker runs."""
    worker = Worker(Builder(Commits(layout)), None)
    caplog.set_level(logging.INFO)

    def push(turn, title):
        tip = commit(layout, title)
        files = files_of([feed(entry(title=title))], hub.address)
        build(layout, "", files, commit=tip)
        worker.run(lambda: NOON + turn * MINUTE)
        worker.run(lambda: NOON + turn * MINUTE)
        assert tip == releases.live(layout).commit

    push(1, "first")
    assert 3 == len(hub.told)
    push(2, "second")
    assert 6 == len(hub.told)
    hub.status = 500
    push(3, "third")
    assert 7 == len(hub.told)
    assert "not told of 3 of 3 feeds" in caplog.text
