"""The call list: whom no channel has reached, by bus, with what came of each call."""

from __future__ import annotations

from itertools import groupby

from flask import redirect, request

from checkin.db.models import Bus, CallResult
from checkin.services.channels.calls import ToCall, call_counts, people_to_call, record_call
from checkin.web.site.numbers import row_number
from checkin.web.site.visits import (
    REGISTRARS,
    Answer,
    DelegationVisit,
    EventVisit,
    pages,
    visited_by,
)

bp = pages(__name__)

PAGE_SIZE = 100


@bp.get("/events/<slug>/calls")
@visited_by(REGISTRARS)
def index(visit: EventVisit) -> Answer:
    """List the delegations with how many are to be called; a coordinator gets their own list."""
    own = visit.own_delegation
    lists = call_counts(visit.session, visit.event, own, seen_at=visit.now if own else None)
    return visit.show("channels/calls_of_all.html", lists=lists)


@bp.get("/events/<slug>/delegations/<int:delegation_id>/calls")
@visited_by(REGISTRARS)
def show(visit: DelegationVisit) -> Answer:
    """Show whom to call, bus by bus; with ?show=all those, too, who have answered."""
    everybody, number = request.args.get("show") == "all", _page_number()
    people = people_to_call(
        visit.session,
        visit.event,
        visit.delegation,
        limit=PAGE_SIZE + 1,
        offset=(number - 1) * PAGE_SIZE,
        only_open=not everybody,
        seen_at=visit.seen_at,
    )
    [counts] = call_counts(visit.session, visit.event, visit.delegation.id, seen_at=visit.seen_at)
    return visit.show(
        "channels/calls.html",
        people=people[:PAGE_SIZE],
        groups=_by_bus(people[:PAGE_SIZE]),
        counts=counts,
        everybody=everybody,
        number=number,
        more=len(people) > PAGE_SIZE,
    )


@bp.post("/events/<slug>/delegations/<int:delegation_id>/calls/<int:participant_id>")
@visited_by(REGISTRARS)
def record(visit: DelegationVisit, participant_id: int) -> Answer:
    """Write down what came of a call; an empty result takes it back."""
    said = request.form.get("result", "")
    if said in ("", *CallResult):
        result = CallResult(said) if said else None
        visit.write(lambda v: record_call(v.session, v.delegation, participant_id, result, **v.who))
    everybody = "all" if request.args.get("show") == "all" else None
    there = visit.address("calls.show", show=everybody, page=_page_number())
    return redirect(f"{there}#list", 303)


def _page_number() -> int:
    return max(1, request.args.get("page", 1, row_number))


def _by_bus(people: list[ToCall]) -> list[tuple[Bus | None, list[ToCall]]]:
    groups = groupby(people, key=lambda one: one.bus.id if one.bus else None)
    listed = [list(group) for _bus, group in groups]
    return [(group[0].bus, group) for group in listed]
