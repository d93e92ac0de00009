"""Servers of others on this machine, each doing what it is told, for what calls them."""

from __future__ import annotations

import contextlib
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Heard:
    """A request that a server has had."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Answering = Callable[["Handler", Heard], None]


@dataclass
class OtherServer:
    """A server on 127.0.0.1, with all that it has heard."""

    port: int
    scheme: str = "http"
    heard: list[Heard] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.port}"


class Handler(BaseHTTPRequestHandler):
    """Answers by the function that the server was given."""

    protocol_version = "HTTP/1.1"

    def answer(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        """Answer whole; underscores in names stand for hyphens."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self) -> None:
        """Close the connection without an answer."""
        self.close_connection = True

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        told = {name.lower(): value for name, value in self.headers.items()}
        heard = Heard(self.command, self.path, told, body)
        self.server.about.heard.append(heard)  # type: ignore[attr-defined]
        with contextlib.suppress(OSError):  # whoever called has gone
            self.server.answering(self, heard)  # type: ignore[attr-defined]

    do_GET = do_POST = _handle  # noqa: N815 - http.server looks for these names

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_about: object) -> None:
        """Say nothing of callers that have gone."""


@contextlib.contextmanager
def other_server(answering: Answering, tls: ssl.SSLContext | None = None) -> Iterator[OtherServer]:
    """Run a server of somebody else while the block lasts."""
    server = _Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    about = OtherServer(server.server_address[1], "https" if tls else "http")
    server.about, server.answering = about, answering  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield about
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
