"""The streams of pages that an operator has open."""

from __future__ import annotations

from flask import Response

from checkin.services.board.stream_readers import session_reader
from checkin.web.site.sessions import current_session_id, still_signed_in
from checkin.web.site.streams import BEAT, stream_of
from checkin.web.site.visits import EventVisit


def stream_to_page(visit: EventVisit, view: str) -> Response:
    """Stream a view of the event until the page is closed or its operator's session ends.

    Raises:
        Unavailable: as `stream_of` does.
    """
    return stream_of(
        visit.server.live,
        view,
        visit.event.id,
        session_reader(current_session_id(), visit.operator.id),
        heartbeat=BEAT,
        while_allowed=still_signed_in(),
    )
