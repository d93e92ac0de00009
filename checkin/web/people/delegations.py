"""The pages of a delegation for its coordinator: places, reserve list, people and arrivals."""

from __future__ import annotations

from flask import redirect, request

from checkin.services.events.events import delegations_of
from checkin.services.gates.leases import lent_to
from checkin.services.people.delegations import arrivals_of, places_of, reserve_list
from checkin.services.people.reserve_list import moves_up_until
from checkin.services.people.search import participant_page
from checkin.web.site.visits import (
    REGISTRARS,
    Answer,
    DelegationVisit,
    EventVisit,
    pages,
    visited_by,
)

bp = pages(__name__)


@bp.get("/events/<slug>/delegations")
@visited_by(REGISTRARS)
def index(visit: EventVisit) -> Answer:
    """List the delegations with their places; a coordinator is redirected to their own."""
    if own := visit.own_delegation:
        return redirect(visit.address("delegations.show", delegation_id=own))
    session, found = visit.session, delegations_of(visit.session, visit.event)
    lines = [(each, places_of(session, each, visit.now)) for each in found]
    return visit.show("people/delegations.html", lines=lines)


@bp.get("/events/<slug>/delegations/<int:delegation_id>")
@visited_by(REGISTRARS)
def show(visit: DelegationVisit) -> Answer:
    """Show a delegation's places, reserve list and people; ?q= searches them by name."""
    text, number = request.args.get("q", "")[:200], request.args.get("page", 1, int)
    session, own = visit.session, visit.delegation
    return visit.show(
        "people/delegation.html",
        places=places_of(session, own, visit.now),
        reserve=reserve_list(session, own),
        moves_up_until=moves_up_until(visit.event),
        lent=lent_to(session, visit.event.id, visit.now),
        page=participant_page(
            session, visit.event.id, text=text, delegation_id=own.id, page=number
        ),
        text=text,
    )


@bp.get("/events/<slug>/delegations/<int:delegation_id>/arrivals")
@visited_by(REGISTRARS)
def arrivals(visit: DelegationVisit) -> Answer:
    """Show who has arrived and who has not, with phone numbers, as a page to print."""
    found = arrivals_of(visit.session, visit.delegation)
    return visit.show("people/delegation_arrivals.html", arrivals=found, now=visit.now)
