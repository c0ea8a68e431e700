"""A web server in the process of the tests, which can be broken at will."""

import contextlib
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from publishing.model import Smoke


@contextlib.contextmanager
def serving(server):
    """A server that answers, in a thread of its own."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class WebServer(ThreadingHTTPServer):
    """Shows what `current` leads to, unless it is broken: then it answers that status."""

    daemon_threads = True
    broken = 0
    asked = ()

    def __init__(self, layout):
        super().__init__(("127.0.0.1", 0), WebServer.Handler)
        self.layout = layout
        self.smoke = Smoke(f"http://127.0.0.1:{self.server_port}/", "columns.example", 0.3)

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(arguments[2].layout.current))

        def do_GET(self):
            self.server.asked += ((self.headers["Host"], self.path),)
            if self.server.broken:
                self.send_error(self.server.broken)
            else:
                super().do_GET()

        def log_message(self, *_):
            pass
