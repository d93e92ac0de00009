"""The overview, the first page after signing in: the events, and the pages of each."""

from __future__ import annotations

from checkin.services.board.live_counts import live_counts
from checkin.services.events.days import today
from checkin.services.events.visibility import keeps_too_long, visible_events
from checkin.services.scanning.conflicts import waiting_conflicts
from checkin.web.site.visits import EVERYBODY, Answer, Visit, pages, visited_by

bp = pages(__name__)


@bp.get("/")
@visited_by(EVERYBODY)
def show(visit: Visit) -> Answer:
    """List the events with the pages that the operator may open."""
    events = visible_events(visit.session, visit.operator)
    session, now = visit.session, visit.now
    counts = {
        event.id: live_counts(session, event.id, day=today(session, event.id, now))
        for event in events
    }
    return visit.show(
        "overview.html",
        events=events,
        counts=counts,
        conflicts=waiting_conflicts(session, counts),
        overdue={event.id for event in events if keeps_too_long(event, visit.now)},
    )
