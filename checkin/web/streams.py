"""Server-sent events of live counts, for boards and devices alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from flask import Response

from checkin.errors import Unavailable
from checkin.services.live import LiveHub, TooManyStreams


def count_stream(hub: LiveHub, event_id: int) -> Response:
    """Stream an event's counts until the other side goes away.

    Raises:
        Unavailable: every place for a stream is taken; the asker polls instead.
    """
    with ExitStack() as stack:
        try:
            bodies = stack.enter_context(hub.subscribe(event_id))
        except TooManyStreams:
            raise Unavailable("too many boards are open: ask for the counts instead") from None
        leaving = stack.pop_all()
    response = Response(_events(bodies), mimetype="text/event-stream")
    response.call_on_close(leaving.close)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _events(bodies: Iterator[str | None]) -> Iterator[str]:
    yield "retry: 2000\n\n"
    for body in bodies:
        yield f"event: counts\ndata: {body}\n\n" if body else ": still here\n\n"
