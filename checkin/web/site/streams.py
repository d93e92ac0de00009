"""Server-sent events, for boards and devices alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from flask import Response
from sqlalchemy.exc import SQLAlchemyError

from checkin.db.faults import outage_of
from checkin.errors import Unavailable
from checkin.services.board.live import LiveHub, TooManyStreams
from checkin.services.board.stream_readers import Reader

EVENT_STREAM = "text/event-stream"
#: a comment, which clients do not even see; and an event, by which a page knows that all is well
COMMENT = ": still here\n\n"
BEAT = "event: beat\ndata: 1\n\n"


#: how often a stream checks whether it has ended by the time alone
ASK_EVERY_S = 10.0


def stream_of(
    hub: LiveHub,
    view: str,
    event_id: int,
    reader: Reader,
    *,
    heartbeat: str = COMMENT,
    while_allowed: Callable[[], bool] = lambda: True,
) -> Response:
    """Stream a view of an event as server-sent events, until the client disconnects.

    It ends within a second after its reader was revoked or has signed out.

    Args:
        while_allowed: called now and then, for what ends by the time alone; False ends the stream.

    Raises:
        Unavailable: the largest number of streams is open already, of all accounts or of this one;
            the client polls instead.
    """
    with ExitStack() as stack:
        try:
            bodies = stack.enter_context(hub.subscribe(view, event_id, reader))
        except TooManyStreams:
            raise Unavailable("too many boards are open: ask for the counts instead") from None
        leaving = stack.pop_all()
    response = Response(
        _events(view, _allowed(bodies, while_allowed), heartbeat), mimetype=EVENT_STREAM
    )
    response.call_on_close(leaving.close)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _events(name: str, bodies: Iterator[str | None], heartbeat: str) -> Iterator[str]:
    prefix = "retry: 2000\n"  # a part of the first event: alone it would look like an empty one
    for body in bodies:
        yield prefix + (f"event: {name}\ndata: {body}\n\n" if body else heartbeat)
        prefix = ""


def _allowed(
    bodies: Iterator[str | None], while_allowed: Callable[[], bool]
) -> Iterator[str | None]:
    asked = time.monotonic()
    for body in bodies:
        if time.monotonic() - asked >= ASK_EVERY_S:
            if not _is_allowed(while_allowed):
                return
            asked = time.monotonic()
        yield body


def _is_allowed(ask: Callable[[], bool]) -> bool:
    """Ask, and go on for now where the database cannot serve: nothing new is read there either."""
    try:
        return ask()
    except SQLAlchemyError as fault:
        if outage_of(fault) is None:
            raise
        return True
