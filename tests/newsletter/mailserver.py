"""A real mail server on loopback that does to each recipient what a test wants."""

import asyncio
import ssl
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


@dataclass
class Post:
    """What came to the server, and what it does.

    `does` maps a recipient to what happens to them, one thing after another; afterwards, and to
    everybody else, mail is accepted:

    * `rcpt 550 5.1.1 …`, `data 451 4.3.0 …`, `from 550 …`: that answer, at that command
    * `break rcpt`: the line breaks before any content
    * `lose`: the line breaks after the content, which is thrown away
    * `swallow`: the content is accepted, and the line breaks before the server says so
    * `hang up`: the line breaks right after the server said so
    """

    does: Mapping[str, Iterable[str]] = field(default_factory=dict)
    seen: Callable[[str, int], object] = lambda _recipient, _number: None
    messages: defaultdict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    accepted: int = 0
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    port: int = 0
    stop_listening: Callable[[], object] = lambda: None

    def __post_init__(self) -> None:
        self._todo = {recipient: list(things) for recipient, things in self.does.items()}

    def next_thing(self, recipient: str, *starts: str) -> str:
        """What is to happen to a recipient now, if it begins with one of `starts`."""
        todo = self._todo.get(recipient) or self._todo.get("*") or [""]
        return todo.pop(0) if todo[0].startswith(starts) and todo[0] else ""

    # --- aiosmtpd's hooks ---------------------------------------------------------------------

    async def handle_EHLO(self, _server, session, _envelope, hostname, responses):  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, _server, _session, envelope, address, _options):  # noqa: N802
        envelope.mail_from = address
        self.commands.append(f"MAIL {address}")
        return self.next_thing("*", "from ")[5:] or "250 OK"

    async def handle_RCPT(self, server, _session, envelope, address, _options):  # noqa: N802
        self.commands.append(f"RCPT {address}")
        thing = self.next_thing(address, "rcpt ", "break rcpt")
        if thing == "break rcpt":
            server.transport.abort()
        if thing.startswith("rcpt "):
            return thing[5:]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        (recipient,) = envelope.rcpt_tos
        thing = self.next_thing(recipient, "data ", "lose", "swallow", "hang up")
        if thing.startswith("data "):
            return thing[5:]
        if thing == "lose":
            server.transport.abort()
            return "250 never heard"
        self.messages[recipient].append(envelope.original_content)
        self.accepted += 1
        if thing == "swallow":
            server.transport.abort()
        self.seen(recipient, self.accepted)
        if thing == "hang up":
            asyncio.get_running_loop().call_soon(server.transport.close)
        return "250 2.0.0 queued"

    def authenticate(self, _server, _session, _envelope, _mechanism, data):
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"secret", handled=False)


@contextmanager
def serving(post: Post, tls: ssl.SSLContext | None = None, *, implicit=False, port=0):
    """Serve while the block runs, on a free port if none is given; its number is `post.port`."""
    loop = asyncio.new_event_loop()

    def protocol():
        return SMTP(
            post,
            hostname="mail.example",
            loop=loop,
            tls_context=None if implicit else tls,
            require_starttls=bool(tls) and not implicit,
            authenticator=post.authenticate,
            auth_require_tls=not implicit,
        )

    async def start():
        return await loop.create_server(protocol, "127.0.0.1", port, ssl=tls if implicit else None)

    server = loop.run_until_complete(start())
    post.port = server.sockets[0].getsockname()[1]
    post.stop_listening = server.close
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield post
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(_ended(loop))
        loop.close()


async def _ended(loop):
    """Let the connections that are open end without a warning."""
    own = asyncio.current_task(loop)
    others = [task for task in asyncio.all_tasks(loop) if task is not own]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@dataclass
class FakeClock:
    """A clock that a test moves; who sleeps moves it, too."""

    time: float
    slept: list[float] = field(default_factory=list)
    stop: bool = False
    while_asleep: Callable[[], object] = lambda: None

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        if seconds:
            self.slept.append(round(seconds, 3))
            self.while_asleep()
        self.time += seconds

    def stopped(self) -> bool:
        return self.stop
