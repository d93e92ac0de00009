"""The pages of a delegation for its coordinator: places, reserve list, people and arrivals."""

from __future__ import annotations

from flask import redirect, request

from checkin.domain.board.figures import together
from checkin.services.gates.leases import lent_to
from checkin.services.people.arrivals import people_of
from checkin.services.people.delegations import reserve_list
from checkin.services.people.figures import (
    figures_of_delegations,
    figures_seen,
    kept_for_gates,
    places_left,
)
from checkin.services.people.reserve_list import moves_up_until
from checkin.services.people.search import participant_page
from checkin.services.people.unchecked import unchecked_by_delegation
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
    session, event = visit.session, visit.event
    found = sorted(
        figures_of_delegations(session, event.id, day=visit.today), key=lambda each: each.name
    )
    return visit.show(
        "people/delegations.html",
        delegations=found,
        left=places_left(session, event.id, visit.now),
        to_check=sum(of.all for of in unchecked_by_delegation(session, event.id).values()),
        together=together(each.figures for each in found),
    )


@bp.get("/events/<slug>/delegations/<int:delegation_id>")
@visited_by(REGISTRARS)
def show(visit: DelegationVisit) -> Answer:
    """Show a delegation's places, reserve list and people; ?q= searches them by name."""
    text, number = request.args.get("q", "")[:200], request.args.get("page", 1, int)
    session, own, by_coordinator = visit.session, visit.delegation, visit.by_coordinator
    figures, left = figures_seen(session, own, visit.now, by_coordinator=by_coordinator)
    return visit.show(
        "people/delegation.html",
        figures=figures,
        left=left,
        kept=kept_for_gates(session, own),
        reserve=reserve_list(session, own, by_coordinator=by_coordinator),
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
    session, own, by_coordinator = visit.session, visit.delegation, visit.by_coordinator
    figures, _left = figures_seen(session, own, visit.now, by_coordinator=by_coordinator)
    return visit.show(
        "people/delegation_arrivals.html",
        figures=figures,
        people=people_of(session, own, day=visit.today, by_coordinator=by_coordinator),
        now=visit.now,
    )
