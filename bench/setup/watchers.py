"""Simulate open boards in a separate process: read the stream at PATH of PORT COUNT times at once.

Each COOKIE is an operator's session; the streams are theirs by turns. Says "ready" once every
stream has sent its first board, then reads until its input ends, and writes how many boards and how
many bytes came in.
"""

from __future__ import annotations

import selectors
import socket
import sys


def opened(port: int, path: str, cookie: str) -> socket.socket:
    stream = socket.create_connection(("127.0.0.1", port), timeout=60)
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n"
    stream.sendall(head.encode())
    return stream


def main() -> None:
    port, count, path, cookies = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ)
    for at in range(count):
        cookie = cookies[at % len(cookies)]
        selector.register(opened(port, path, cookie), selectors.EVENT_READ)
    begun: set[int] = set()
    boards = size = 0
    while True:
        for key, _ in selector.select():
            if key.fileobj is sys.stdin:
                print(boards, size, flush=True)
                return
            received = key.fileobj.recv(65536)  # type: ignore[union-attr]
            if not received:
                raise ConnectionError("the server closed a stream")
            found = received.count(b"event: board")
            boards += found
            size += len(received)
            if found and len(begun) < count:
                begun.add(key.fd)
                if len(begun) == count:
                    print("ready", flush=True)


if __name__ == "__main__":
    main()
