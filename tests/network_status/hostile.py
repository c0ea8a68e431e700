"""A server on loopback that answers in every wrong way."""

import gzip
import json
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

PATIENCE_S = 20


class Handler(BaseHTTPRequestHandler):
    """The path says what goes wrong."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append((self.path, dict(self.headers)))
        name = self.path.partition("?")[0].strip("/").partition("/")[0].replace("-", "_")
        getattr(self, f"say_{name}", self.say_status)()

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        self.server.posted.append(self.rfile.read(length).decode())
        self.do_GET()

    def answer(self, body, media_type="application/json", status=200, **headers):
        self.send_response(status)
        if media_type:
            self.send_header("Content-Type", media_type)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def say_status(self):
        """/503: that status, with a page."""
        self.answer(b"<h1>no</h1>", "text/html", int(self.path.strip("/")))

    def say_fine(self):
        self.answer(b'{"fine": true}')

    def say_flaky(self):
        status = 503 if len(self.server.seen) < 3 else 200
        self.answer(b'{"fine": true}', status=status)

    def say_explained(self):
        self.answer(b'{"status":"error","error":"too many\\u0007 samples"}', status=422)

    def say_remember(self, *_):
        """/remember/api/v1/query_range: what the server's memory says, by its mood."""
        number = len(self.server.posted)
        mood = self.server.moods.pop(number, None)
        form = {name: value for name, (value,) in parse_qs(self.server.posted[-1]).items()}
        if mood == "slow":
            self.say_slow()
        elif mood == "refuse":
            self.answer(b'{"status":"error","error":"too many samples"}', status=422)
        elif mood == "lie":
            self.answer(b'{"status":"success"}')
        else:
            self.answer(json.dumps(self.server.memory.answer(form)).encode())

    def say_nothing(self):
        self.answer(b"")

    def say_page(self):
        self.answer(b"<!doctype html>", "text/html; charset=utf-8")

    def say_lying_page(self):
        self.answer(b"\n <html>")

    def say_untyped(self):
        self.answer(b"{}", None)

    def say_home(self):
        self.answer(b"", status=302, Location="/fine")

    def say_away(self):
        self.answer(b"", status=301, Location="http://evil.example/fine")

    def say_other_port(self):
        self.answer(b"", status=301, Location="http://127.0.0.1:1/fine")

    def say_to_file(self):
        self.answer(b"", status=301, Location="file:///etc/passwd")

    def say_round(self):
        self.answer(b"", status=302, Location="/round")

    def say_cut(self):
        self.answer(b'{"fine"', Content_Length="5000")
        self.close_connection = True

    def say_broken_gzip(self):
        self.answer(b"no gzip at all", Content_Encoding="gzip")

    def say_bomb(self):
        self.answer(gzip.compress(bytes(50_000_000)), Content_Encoding="gzip")

    def say_huge(self):
        """50 MB of nothing, without saying so beforehand."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Connection", "close")
        self.end_headers()
        for _ in range(800):
            self.wfile.write(bytes(65_536))

    def say_slow(self):
        self.server.stop.wait(PATIENCE_S)
        self.close_connection = True

    def say_drip(self):
        self.drip(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", b" ")

    def say_drip_headers(self):
        self.drip(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x")

    def drip(self, first, then):
        self.close_connection = True
        self.wfile.write(first)
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and not self.server.stop.wait(0.05):
            self.wfile.write(then)

    def log_message(self, *_):
        """Be quiet."""


class Server(ThreadingHTTPServer):
    """Remembers what it was asked; an asker that hangs up is no error."""

    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen, self.posted = [], []
        self.memory, self.moods = None, {}
        self.stop = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, address):
        """Be quiet."""


@contextmanager
def serving():
    """The server while it runs."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.stop.set()
            server.shutdown()
            thread.join()


def closed_port():
    """A port of loopback that refuses."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]
