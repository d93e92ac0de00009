"""Run a WSGI application for one request, and send its response as fast as the client takes it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Generator, Iterable
from contextvars import Context
from itertools import chain
from typing import Any

from checkin.web.asgi.environ import Environ

_log = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Awaitable[Any]]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]

#: an answer up to this leaves in one piece: its thread is free however slowly it is read
ONE_PIECE_BYTES = 256 * 2**10


class Answer:
    """The response to one request.

    `advance` and `give_up` run in whichever thread is free, one after the other, and always in the
    same context, so that the application finds its variables again.

    Args:
        send: the `send` of granian's ASGI interface: a message is on its way when it returns, from
            any thread; only when the client is behind must its result be awaited.
        watch: called with this answer when it is sent in pieces, to watch the connection from then
            on and set `gone`.

    Attributes:
        gone: the client has closed the connection.
    """

    def __init__(
        self, app: Wsgi, environ: Environ, send: Send, watch: Callable[[Answer], object]
    ) -> None:
        self.gone = False
        self._app = app
        self._environ = environ
        self._send = send
        self._watch = watch
        self._status = ""
        self._headers: list[tuple[str, str]] = []
        self._written: list[bytes] = []
        self._begun = False
        self._context = Context()
        self._steps = self._sent()

    def advance(self) -> Awaitable[Any] | None:
        """Send the response until it is complete, or until the client has to catch up.

        Returns:
            An awaitable to await before the next `advance`; None at the end.
        """
        try:
            return self._context.run(next, self._steps, None)
        except Exception:
            self._report_fault()
            return None

    def give_up(self) -> None:
        """Close the unfinished response, because its client does not read on."""
        try:
            self._context.run(self._steps.close)
        except Exception:
            self._report_fault()

    def _sent(self) -> Generator[Awaitable[Any], None, None]:
        pieces = self._app(self._environ, self._start)
        try:
            rest = iter(pieces)
            # A generator says how its answer begins only when it is asked for the first piece.
            piece = next(rest, b"")
            first = b"".join([*self._written, piece])
            if self._length() <= ONE_PIECE_BYTES:
                self._send_whole(b"".join([first, *rest]))
            else:
                yield from self._send_in_pieces(chain((first,), rest))
        finally:
            if close := getattr(pieces, "close", None):
                close()

    def _start(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], object]:
        if exc_info and self._begun:
            raise exc_info[1]
        self._status, self._headers = status, headers
        return self._written.append

    def _length(self) -> float:
        lengths = [value for name, value in self._headers if name.lower() == "content-length"]
        return int(lengths[0]) if lengths else float("inf")

    def _send_whole(self, body: bytes) -> None:
        self._begin()
        self._send({"type": "http.response.body", "body": body, "more_body": False})

    def _send_in_pieces(self, pieces: Iterable[bytes]) -> Generator[Awaitable[Any], None, None]:
        self._begin()
        self._watch(self)
        for piece in filter(None, pieces):
            sent = self._send({"type": "http.response.body", "body": piece, "more_body": True})
            if not _is_sent(sent):
                yield sent
            if self.gone:
                return
        self._send({"type": "http.response.body", "body": b"", "more_body": False})

    def _begin(self) -> None:
        headers = [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in self._headers]
        status = int(self._status.partition(" ")[0])
        self._send({"type": "http.response.start", "status": status, "headers": headers})
        self._begun = True

    def _report_fault(self) -> None:
        _log.exception("%(REQUEST_METHOD)s %(PATH_INFO)s", self._environ)
        if not self._begun:
            self._status = "500 Internal Server Error"
            self._headers = [("Content-Type", "text/plain")]
            self._send_whole(b"Internal Server Error")


def _is_sent(sent: Awaitable[Any]) -> bool:
    try:
        next(sent.__await__())
    except StopIteration:
        return True
    return False
