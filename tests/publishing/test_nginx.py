"""What nginx answers: every rule of its configuration, asked of a real one."""

import gzip
import os
import ssl
import subprocess
import threading
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli
import pytest

from bilingual.aliases import redirect_map
from bilingual.pairs import pair
from columns.model import Library
from publishing.configuration import files
from publishing.layout import Layout
from publishing.model import Smoke, is_hashed, is_of_status
from publishing.settings import ServerSettings
from publishing.smoke import check
from tests.builders import binder, column
from tests.publishing.nginx import free_port, running

LANGUAGES = ("ja", "en", "zh-Hans")

PAGES = {
    "index.html": "<p>front",
    "index.ja.html": "<p>front ja",
    "index.en.html": "<p>front en",
    "index.zh-Hans.html": "<p>front zh",
    "404.html": "<p>lost",
    "ja/404.html": "<p>lost ja",
    "en/404.html": "<p>lost en",
    "ja/index.html": "<p>home ja",
    "ja/columns/cable-fault/index.html": "<p>column " + "x" * 500,
    "ja/2014/cable.html": "<p>moved",
    "ja/feed.atom": "<feed/>",
    "ja/feed.rss": "<rss/>",
    "ja/feed.json": "{}",
    "ja/feed-2014.json": "{}",
    "ja/feeds.opml": "<opml/>",
    "assets/figure.ja.0123456789.svg": "<svg/>",
    "assets/photo.0123456789.jpg": "jpeg",
    "assets/figure.svg": "<svg/>",
    "robots.txt": "robots",
    "sitemap.xml": "<urlset/>",
    "redirects.map": '"~^/ja/2014/cable.html$" /ja/columns/cable-fault/;\n',
    "release.json": "{}",
    ".atogaki": "marker",
}
STATUS = {
    "status.txt": "as of",
    "status/status.json": "{}",
    "api/v2/summary.json": "{}",
    "ja/status/index.html": "<p>status ja",
    "ja/status/feed.json": "{}",
    "ja/status/tokyo/badge.svg": "<svg/>",
}
OLD = {"ja/status/index.html": "<p>old status", "ja/status/gone/index.html": "<p>old route"}
PREVIEW = {"index.html": "<p>preview", "ja/index.html": "<p>preview ja", "ja/feed.json": "{}",
           "assets/figure.0123456789.svg": "<svg/>"}  # fmt: skip

SHORT = "public, max-age=300"
MINUTE = "public, max-age=60, must-revalidate"
FOR_EVER = "public, max-age=31536000, immutable"


def write(folder, files):
    """Write files and their twins, as a release has them."""
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.with_name(f"{file.name}.br").write_bytes(brotli.compress(text.encode()))
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(text.encode()))


def settings(port, loopback=0, **values):
    """A server that listens on one port."""
    web = {"names": ["columns.example"], "listen": [f"127.0.0.1:{port}"]}
    web["loopback"] = f"127.0.0.1:{loopback}" if loopback else ""
    web |= values.pop("web", {})
    return ServerSettings.model_validate({"name": "my-site", "web": web} | values)


@pytest.fixture(scope="module")
def layout(tmp_path_factory):
    """A root with a release, a live status and a preview."""
    layout = Layout(tmp_path_factory.mktemp("served"))
    release = layout.releases / "first"
    write(release, PAGES | OLD)
    write(layout.status, STATUS)
    write(layout.previews / "t0ken", PREVIEW)
    layout.current.symlink_to("releases/first")
    return layout


@pytest.fixture(scope="module")
def ports():
    return free_port(), free_port()


@pytest.fixture(scope="module")
def nginx(layout, ports, tmp_path_factory):
    port, loopback = ports
    texts = files(layout, settings(port, loopback), LANGUAGES, "nobody")
    with running(tmp_path_factory.mktemp("nginx"), texts, port) as nginx:
        yield nginx


@pytest.mark.parametrize(
    ("target", "content_type", "cache"),
    [
        ("/", "text/html; charset=utf-8", SHORT),
        ("/ja/", "text/html; charset=utf-8", SHORT),
        ("/ja/columns/cable-fault/", "text/html; charset=utf-8", SHORT),
        ("/ja/feed.atom", "application/atom+xml; charset=utf-8", SHORT),
        ("/ja/feed.rss", "application/rss+xml; charset=utf-8", SHORT),
        ("/ja/feed.json", "application/feed+json", SHORT),
        ("/ja/feed-2014.json", "application/feed+json", SHORT),
        ("/ja/feeds.opml", "text/x-opml; charset=utf-8", SHORT),
        ("/sitemap.xml", "application/xml; charset=utf-8", SHORT),
        ("/robots.txt", "text/plain; charset=utf-8", SHORT),
        ("/assets/figure.ja.0123456789.svg", "image/svg+xml; charset=utf-8", FOR_EVER),
        ("/assets/photo.0123456789.jpg", "image/jpeg", FOR_EVER),
        ("/assets/figure.svg", "image/svg+xml; charset=utf-8", SHORT),
        ("/ja/status/", "text/html; charset=utf-8", MINUTE),
        ("/ja/status/feed.json", "application/feed+json", MINUTE),
        ("/ja/status/tokyo/badge.svg", "image/svg+xml; charset=utf-8", MINUTE),
        ("/status/status.json", "application/json", MINUTE),
        ("/status.txt", "text/plain; charset=utf-8", MINUTE),
        ("/api/v2/summary.json", "application/json", MINUTE),
        ("/preview/t0ken/ja/", "text/html; charset=utf-8", "private, no-store"),
        ("/preview/t0ken/ja/feed.json", "application/feed+json", "private, no-store"),
        ("/preview/t0ken/assets/figure.0123456789.svg", "image/svg+xml; charset=utf-8",
         "private, no-store"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("coding", ["identity", "br"])
def test_each_kind_of_file_says_what_it_is_and_how_long_it_holds(
    nginx, target, content_type, cache, coding
):
    answer = nginx.ask(target, Accept_Encoding=coding)
    assert (200, content_type, cache) == (
        answer.status, answer["Content-Type"], answer["Cache-Control"],
    )  # fmt: skip


EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Strict-Transport-Security": "-",
    "Server": "nginx",
}


@pytest.mark.parametrize(
    "target",
    ["/", "/ja/", "/ja", "/ja/feed.json", "/ja/nowhere/", "/ja/status/", "/status/status.json",
     "/assets/photo.0123456789.jpg", "/preview/t0ken/", "/robots.txt", "/release.json", "/assets/"],
)  # fmt: skip
def test_every_answer_carries_what_protects_its_reader(nginx, target):
    """Errors and redirects, too; and no promise of https before there is any."""
    answer = nginx.ask(target)
    assert {name: answer[name] for name in EVERYWHERE} == EVERYWHERE
    assert answer["Content-Security-Policy"] == "frame-ancestors 'none'"


def test_a_drawing_opened_by_itself_runs_and_fetches_nothing(nginx):
    answer = nginx.ask("/assets/figure.ja.0123456789.svg")
    assert answer["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
    )


@pytest.mark.parametrize("path", [*PAGES, *STATUS])
def test_nginx_and_the_releases_agree_on_what_is_status_and_what_never_changes(nginx, path):
    """What no release holds comes from elsewhere; what releases keep on holds for ever."""
    answer = nginx.ask(f"/{path}")
    if answer.status == 200:
        assert is_of_status(path) == (answer["Cache-Control"] == MINUTE)
        assert is_hashed(path) == (answer["Cache-Control"] == FOR_EVER)


@pytest.mark.parametrize(
    ("target", "origin"),
    [("/api/v2/summary.json", "*"), ("/status/status.json", "*"), ("/status.txt", "*"),
     ("/ja/feed.atom", "*"), ("/ja/feed-2014.json", "*"), ("/ja/status/feed.json", "*"),
     ("/ja/feeds.opml", "*"), ("/ja/", "-"), ("/ja/status/", "-"), ("/newsletter/x", "-")],
)  # fmt: skip
def test_what_is_made_for_software_may_be_read_by_that_of_other_sites(nginx, target, origin):
    assert nginx.ask(target)["Access-Control-Allow-Origin"] == origin


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("br", "br"), ("gzip, deflate, br", "br"), ("gzip", "gzip"), ("", "-"), ("identity", "-"),
     ("deflate", "-"), ("br;q=0, gzip", "gzip"), ("gzip;q=0", "-")],
)  # fmt: skip
def test_the_bytes_are_in_the_best_coding_that_is_accepted(nginx, accepted, coding):
    answer = nginx.ask("/ja/columns/cable-fault/", Accept_Encoding=accepted)
    decode = {"br": brotli.decompress, "gzip": gzip.decompress, "-": bytes}[coding]
    assert answer["Content-Encoding"] == coding
    assert decode(answer.body).decode() == PAGES["ja/columns/cable-fault/index.html"]
    assert int(answer["Content-Length"]) == len(answer.body)
    assert "Accept-Encoding" in answer["Vary"]


FRONT = {"": "<p>front", "ja": "<p>front ja", "en": "<p>front en", "zh": "<p>front zh"}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        pytest.param(None, "", id="no header"),
        pytest.param("", "", id="empty"),
        pytest.param("*", "", id="any"),
        pytest.param("ja", "ja", id="one"),
        pytest.param("JA", "ja", id="case"),
        pytest.param("ja-JP", "ja", id="region"),
        pytest.param("de, fr;q=0.9", "", id="none of ours"),
        pytest.param("de, en;q=0.5", "en", id="second choice"),
        pytest.param("en-US,en;q=0.9,ja;q=0.8", "en", id="a browser's list"),
        pytest.param("ja,en-US;q=0.9,en;q=0.8", "ja", id="another's"),
        pytest.param("en, ja", "en", id="same weight, first listed"),
        pytest.param("en;q=0.5, ja", "ja", id="weight before order"),
        pytest.param("en;q=0.3,ja;q=0.7,zh;q=0.5", "ja", id="weights in no order"),
        pytest.param("en;q=0.35,ja;q=0.39", "en", id="same tenth, first listed"),
        pytest.param("en;q=0.05,ja;q=0.2", "ja", id="below a tenth"),
        pytest.param("en;q=0.001", "en", id="hardly"),
        pytest.param("ja;q=0, en;q=0.1", "en", id="refused"),
        pytest.param("ja;q=0", "", id="only refused"),
        pytest.param("ja;q=0.000", "", id="refused at length"),
        pytest.param("en ; q=1.000 , ja", "en", id="white space"),
        pytest.param("zh-CN", "zh", id="region of a script"),
        pytest.param("zh-Hans-CN,en", "zh", id="script and region"),
        pytest.param("zh", "zh", id="no script"),
        pytest.param("jam, english, en-", "", id="other words"),
        pytest.param("ja;q=banana, en;q=0.5", "en", id="no weight"),
        pytest.param("../../etc/passwd", "", id="a path"),
        pytest.param("," * 3000 + "en", "en", id="many commas"),
        pytest.param(" ,\t" * 1500 + "xx", "", id="much white space"),
        pytest.param("en;q=0." + "0" * 3000, "", id="many zeros"),
    ],
)
def test_the_front_door_speaks_the_language_that_is_wanted_most(nginx, accepted, language):
    headers = {} if accepted is None else {"Accept_Language": accepted}
    answer = nginx.ask("/", **headers)
    assert (200, FRONT[language]) == (answer.status, answer.body.decode())
    assert "Accept-Language" in answer["Vary"]


@pytest.mark.parametrize("target", ["/ja/", "/ja/feed.atom", "/nowhere/", "/status.txt"])
def test_no_other_address_depends_on_the_language_that_is_wanted(nginx, target):
    answers = [nginx.ask(target, Accept_Language=lang) for lang in ("ja", "en")]
    assert len({answer.body for answer in answers}) == 1
    assert "Accept-Language" not in answers[0]["Vary"]


@pytest.mark.parametrize(
    ("target", "body"),
    [
        ("/nowhere", "<p>lost"),
        ("/ja/nowhere/", "<p>lost ja"),
        ("/en/columns/nowhere/", "<p>lost en"),
        ("/fr/", "<p>lost"),
        ("/404.html", "<p>lost"),
        ("/ja/404.html", "<p>lost ja"),
        ("/assets/", "<p>lost"),
        ("/assets/gone.0123456789.svg", "<p>lost"),
        ("/ja/status/nowhere/", "<p>lost ja"),
        ("/status/", "<p>lost"),
        ("/api/", "<p>lost"),
        ("/preview/", "<p>lost"),
        ("/preview/guess/", "<p>lost"),
        ("/release.json", "<p>lost"),
        ("/release.json.br", "<p>lost"),
        ("/redirects.map", "<p>lost"),
        ("/redirects.map.gz", "<p>lost"),
        ("/.atogaki", "<p>lost"),
        ("/ja/.git/config", "<p>lost ja"),
        ("/preview/t0ken/.hidden", "<p>lost"),
        ("/ja/index.html.br", "<p>lost ja"),
        ("/ja/%2e%2e/%2e%2e/site.git/config", None),
        ("/../../etc/passwd", None),
        ("/preview/../site.git/config", "<p>lost"),
        ("/preview/t0ken/%2e%2e/%2e%2e/server.toml", "<p>lost"),
        ("/assets/..%2f..%2f..%2fserver.toml", None),
        ("/ja/nowhere%00.html", None),
    ],
)
def test_what_nobody_is_meant_to_find_is_not_found(nginx, target, body):
    """The page says so in the language of the address; its status says so to machines."""
    answer = nginx.ask(target)
    if body is None:
        assert 400 == answer.status
    else:
        assert (404, body, MINUTE) == (answer.status, answer.body.decode(), answer["Cache-Control"])


def test_what_lay_in_a_release_of_the_status_is_never_shown(nginx):
    """A status that a release carries is as old as the release."""
    assert nginx.ask("/ja/status/").body == b"<p>status ja"
    assert nginx.ask("/ja/status/gone/").status == 404


@pytest.mark.parametrize(
    ("target", "location"),
    [("/ja", "/ja/"), ("/ja/columns/cable-fault", "/ja/columns/cable-fault/"),
     ("/ja/status", "/ja/status/"), ("/preview/t0ken", "/preview/t0ken/"),
     ("/preview/t0ken/ja?x=1", "/preview/t0ken/ja/?x=1")],
)  # fmt: skip
def test_a_folder_without_its_slash_leads_to_it_by_path_alone(nginx, target, location):
    """So that a proxy in front keeps its scheme, host and port."""
    answer = nginx.ask(target)
    assert (301, location) == (answer.status, answer["Location"])


def test_a_reader_who_has_the_page_gets_no_second_one(nginx):
    target = "/ja/columns/cable-fault/"
    for coding in ("br", "gzip", "identity"):
        first = nginx.ask(target, Accept_Encoding=coding)
        again = nginx.ask(target, Accept_Encoding=coding, If_None_Match=first["ETag"])
        assert (304, b"", first["ETag"]) == (again.status, again.body, again["ETag"])
        assert (SHORT, "nosniff") == (again["Cache-Control"], again["X-Content-Type-Options"])
        since = nginx.ask(target, If_Modified_Since=first["Last-Modified"])
        assert 304 == since.status


def test_head_says_what_get_would(nginx):
    for target in ("/", "/ja/feed.json", "/ja/nowhere/"):
        get, head = nginx.ask(target), nginx.ask(target, method="HEAD")
        assert b"" == head.body
        assert [(n, v) for n, v in get.headers.items() if n != "Date"] == [
            (n, v) for n, v in head.headers.items() if n != "Date"
        ]


def test_a_broken_download_goes_on_where_it_broke(nginx):
    target = "/ja/columns/cable-fault/"
    whole = nginx.ask(target)
    rest = nginx.ask(target, Range="bytes=100-", If_Range=whole["ETag"])
    assert (206, whole.body[100:]) == (rest.status, rest.body)
    assert rest["Content-Range"] == f"bytes 100-{len(whole.body) - 1}/{len(whole.body)}"
    assert 416 == nginx.ask(target, Range="bytes=9999-").status


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE"])
def test_nothing_is_taken(nginx, method):
    assert 405 == nginx.ask("/ja/", method=method).status


def test_previews_ask_to_be_left_out_of_every_index(nginx):
    assert nginx.ask("/preview/t0ken/")["X-Robots-Tag"] == "noindex, nofollow"
    assert nginx.ask("/preview/t0ken/ja/feed.json")["X-Robots-Tag"] == "noindex, nofollow"
    assert nginx.ask("/ja/")["X-Robots-Tag"] == "-"


def test_the_worker_sees_which_release_answers_and_nobody_else_does(nginx, ports):
    """The release says when the next column comes."""
    _, loopback = ports
    answer = nginx.ask("/release.json", port=loopback)
    assert (200, b"{}", "application/json") == (answer.status, answer.body, answer["Content-Type"])
    assert nginx.ask("/ja/", port=loopback).body == b"<p>home ja"
    assert nginx.ask("/redirects.map", port=loopback).status == 404
    assert nginx.ask("/release.json").status == 404


def test_a_switch_shows_at_once_and_whole(nginx, layout):
    """No cache stands between the link and the reader."""
    second = layout.releases / "second"
    write(second, {"ja/index.html": "<p>second"})
    try:
        for release, body in (("second", b"<p>second"), ("first", b"<p>home ja")) * 3:
            draft = layout.root / "draft"
            draft.symlink_to(f"releases/{release}")
            os.replace(draft, layout.current)  # noqa: PTH105  as the worker does
            assert nginx.ask("/ja/").body == body
    finally:
        assert layout.current.readlink().name == "first"


def test_an_old_address_leads_to_the_new_one_once_the_map_is_read(nginx, layout):
    """Before that, the page at the old address leads on."""
    old, target = "/ja/2014/cable.html", "/ja/columns/cable-fault/"
    assert (200, b"<p>moved") == ((answer := nginx.ask(old)).status, answer.body)
    long = "/ja/" + "x" * 300 + ".html"
    (layout.root / "redirects.map").write_bytes(map_of(old, long))
    nginx.reload()
    for address in (old, long):
        answer = nginx.ask(f"{address}?from=mail")
        assert (301, f"{target}?from=mail") == (answer.status, answer["Location"])
        assert answer["Content-Security-Policy"] == "frame-ancestors 'none'"


def map_of(*aliases):
    """What a build writes for a column with these old addresses."""
    return redirect_map(Library(pair([column(aliases=aliases)], LANGUAGES, "ja")), binder())


def test_an_old_address_that_differs_by_case_is_another(nginx, layout):
    """From the page itself, and from a second old address; and a dot is only a dot."""
    target = "/ja/columns/cable-fault/"
    old = ("/ja/Columns/Cable-Fault/", "/ja/old.html", "/ja/OLD.html")
    (layout.root / "redirects.map").write_bytes(map_of(*old))
    nginx.reload()
    assert [target] * 3 == [nginx.ask(address)["Location"] for address in old]
    assert 200 == nginx.ask(target).status
    assert 404 == nginx.ask("/ja/oldxhtml").status == nginx.ask("/ja/Old.html").status


def test_a_map_that_cannot_be_read_leaves_what_was(nginx, layout):
    (layout.root / "redirects.map").write_text("/ja/2014/cable.html\n")
    os.kill(int((nginx.folder / "nginx.pid").read_text()), 1)
    assert nginx.ask("/ja/").status == 200
    (layout.root / "redirects.map").unlink()
    nginx.reload()


@pytest.fixture
def serve(tmp_path):
    """Start nginx with other settings, on a root of its own."""
    with ExitStack() as stack:

        def serve(layout, given, port):
            texts = files(layout, given, LANGUAGES, "nobody")
            return stack.enter_context(running(tmp_path / "nginx", texts, port, log="access.log"))

        yield serve


@pytest.fixture
def released(tmp_path):
    """A root with a release and nothing else."""
    layout = Layout(tmp_path)
    write(layout.releases / "first", PAGES | OLD)
    layout.current.symlink_to("releases/first")
    return layout


def test_a_server_that_awaits_its_first_push_says_so(serve, tmp_path):
    layout, port = Layout(tmp_path), free_port()
    write(layout.previews / "t0ken", PREVIEW)
    nginx = serve(layout, settings(port), port)
    assert nginx.ask("/preview/t0ken/").body == b"<p>preview"
    for target in ("/", "/ja/", "/ja/status/", "/status.txt"):
        answer = nginx.ask(target)
        assert (503, "60", "no-store") == (
            answer.status, answer["Retry-After"], answer["Cache-Control"],
        )  # fmt: skip
        assert "Nothing has been published here yet." in answer.body.decode()
        assert answer["Content-Type"] == "text/plain; charset=utf-8"


def test_a_status_that_was_never_measured_is_no_status(serve, released):
    port = free_port()
    nginx = serve(released, settings(port), port)
    for target in ("/ja/status/", "/status.txt", "/api/v2/summary.json", "/ja/status/feed.json"):
        answer = nginx.ask(target)
        assert (503, "60") == (answer.status, answer["Retry-After"])
        assert "Nothing has been published here yet." in answer.body.decode()
    assert nginx.ask("/ja/").status == 200


def test_the_worker_of_each_site_on_a_machine_sees_its_own(tmp_path):
    """Both listen for it where the settings say unless told otherwise."""
    texts, port, loopback = {}, free_port(), free_port()
    for name in ("one", "two"):
        layout = Layout(tmp_path / name)
        write(layout.releases / "first", {"ja/index.html": name, "release.json": name})
        layout.current.symlink_to("releases/first")
        given = settings(port, loopback, web={"names": [f"{name}.example"]}, name=name)
        texts |= files(layout, given, LANGUAGES, "nobody")
    with running(tmp_path / "nginx", texts, port):
        for name in ("one", "two"):
            release = Layout(tmp_path / name).releases / "first"
            check(release, Smoke(f"http://127.0.0.1:{loopback}/", f"{name}.example"))


def test_other_names_lead_to_the_sites_own(serve, released):
    port = free_port()
    names = ["columns.example", "www.columns.example"]
    nginx = serve(released, settings(port, web={"names": names}), port)
    answer = nginx.ask("/ja/?x=1", Host="www.columns.example")
    assert (301, "http://columns.example/ja/?x=1") == (answer.status, answer["Location"])


class Endpoint(BaseHTTPRequestHandler):
    """The newsletter's endpoint, which says what it was asked."""

    def do_POST(self):
        said = f"{self.path} {self.headers['Host']} {self.headers['X-Forwarded-For']}".encode()
        said += b" " + self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.send_header("Content-Security-Policy", "default-src 'none'")
        self.send_header("Cache-Control", "public")
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_):
        """Say nothing."""


def test_the_newsletters_endpoint_stands_behind_the_same_name(serve, released):
    port = free_port()
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        web = {"newsletter": f"127.0.0.1:{server.server_port}"}
        nginx = serve(released, settings(port, web=web), port)
        answer = nginx.ask(
            "/newsletter/ja/unsubscribe/x", method="POST", body=b"one-click",
            X_Forwarded_For="192.0.2.1",
        )  # fmt: skip
        server.shutdown()
        thread.join()
    assert b"/newsletter/ja/unsubscribe/x columns.example 127.0.0.1 one-click" == answer.body
    assert "private, no-store" == answer["Cache-Control"]
    assert "default-src 'none', frame-ancestors 'none'" == answer["Content-Security-Policy"]


def test_no_log_holds_what_unsubscribes_somebody(serve, released):
    """Neither where it is answered or led to another name, nor where nobody answers."""
    port = free_port()
    web = {"newsletter": f"127.0.0.1:{free_port()}", "names": ["columns.example", "www.example"]}
    nginx = serve(released, settings(port, web=web), port)
    assert 502 == nginx.ask("/newsletter/ja/unsubscribe/t0ken").status
    assert 301 == nginx.ask("/newsletter/ja/unsubscribe/t0ken", Host="www.example").status
    assert 404 == nginx.ask("/ja/nothing/").status
    access, errors = ((nginx.folder / f"{name}.log").read_text() for name in ("access", "error"))
    assert "/ja/nothing/" in access
    assert "t0ken" not in access + errors


def test_with_tls_on_readers_are_led_to_https_and_asked_to_stay(serve, released, tmp_path):
    plain, secure = free_port(), free_port()
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(  # noqa: S603
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj",  # noqa: S607
         "/CN=columns.example", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    tls = {"on": True, "listen": [f"127.0.0.1:{secure}"], "hsts_seconds": 600}
    tls |= {"certificate": str(certificate), "key": str(key)}
    nginx = serve(released, settings(plain, tls=tls), secure)
    answer = nginx.ask("/ja/?x=1", port=plain)
    assert (301, "https://columns.example/ja/?x=1") == (answer.status, answer["Location"])
    trust = ssl.create_default_context(cafile=certificate)
    trust.check_hostname = False
    for target, status in (("/ja/", 200), ("/ja", 301), ("/nowhere", 404)):
        answer = nginx.ask(target, tls=trust)
        assert (status, "max-age=600") == (answer.status, answer["Strict-Transport-Security"])
