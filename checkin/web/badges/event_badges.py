"""The page of all badges of an event: sheets to print, delegation by delegation."""

from __future__ import annotations

from checkin.services.badges.specs import badges_by_delegation
from checkin.services.limits.rules import SHEETS
from checkin.web.jobs.asking import ask_for
from checkin.web.site.designs import asked_design
from checkin.web.site.refusals.limits import by_operator, limited
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by
from checkin.worker.work.badge_sheets import BADGE_SHEETS

bp = pages(__name__)


@bp.get("/events/<slug>/badges")
@visited_by(STAFF)
def show(visit: EventVisit) -> Answer:
    """Show how many badges each delegation has."""
    lines = badges_by_delegation(visit.session, visit.event)
    return visit.show(
        "badges/event_badges.html", lines=lines, total=sum(count for _, count in lines)
    )


@bp.post("/events/<slug>/badges.pdf")
@limited(SHEETS, by_operator)
@visited_by(STAFF)
def sheets(visit: EventVisit) -> Answer:
    """Draw sheets with the badges of all confirmed people of the event."""
    return ask_for(visit, BADGE_SHEETS, design=asked_design())
