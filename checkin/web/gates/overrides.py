"""The page of overrides: whom supervisors let in against the rules, why, where and when."""

from __future__ import annotations

from checkin.domain.scanning.messages import refusal_message
from checkin.domain.scanning.reasons import REASONS
from checkin.services.scanning.overrides import overrides_of
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by

bp = pages(__name__)


@bp.get("/events/<slug>/overrides")
@visited_by(STAFF)
def index(visit: EventVisit) -> Answer:
    """List an event's overrides, the latest first."""
    return visit.show(
        "gates/overrides.html",
        overrides=overrides_of(visit.session, visit.event.id),
        reasons={row.reason: refusal_message(row.reason, visit.language) for row in REASONS},
    )
