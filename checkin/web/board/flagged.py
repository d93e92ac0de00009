"""The open pages that flags name: each is told of arrivals as they happen, or are heard of."""

from __future__ import annotations

from flask import abort
from flask_babel import gettext as _

from checkin.services.board.flagged import flagged_arrivals, pages_of
from checkin.web.board.body import flagged_body
from checkin.web.board.streaming import stream_to_page
from checkin.web.board.words import state_words
from checkin.web.site.json import json_response
from checkin.web.site.state import FLAGGED
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by

bp = pages(__name__)


@bp.get("/events/<slug>/arrivals/pages/<path:page>")
@visited_by(STAFF)
def show(visit: EventVisit, page: str) -> Answer:
    """Show the latest arrivals of people with a flag that names this page."""
    if page not in pages_of(visit.session, visit.event.id):
        abort(404)
    arrivals = flagged_arrivals(visit.session, visit.event.id)
    words = {
        "state": state_words(),
        "late": _("came in at {at}, told by the gate at {told_at}"),
        "new": _("({count}) {page}"),
    }
    return visit.show("board/flagged.html", page=page, body=flagged_body(arrivals), words=words)


@bp.get("/events/<slug>/arrivals")
@visited_by(STAFF)
def counts(visit: EventVisit) -> Answer:
    """Return the latest arrivals for all pages as JSON, for pages whose stream is broken."""
    return json_response(flagged_body(flagged_arrivals(visit.session, visit.event.id)))


@bp.get("/events/<slug>/arrivals/live")
@visited_by(STAFF)
def live(visit: EventVisit) -> Answer:
    """Stream the latest arrivals for all pages."""
    return stream_to_page(visit, FLAGGED)
