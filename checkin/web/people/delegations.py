"""The pages of a delegation for its coordinator: places, reserve list, people and arrivals."""

from __future__ import annotations

from flask import redirect, request

from checkin.domain.board.figures import together
from checkin.services.gates.leases import lent_to
from checkin.services.people.arrivals import PartOfDelegation, people_of
from checkin.services.people.delegations import reserve_list
from checkin.services.people.figures import (
    figures_of_delegations,
    figures_seen,
    kept_for_gates,
    places_left,
)
from checkin.services.people.registering.unchecked import unchecked_by_delegation
from checkin.services.people.reserve_list import moves_up_until
from checkin.web.people.listing import listed_people
from checkin.web.site.addressing.addresses import asked_turn
from checkin.web.site.visits import (
    REGISTRARS,
    Answer,
    DelegationVisit,
    EventVisit,
    pages,
    visited_by,
)

bp = pages(__name__)

#: of a reserve list: who comes next is seen at once, and the list of people has the others
FIRST_WAITING = 20


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
        "people/delegations/delegations.html",
        delegations=found,
        left=places_left(session, event.id, visit.now),
        to_check=sum(of.all for of in unchecked_by_delegation(session, event.id).values()),
        together=together(each.figures for each in found),
    )


@bp.get("/events/<slug>/delegations/<int:delegation_id>")
@visited_by(REGISTRARS)
def show(visit: DelegationVisit) -> Answer:
    """Show a delegation's places, reserve list and people, filtered as the address says."""
    session, own, by_coordinator = visit.session, visit.delegation, visit.by_coordinator
    figures, left = figures_seen(session, own, visit.now, by_coordinator=by_coordinator)
    return visit.show(
        "people/delegations/delegation.html",
        figures=figures,
        left=left,
        kept=kept_for_gates(session, own),
        reserve=reserve_list(session, own, by_coordinator=by_coordinator, most=FIRST_WAITING),
        moves_up_until=moves_up_until(visit.event),
        reserve_from=visit.reserve_from,
        lent=lent_to(session, visit.event.id, visit.now),
        **listed_people(visit, own),
    )


@bp.get("/events/<slug>/delegations/<int:delegation_id>/arrivals")
@visited_by(REGISTRARS)
def arrivals(visit: DelegationVisit) -> Answer:
    """Show who has not arrived, or who has, with phone numbers, as pages to print."""
    session, own, by_coordinator = visit.session, visit.delegation, visit.by_coordinator
    figures, _left = figures_seen(session, own, visit.now, by_coordinator=by_coordinator)
    asked = request.args.get("show", "")
    shown = PartOfDelegation(asked) if asked in set(PartOfDelegation) else PartOfDelegation.MISSING
    people = people_of(
        session, own, shown, asked_turn(), day=visit.today, by_coordinator=by_coordinator
    )
    return visit.show(
        "people/delegations/delegation_arrivals.html",
        figures=figures,
        shown=shown,
        people=people,
        now=visit.now,
    )
