"""The page that says whether an event is ready, and what is still missing."""

from __future__ import annotations

from checkin.domain.events.readiness import lights_of, worst
from checkin.services.lifecycle.first_steps import steps_of
from checkin.web.events.first_steps import step_names
from checkin.web.events.readiness_words import SIGNS, check_rows, facts_of, light_words
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by

bp = pages(__name__)


@bp.get("/events/<slug>/ready")
@visited_by(STAFF)
def show(visit: EventVisit) -> Answer:
    """Show each check with its light, and whether the event is ready as a whole."""
    facts = facts_of(visit)
    return visit.show(
        "events/readiness.html",
        rows=check_rows(visit, facts),
        whole=worst(lights_of(facts, visit.now)),
        signs=SIGNS,
        lights=light_words(),
        steps=steps_of(visit.session, visit.event, facts, visit.now),
        names=step_names(),
        shown="ready",
    )
