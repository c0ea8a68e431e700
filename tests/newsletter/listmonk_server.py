"""What listmonk's documented HTTP API answers, on loopback; listmonk itself is a Go program.

The statuses a campaign may take, the form of every answer and its faults are those of its
documentation (docs/content/apis of v5); a page holds fewer than asked for, as its limit may say.
"""

import json
import re
import threading
from base64 import b64decode
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

AT = "2026-11-01T09:00:00.000000+09:00"
_MAY = {"running": {"paused", "draft"}, "scheduled": {"draft"}, "paused": {"running"}}
_MAY |= {"cancelled": {"running"}, "draft": {"scheduled"}}


@dataclass
class Server:
    """What lies on the server, and what it was asked."""

    lists: list[dict] = field(default_factory=list)
    subscribers: list[dict] = field(default_factory=list)
    campaigns: list[dict] = field(default_factory=list)
    templates: list[dict] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    max_per_page: int = 50
    lacks_from_page: int = 1_000
    breaks_after: str = ""
    moves_to: str = ""
    url: str = ""

    def add_list(self, lang, optin="single", tag="atogaki-") -> dict:
        number = len(self.lists) + 1
        new = {"id": number, "name": f"columns {lang}", "optin": optin, "tags": [f"{tag}{lang}"]}
        new["subscriber_count"] = 120 * number
        self.lists.append(new)
        return new

    def add_subscriber(self, email, *on, status="enabled", name="", at=AT) -> dict:
        """Somebody on lists; each of `on` is a list and the status there."""
        lists = [
            {
                **where,
                "subscription_status": state,
                "subscription_created_at": at,
                "subscription_updated_at": at,
            }
            for where, state in on
        ]
        new = {"id": len(self.subscribers) + 1, "email": email, "name": name, "status": status}
        new |= {"created_at": at, "updated_at": at, "attribs": {}, "lists": lists}
        self.subscribers.append(new)
        return new

    # --- The API ------------------------------------------------------------------------------

    def answer(self, method, path, query, body):
        """The status and the document of an answer."""
        match method, path.split("/")[2:]:
            case "GET", ["lists" | "subscribers" | "campaigns" as what]:
                return 200, {"data": self._page(getattr(self, what), query)}
            case "GET", ["templates"]:
                return 200, {"data": self.templates}
            case "POST", ["templates"]:
                self.templates.append({"id": len(self.templates) + 1, **body})
                return 200, {"data": self.templates[-1]}
            case "POST", ["campaigns"]:
                return self._create(body)
            case "PUT", ["campaigns", number, "status"]:
                return self._set_status(self.campaigns[int(number) - 1], body["status"])
        return 404, {"message": "not found"}

    def _page(self, rows, query):
        page = int(query.get("page", "1"))
        size = min(int(query.get("per_page", "20")), self.max_per_page)
        found = rows[(page - 1) * size : page * size]
        if not found or page >= self.lacks_from_page:
            return {"results": [], "query": "", "total": 0, "per_page": 0, "page": 0}
        return {"results": found, "query": "", "total": len(rows), "per_page": size, "page": page}

    def _create(self, body):
        known = {one["id"] for one in self.lists}
        if not body.get("name") or not body.get("subject") or not set(body["lists"]) <= known:
            return 400, {"message": "invalid fields"}
        if body["template_id"] not in {one["id"] for one in self.templates}:
            return 400, {"message": "no such template"}
        new = body | {"id": len(self.campaigns) + 1, "status": "draft", "created_at": AT}
        self.campaigns.append(new)
        return 200, {"data": new}

    def _set_status(self, campaign, status):
        if campaign["status"] not in _MAY.get(status, set()):
            return 400, {"message": f"a {campaign['status']} campaign cannot be {status}"}
        campaign["status"] = status
        return 200, {"data": campaign}


@contextmanager
def listmonk(server: Server):
    """Serve on a free port while the block runs; `server.url` is its address."""

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self):
            url = urlsplit(self.path)
            server.asked.append(f"{self.command} {url.path}")
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or "null")
            if server.moves_to:
                self.send_response(302)
                self.send_header("Location", server.moves_to)
                self.end_headers()
                return
            status, said = 403, {"message": "invalid session"}
            if self.headers.get("Authorization", "")[6:] and self._login() == "api:token":
                query = {name: values[0] for name, values in parse_qs(url.query).items()}
                status, said = server.answer(self.command, url.path, query, body)
            if server.breaks_after == f"{self.command} {url.path}":
                self.close_connection = True
                return
            data = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _login(self):
            return b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()

        do_GET = do_POST = do_PUT = handle_any  # noqa: N815  the library's names

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        server.url = f"http://127.0.0.1:{web.server_port}"
        thread = threading.Thread(target=web.serve_forever, args=[0.02])
        thread.start()
        try:
            yield server
        finally:
            web.shutdown()
            thread.join()


def rendered(template: str, link: str) -> str:
    """What Go makes of a template that holds strings and listmonk's functions, nothing else."""
    action = re.compile(r'\{\{ (?:(Safe) )?("(?:[^"\\]|\\.)*"|UnsubscribeURL) \}\}')
    left = action.sub("", template).replace("?manage=true", "")
    assert left == "", left
    return action.sub(
        lambda one: link if one[2] == "UnsubscribeURL" else json.loads(one[2]), template
    )
