"""Open boards, a process of its own: reads PORT's live stream COUNT times at once with TOKEN.

Says "ready" once every stream has sent its first counts, then reads until its input ends, and
writes how many counts came in.
"""

from __future__ import annotations

import selectors
import socket
import sys


def opened(port: int, token: str) -> socket.socket:
    stream = socket.create_connection(("127.0.0.1", port), timeout=60)
    head = f"GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
    stream.sendall(head.encode())
    return stream


def main() -> None:
    port, count, token = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ)
    for _ in range(count):
        selector.register(opened(port, token), selectors.EVENT_READ)
    begun: set[int] = set()
    counts = 0
    while True:
        for key, _ in selector.select():
            if key.fileobj is sys.stdin:
                print(counts, flush=True)
                return
            received = key.fileobj.recv(65536)  # type: ignore[union-attr]
            if not received:
                raise ConnectionError("the server closed a stream")
            found = received.count(b"event: counts")
            counts += found
            if found and len(begun) < count:
                begun.add(key.fd)
                if len(begun) == count:
                    print("ready", flush=True)


if __name__ == "__main__":
    main()
