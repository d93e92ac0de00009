"""Hear a sender out: who still writes a body that was refused would not read why it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

#: shorter bodies have left the sender before the answer does
_SHORT_BYTES = 64 * 2**10
#: whoever sends more than this is cut off
LONGEST_HEARD_BYTES = 64 * 2**20
_PIECE_BYTES = 256 * 2**10


def drain_request_body(app: Wsgi) -> Wsgi:
    """Read to its end, and throw away, what `app` left unread of a long body before it is answered.

    Without this the connection is reset under a sender that is at its third megabyte: many programs
    and browsers then tell of a broken connection, and never of the 413 or 401 behind it.
    """

    def heard(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer = app(environ, start_response)
        if _is_long(environ):
            _read_out(environ["wsgi.input"])
        return answer

    return heard


def _is_long(environ: dict[str, Any]) -> bool:
    if "HTTP_TRANSFER_ENCODING" in environ:
        return True
    length = environ.get("CONTENT_LENGTH") or "0"
    return length.isdigit() and int(length) > _SHORT_BYTES


def _read_out(body: Any) -> None:
    heard = 0
    while heard < LONGEST_HEARD_BYTES and (piece := body.read(_PIECE_BYTES)):
        heard += len(piece)
