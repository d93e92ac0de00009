"""A small WSGI application behind the bridge, with little patience and few threads."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from typing import Any

from checkin.web.asgi.bodies import Patience
from checkin.web.asgi.bridge import Bridge
from checkin.web.asgi.threads import ThreadPool

THREADS = 4
PIECE = b"x" * 2**16
PIECES = 400
#: longer than what the bridge and the system's buffers hold of an answer that nobody reads
LONG = len(PIECE) * PIECES
CLOSED: list[str] = []


class Pieces:
    """A long answer, which notes that it was closed."""

    def __init__(self, name: str, pieces: Iterable[bytes]) -> None:
        self._name = name
        self._pieces = iter(pieces)

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def close(self) -> None:
        CLOSED.append(self._name)


def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    name = environ["PATH_INFO"].lstrip("/").replace("-", "_")
    return ROUTES.get(name, echo)(environ, start)


def echo(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    told = {name: value for name, value in environ.items() if isinstance(value, str)}
    body = environ["wsgi.input"].read().decode("latin-1")
    text = json.dumps({"environ": told, "body": body}).encode()
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
    return [text]


def closed(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(CLOSED).encode()]


def sized(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    start("200 OK", [("Content-Length", str(LONG))])
    return Pieces(environ["QUERY_STRING"], (PIECE for _ in range(PIECES)))


def unsized(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "application/octet-stream")])
    return Pieces(environ["QUERY_STRING"], (PIECE for _ in range(PIECES)))


def events(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "text/event-stream")])
    return Pieces(environ["QUERY_STRING"], _endless())


def _endless() -> Iterator[bytes]:
    while True:
        yield b"data: 1\n\n"
        time.sleep(0.02)


def not_modified(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    start("304 NOT MODIFIED", [("ETag", '"1"')])
    return []


def repeated(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    headers = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-Name", "Kh\xe9misset")]
    start("200 OK", headers)
    return [b"ok"]


def written(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    write = start("200 OK", [])
    write(b"first ")
    return [b"second"]


def fault(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    raise ValueError("as asked")


def fault_midway(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    start("200 OK", [])
    yield b"begun"
    raise ValueError("as asked")


def bad_header(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    start("200 OK", [("X-Two-Lines", "a\r\nb: c")])
    return [b"never"]


def slow(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    time.sleep(float(environ["QUERY_STRING"]))
    start("200 OK", [])
    return [b"slept"]


_VIEWS = (
    closed,
    sized,
    unsized,
    events,
    not_modified,
    repeated,
    written,
    fault,
    fault_midway,
    bad_header,
    slow,
)
ROUTES = {view.__name__: view for view in _VIEWS}

served = Bridge(
    app,
    ThreadPool(THREADS, waiting=THREADS),
    patience=Patience(pause_s=1.0, whole_s=3.0),
    stalled_s=1.0,
)
