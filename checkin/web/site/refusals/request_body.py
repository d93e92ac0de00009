"""Read a refused request's body to its end, because the client reads the response only then."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

#: shorter bodies have been sent completely before the response is
_SHORT_BYTES = 64 * 2**10
#: a longer body is not read to its end: the connection is closed
LONGEST_READ_BYTES = 64 * 2**20
_PIECE_BYTES = 256 * 2**10


def drain_request_body(app: Wsgi) -> Wsgi:
    """Make `app` read the rest of a long request body, and discard it, before it responds.

    Without this the connection is reset while the client is still sending: many programs and
    browsers then report a broken connection, and never the 413 or 401 that was the reason.
    """

    def drained(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer = app(environ, start_response)
        if _is_long(environ):
            _drain(environ["wsgi.input"])
        return answer

    return drained


def _is_long(environ: dict[str, Any]) -> bool:
    if "HTTP_TRANSFER_ENCODING" in environ:
        return True
    length = environ.get("CONTENT_LENGTH") or "0"
    return length.isdigit() and int(length) > _SHORT_BYTES


def _drain(body: Any) -> None:
    length = 0
    while length < LONGEST_READ_BYTES and (piece := body.read(_PIECE_BYTES)):
        length += len(piece)
