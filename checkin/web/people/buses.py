"""The page of a delegation's buses: leaders, passengers, and the list to print."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from flask import flash, make_response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext

from badges.bus_list import bus_list_pdf
from checkin.db.models import Bus
from checkin.domain.people.buses import BusDetails, validate_bus
from checkin.errors import BusFull, Conflict
from checkin.services.common.list_version import next_list_version
from checkin.services.people.bus_leaders import appoint_leaders, leaders_by_bus
from checkin.services.people.buses import (
    BusCount,
    add_bus,
    assign_people,
    bus_counts,
    bus_list,
    bus_of,
    change_bus,
    leave_buses,
    remove_bus,
    riders_of,
)
from checkin.services.people.search import participant_in
from checkin.web.site.json import json_response
from checkin.web.site.numbers import row_number
from checkin.web.site.shared_forms import FormOvertaken, changes_said, refuse_overtaken
from checkin.web.site.visits import (
    COUNTS,
    REGISTRARS,
    Answer,
    DelegationVisit,
    EventVisit,
    pages,
    visited_by,
)
from checkin.words.problems import problem_sentence

bp = pages(__name__)

PAGE_SIZE = 100
_FIELDS = ("bus", "leader", "leader_phone", "seats")


@dataclass(frozen=True)
class Attempt:
    """A bus form as it was sent, with its problems.

    Attributes:
        changed: a sentence for each field that somebody else has changed since it was shown.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    changed: Mapping[str, str] = field(default_factory=dict)


@bp.get("/events/<slug>/delegations/<int:delegation_id>/buses")
@visited_by(REGISTRARS)
def show(visit: DelegationVisit) -> Answer:
    """Show the buses, and the passengers of ?bus= or the people without a bus."""
    return _page(visit, request.args.get("bus", type=row_number))


@bp.post("/events/<slug>/delegations/<int:delegation_id>/buses")
@visited_by(REGISTRARS)
def add(visit: DelegationVisit) -> Answer:
    """Add a bus."""
    return _written(
        visit, None, lambda v, details: add_bus(v.session, v.delegation, details, **v.who)
    )


@bp.post("/events/<slug>/delegations/<int:delegation_id>/buses/<int:bus_id>")
@visited_by(REGISTRARS)
def change(visit: DelegationVisit, bus_id: int) -> Answer:
    """Change a bus."""
    return _written(
        visit, bus_id, lambda v, details: change_bus(v.session, _bus(v, bus_id), details, **v.who)
    )


@bp.post("/events/<slug>/delegations/<int:delegation_id>/buses/<int:bus_id>/remove")
@visited_by(REGISTRARS)
def remove(visit: DelegationVisit, bus_id: int) -> Answer:
    """Delete a bus; its passengers stay registered, without a bus."""
    visit.write(lambda v: remove_bus(v.session, _bus(v, bus_id), **v.who))
    return redirect(visit.address("buses.show"), 303)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/buses/assign")
@visited_by(REGISTRARS)
def assign(visit: DelegationVisit) -> Answer:
    """Assign the selected people to a bus, or to none; all of them or nobody."""
    chosen, here = _chosen(), request.args.get("bus", type=row_number)
    try:
        count = visit.write(lambda v: _assign(v, chosen, request.form.get("to", 0, int)))
    except BusFull as full:
        words = _(
            "Nobody was moved. Chosen: %(chosen)s; seats left in the bus: %(left)s.",
            chosen=len(chosen),
            left=full.seats_left,
        )
        return _page(visit, here, full=words, chosen=frozenset(chosen)), 409
    flash(ngettext("%(num)s person moved.", "%(num)s people moved.", count))
    return redirect(visit.address("buses.show", bus=here), 303)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/buses/<int:bus_id>/leaders")
@visited_by(REGISTRARS)
def appoint(visit: DelegationVisit, bus_id: int) -> Answer:
    """Let the selected passengers lead their bus, and nobody else."""
    chosen = _chosen()
    count = visit.write(lambda v: appoint_leaders(v.session, _bus(v, bus_id), chosen, **v.who))
    flash(ngettext("%(num)s person leads this bus.", "%(num)s people lead this bus.", count))
    return redirect(visit.address("buses.show", bus=bus_id), 303)


@bp.get("/events/<slug>/delegations/<int:delegation_id>/buses/<int:bus_id>/list.pdf")
@visited_by(REGISTRARS)
def list_pdf(visit: DelegationVisit, bus_id: int) -> Answer:
    """Return the passenger list for the bus's leader as a PDF."""
    listed = bus_list(visit.session, visit.event, _bus(visit, bus_id), visit.language)
    response = make_response(bus_list_pdf(listed))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="bus-{bus_id}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.get("/events/<slug>/buses/counts")
@visited_by(COUNTS)
def counts(visit: EventVisit) -> Answer:
    """Return passengers and arrivals by bus as JSON, without names of people."""
    found = bus_counts(visit.session, visit.event.id, day=visit.today)
    return json_response([_count_body(one) for one in found])


def _count_body(one: BusCount) -> dict[str, object]:
    return {
        "id": one.bus.id,
        "arrived": one.arrived,
        "passengers": one.passengers,
        "missing": one.missing,
        "complete": one.is_complete,
    }


def _written(
    visit: DelegationVisit,
    bus_id: int | None,
    write: Callable[[DelegationVisit, BusDetails], object],
) -> Answer:
    values = {name: request.form.get(name, "")[:200] for name in _FIELDS}
    details = validate_bus(values)
    if isinstance(details, list):
        problems = tuple(problem_sentence(problem, visit.language) for problem in details)
        return _page(visit, bus_id, attempt=Attempt(values, problems)), 400

    def work(within: DelegationVisit) -> None:
        if bus_id is not None:
            refuse_overtaken(within, values, lambda v: _values(_bus(v, bus_id)))
        write(within, details)

    try:
        visit.write(work)
    except FormOvertaken as fault:
        attempt = Attempt(fault.form.values, changed=changes_said(fault.form))
        return _page(visit, bus_id, attempt=attempt), 409
    except BusFull:
        words = _("More people ride in this bus than it would have seats: move some first.")
        return _page(visit, bus_id, attempt=Attempt(values, (words,))), 409
    except Conflict:
        words = _("There is a bus of this name already: give this one another name.")
        return _page(visit, bus_id, attempt=Attempt(values, (words,))), 409
    return redirect(visit.address("buses.show", bus=bus_id), 303)


def _assign(visit: DelegationVisit, chosen: Sequence[int], bus_id: int) -> int:
    session, event, delegation = visit.session, visit.event, visit.delegation
    if bus_id:
        return assign_people(session, _bus(visit, bus_id), chosen, **visit.who)
    own = [one for one in chosen if participant_in(session, event.id, one, delegation.id)]
    leave_buses(session, own, next_list_version(session, event.id))
    return len(own)


def _chosen() -> list[int]:
    return request.form.getlist("participant", type=row_number)[:PAGE_SIZE]


def _bus(visit: DelegationVisit, bus_id: int) -> Bus:
    return bus_of(visit.session, visit.delegation, bus_id)


def _values(bus: Bus) -> dict[str, str]:
    return {
        "bus": bus.name,
        "leader": bus.leader,
        "leader_phone": bus.leader_phone or "",
        "seats": str(bus.seats),
    }


def _page(
    visit: DelegationVisit,
    bus_id: int | None,
    *,
    attempt: Attempt | None = None,
    full: str = "",
    chosen: frozenset[int] = frozenset(),
) -> str:
    number, session = max(1, request.args.get("page", 1, int)), visit.session
    shown = _bus(visit, bus_id) if bus_id else None
    riders = riders_of(
        session,
        visit.delegation,
        bus_id=shown.id if shown else None,
        limit=PAGE_SIZE + 1,
        offset=(number - 1) * PAGE_SIZE,
    )
    return visit.show(
        "people/buses.html",
        buses=bus_counts(session, visit.event.id, visit.delegation.id, day=visit.today),
        leaders=leaders_by_bus(session, visit.delegation.id),
        shown=shown,
        values=_values(shown) if shown else {},
        riders=riders[:PAGE_SIZE],
        number=number,
        more=len(riders) > PAGE_SIZE,
        attempt=attempt or Attempt(),
        full=full,
        chosen=chosen,
    )
