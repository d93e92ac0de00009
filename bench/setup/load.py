"""The load generator, a process of its own: raw sockets kept alive, one request at a time on each.

Reads a plan as JSON on standard input: `port`, `path`, `tokens` (one per connection) and `bodies`
(taken by whichever connection is free). Writes what it measured as JSON on standard output.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass
class Connection:
    """One kept-alive connection and the request that it waits for."""

    stream: socket.socket
    head: bytes
    asked_at: float = 0.0
    received: bytearray = field(default_factory=bytearray)

    def ask(self, body: bytes) -> None:
        self.received.clear()
        self.asked_at = time.perf_counter()
        self.stream.sendall(self.head % len(body) + body)

    def reply(self) -> tuple[int, bytes] | None:
        """Read what is there; return status and body once the reply is whole."""
        part = self.stream.recv(65536)
        if not part:
            raise ConnectionError("the server closed a connection")
        self.received += part
        head, blank, body = bytes(self.received).partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not blank or length is None or len(body) < int(length[1]):
            return None
        return int(head[9:12]), body


def connect(port: int, path: str, token: str) -> Connection:
    stream = socket.create_connection(("127.0.0.1", port), timeout=60)
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    )
    return Connection(stream, head.encode())


def drive(connections: list[Connection], bodies: list[bytes]) -> dict[str, object]:
    """Send every body once and measure each from the first byte sent to the last received."""
    waiting, times = iter(bodies), []
    statuses: Counter[int] = Counter()
    admitted, open_requests = 0, 0
    selector = selectors.DefaultSelector()
    started, cpu = time.perf_counter(), time.process_time()
    for connection in connections:
        selector.register(connection.stream, selectors.EVENT_READ, connection)
        if (body := next(waiting, None)) is not None:
            connection.ask(body)
            open_requests += 1
    while open_requests:
        for key, _ in selector.select():
            reply = key.data.reply()
            if reply is None:
                continue
            times.append(time.perf_counter() - key.data.asked_at)
            statuses[reply[0]] += 1
            admitted += b'"status":"ok"' in reply[1]
            if (body := next(waiting, None)) is not None:
                key.data.ask(body)
            else:
                open_requests -= 1
    return {
        "seconds": time.perf_counter() - started,
        "load_cpu_s": time.process_time() - cpu,
        "times_ms": [round(t * 1000, 3) for t in times],
        "statuses": dict(statuses),
        "admitted": admitted,
    }


def main() -> None:
    plan = json.load(sys.stdin)
    bodies = [json.dumps(body).encode() for body in plan["bodies"]]
    connections = [connect(plan["port"], plan["path"], token) for token in plan["tokens"]]
    json.dump(drive(connections, bodies), sys.stdout)


if __name__ == "__main__":
    main()
