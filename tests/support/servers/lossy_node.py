"""A node that dies whenever something is to be changed: it is done, and nobody is told."""

from __future__ import annotations

import contextlib
import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class LossyNode(ThreadingHTTPServer):
    """Passes requests to a server of this machine, and closes each POST's connection unanswered.

    Attributes:
        lost: the paths of those requests, in their order.
    """

    daemon_threads = True

    def __init__(self, upstream: int) -> None:
        super().__init__(("127.0.0.1", 0), _Node)
        self.upstream, self.lost = upstream, list[str]()


class _Node(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: LossyNode

    def do_GET(self) -> None:
        status, body = self._answer()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self._answer()
        self.server.lost.append(self.path)
        self.close_connection = True

    def _answer(self) -> tuple[int, bytes]:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = http.client.HTTPConnection("127.0.0.1", self.server.upstream, timeout=60)
        with contextlib.closing(asked):
            asked.request(self.command, self.path, body, dict(self.headers.items()))
            answer = asked.getresponse()
            return answer.status, answer.read()

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def lossy_node(upstream: int) -> Iterator[LossyNode]:
    """Run such a node before the server at this port."""
    node = LossyNode(upstream)
    thread = threading.Thread(target=node.serve_forever, daemon=True)
    thread.start()
    try:
        yield node
    finally:
        node.shutdown()
        node.server_close()
        thread.join()
