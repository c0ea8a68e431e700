"""What the preview answers: the built pages with a reload script, or what kept them away."""

import html
import mimetypes
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qs, quote, unquote, urlsplit

from press.printing import widen
from press.styles import source_hash

RELOAD_ADDRESS = "/.reload"
_KEEP_ALIVE_S = 15.0

_TEXT_TYPES = {
    ".atom": "application/atom+xml",
    ".css": "text/css",
    ".htm": "text/html",
    ".html": "text/html",
    ".ics": "text/calendar",
    ".js": "text/javascript",
    ".json": "application/json",
    ".md": "text/markdown",
    ".opml": "text/x-opml",
    ".rss": "application/rss+xml",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".xml": "application/xml",
}

# A hidden tab lets go of its connection: a browser opens six to one host and then waits.
_RELOAD_SCRIPT = """\
(() => {
  let source;
  const follow = () => {
    source?.close();
    if (document.hidden) return;
    source = new EventSource("%s?shown=%d");
    source.onmessage = () => location.reload();
  };
  document.addEventListener("visibilitychange", follow);
  follow();
})();"""

_FAULTS_STYLE = """\
#preview-faults { position: sticky; inset-block-end: 0; max-block-size: 40vh; overflow: auto;
  padding: .5rem 1rem; background: #7a1f1f; color: #fff; font: 14px/1.5 monospace }
#preview-faults pre { margin: 0; white-space: pre-wrap }"""

_FAILURE_PAGE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>The build failed</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root {{ color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif }}
body {{ max-inline-size: 60rem; margin-inline: auto; padding: 1rem }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere }}
</style></head>
<body><h1>The build failed</h1><pre>{errors}</pre><p>This page reloads after the next build.</p>
</body></html>"""


@dataclass(frozen=True, slots=True)
class Build:
    """How one build ended: `failure` says why there are no pages, `faults` what is wrong in them.

    `version` differs from build to build, also after a restart.
    """

    version: int
    failure: str = ""
    faults: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One response: status, body and headers."""

    status: HTTPStatus
    headers: Mapping[str, str]
    body: bytes = b""


class Preview:
    """The last build's pages in `folder`, and those who wait for the next build."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.closed = False
        self._build = Build(0)
        self._change = threading.Condition()

    @property
    def build(self) -> Build:
        """Return how the last build ended."""
        return self._build

    def show(self, build: Build) -> None:
        """Show what this build left, and let every open page reload."""
        with self._change:
            self._build = build
            self._change.notify_all()

    def close(self) -> None:
        """Let go of everyone who waits."""
        with self._change:
            self.closed = True
            self._change.notify_all()

    def await_other(self, shown: str) -> bool:
        """Wait for a build other than the one shown; False when none came for a while."""
        with self._change:
            return self._change.wait_for(
                lambda: self.closed or str(self._build.version) != shown, _KEEP_ALIVE_S
            )


class PreviewServer(ThreadingHTTPServer):
    """Answers on the loopback. Raises OSError where the port is taken."""

    daemon_threads = True

    def __init__(self, preview: Preview, port: int) -> None:
        self.preview = preview
        super().__init__(("127.0.0.1", port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: PreviewServer

    def do_GET(self) -> None:
        """Send a page, a file, or the news that a build has ended."""
        if urlsplit(self.path).path == RELOAD_ADDRESS:
            self._report_builds()
        else:
            self.wfile.write(self._begin().body)

    def do_HEAD(self) -> None:
        """Send what GET would, without the body."""
        self._begin()

    def log_message(self, *_: object) -> None:
        """Keep the terminal for what the build says."""

    def _begin(self) -> Answer:
        answer = answer_to(self.path, self.server.preview.folder, self.server.preview.build)
        self._send_head(answer.status, answer.headers)
        return answer

    def _report_builds(self) -> None:
        shown = parse_qs(urlsplit(self.path).query).get("shown", [""])[0]
        self._send_head(HTTPStatus.OK, {"Content-Type": "text/event-stream; charset=utf-8"})
        preview = self.server.preview
        try:
            while not preview.await_other(shown):
                self.wfile.write(b": still the same\n\n")
            if not preview.closed:
                self.wfile.write(b"data: %d\n\n" % preview.build.version)
        except ConnectionError:
            pass  # the page was closed

    def _send_head(self, status: HTTPStatus, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()


def answer_to(target: str, folder: Path, build: Build) -> Answer:
    """Return what the preview sends for a request target such as `/ja/?from=mail`."""
    address = unquote(urlsplit(target).path)
    file = _file_at(folder, address)
    if file and file.is_dir():
        there = quote(f"/{address.strip('/')}/")
        return Answer(HTTPStatus.MOVED_PERMANENTLY, {"Location": there, "Content-Length": "0"})
    status = HTTPStatus.OK if file else HTTPStatus.NOT_FOUND
    file = file or _not_found_page(folder, address)
    if file and file.suffix not in {".html", ".htm"}:
        return _answer(status, content_type(file), file.read_bytes())
    if build.failure:
        status, page = HTTPStatus.INTERNAL_SERVER_ERROR, failure_page(build)
    else:
        page = file.read_text(encoding="utf-8") if file else f"Nothing at {html.escape(address)}"
    return _answer(status, content_type(Path("page.html")), with_news(page, build).encode())


def content_type(file: Path) -> str:
    """Return the media type by a file's name, with the charset where it is text."""
    if text := _TEXT_TYPES.get(file.suffix):
        return f"{text}; charset=utf-8"
    return mimetypes.guess_type(file.name)[0] or "application/octet-stream"


def failure_page(build: Build) -> str:
    """Return a page that shows why the build failed."""
    return _FAILURE_PAGE.format(errors=html.escape(build.failure))


def with_news(page: str, build: Build) -> str:
    """Add the reload script and the build's faults to a page whose policy lets both pass."""
    script = _RELOAD_SCRIPT % (RELOAD_ADDRESS, build.version)
    page = widen(page, "script-src", source_hash(script))
    page = widen(page, "connect-src", "'self'")
    news = f"<script>{script}</script>"
    if build.faults and not build.failure:
        page = widen(page, "style-src", source_hash(_FAULTS_STYLE))
        news = (
            f"<style>{_FAULTS_STYLE}</style><aside id=preview-faults lang=en>"
            f"<pre>{html.escape(build.faults)}</pre></aside>{news}"
        )
    return _insert_at_foot(page, news)


def _insert_at_foot(page: str, news: str) -> str:
    before, end, after = page.rpartition("</body>")
    return f"{before}{news}{end}{after}" if end else page + news


def _answer(status: HTTPStatus, kind: str, body: bytes) -> Answer:
    return Answer(status, {"Content-Type": kind, "Content-Length": str(len(body))}, body)


def _file_at(folder: Path, address: str) -> Path | None:
    """Return the file at an address, or the folder that its address lacks a slash for."""
    parts = PurePosixPath(address.strip("/")).parts
    if "\0" in address or any(part.startswith(".") for part in parts):
        return None
    place = folder.joinpath(*parts)
    if address.endswith("/"):
        place /= "index.html"
    reachable = place.exists() and place.resolve().is_relative_to(folder.resolve())
    return place if reachable else None


def _not_found_page(folder: Path, address: str) -> Path | None:
    """Return the site's own page for an address without a file, in the address's language first."""
    language = re.match(r"/([\w-]+)/", address)
    places = [folder / language[1] / "404.html"] if language else []
    return next((place for place in [*places, folder / "404.html"] if place.is_file()), None)
