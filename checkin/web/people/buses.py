"""A delegation's buses: who leads them, who rides in them, the list to print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from badges.bus_list import bus_list_pdf
from checkin.db.engine import in_transaction
from checkin.domain.people.buses import BusDetails, validate_bus
from checkin.errors import BusFull, Conflict
from checkin.services.events.visibility import visible_event
from checkin.services.people.buses import (
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
from checkin.web.site.errors import register_page_errors
from checkin.web.site.event_changes import opened_delegation
from checkin.web.site.json import json_response
from checkin.web.site.languages import page_language
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database
from checkin.words.problems import problem_sentence

bp = Blueprint("buses", __name__)
register_page_errors(bp)

PAGE_SIZE = 100
_FIELDS = ("bus", "leader", "leader_phone", "seats")


@dataclass(frozen=True)
class Attempt:
    """A bus's form as it was sent, and what is wrong with it."""

    values: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


@bp.get("/events/<slug>/delegations/<int:delegation_id>/buses")
def show(slug: str, delegation_id: int) -> ResponseReturnValue:
    """Show the buses, and the people of ?bus= or those without any."""
    return _page(slug, delegation_id)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/buses")
def add(slug: str, delegation_id: int) -> ResponseReturnValue:
    """Add a bus."""
    return _write_bus(slug, delegation_id, add_bus)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/buses/<int:bus_id>")
def change(slug: str, delegation_id: int, bus_id: int) -> ResponseReturnValue:
    """Change a bus."""

    def work(session: Session, delegation: Any, details: BusDetails, **who: Any) -> None:
        change_bus(session, bus_of(session, delegation, bus_id), details, **who)

    return _write_bus(slug, delegation_id, work, bus_id)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/buses/<int:bus_id>/remove")
def remove(slug: str, delegation_id: int, bus_id: int) -> ResponseReturnValue:
    """Take a bus away; its people are without one."""

    def work(session: Session) -> None:
        _event, delegation = opened_delegation(session, slug, delegation_id)
        remove_bus(session, bus_of(session, delegation, bus_id), **_who())

    in_transaction(database(), work)
    return redirect(url_for("buses.show", slug=slug, delegation_id=delegation_id), 303)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/buses/assign")
def assign(slug: str, delegation_id: int) -> ResponseReturnValue:
    """Seat the chosen people in a bus, or in none; all of them or nobody."""
    chosen = request.form.getlist("participant", type=int)[:PAGE_SIZE]
    bus_id = request.form.get("to", 0, int)

    def work(session: Session) -> int:
        event, delegation = opened_delegation(session, slug, delegation_id)
        if bus_id:
            bus = bus_of(session, delegation, bus_id)
            return assign_people(session, bus, chosen, **_who())
        own = [one for one in chosen if participant_in(session, event.id, one, delegation.id)]
        leave_buses(session, own)
        return len(own)

    try:
        count = in_transaction(database(), work)
    except BusFull as full:
        words = _(
            "Nobody was moved: you chose %(chosen)s people and the bus has %(left)s seats left.",
            chosen=len(chosen),
            left=full.seats_left,
        )
        return _page(slug, delegation_id, full=words, chosen=frozenset(chosen)), 409
    flash(ngettext("%(num)s person moved.", "%(num)s people moved.", count))
    here = request.args.get("bus", type=int)
    return redirect(url_for("buses.show", slug=slug, delegation_id=delegation_id, bus=here), 303)


@bp.get("/events/<slug>/delegations/<int:delegation_id>/buses/<int:bus_id>/list.pdf")
def list_pdf(slug: str, delegation_id: int, bus_id: int) -> ResponseReturnValue:
    """Return the list that the bus's leader ticks."""
    with database().read() as session:
        event, delegation = opened_delegation(session, slug, delegation_id)
        listed = bus_list(session, event, bus_of(session, delegation, bus_id), page_language())
    response = make_response(bus_list_pdf(listed))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="bus-{bus_id}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.get("/events/<slug>/buses/counts")
def counts(slug: str) -> ResponseReturnValue:
    """Answer with passengers and arrivals by bus, for boards; no names of people."""
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        found = bus_counts(session, event.id)
    return json_response(
        [{"id": one.bus.id, "arrived": one.arrived, "passengers": one.passengers} for one in found]
    )


def _write_bus(
    slug: str, delegation_id: int, write: Callable[..., object], bus_id: int | None = None
) -> ResponseReturnValue:
    values = {name: request.form.get(name, "")[:200] for name in _FIELDS}
    details = validate_bus(values)
    if isinstance(details, list):
        problems = tuple(problem_sentence(problem, page_language()) for problem in details)
        return _page(slug, delegation_id, attempt=Attempt(values, problems)), 400

    def work(session: Session) -> None:
        _event, delegation = opened_delegation(session, slug, delegation_id)
        write(session, delegation, details, **_who())

    try:
        in_transaction(database(), work)
    except BusFull:
        words = _("More people ride in this bus than it would have seats: move some first.")
        return _page(slug, delegation_id, attempt=Attempt(values, (words,))), 409
    except Conflict:
        words = _("There is a bus of this name already: give this one another name.")
        return _page(slug, delegation_id, attempt=Attempt(values, (words,))), 409
    return redirect(url_for("buses.show", slug=slug, delegation_id=delegation_id, bus=bus_id), 303)


def _who() -> dict[str, Any]:
    return {"now": datetime.now(UTC), "operator_id": current_operator().id}


def _page(
    slug: str,
    delegation_id: int,
    *,
    attempt: Attempt | None = None,
    full: str = "",
    chosen: frozenset[int] = frozenset(),
) -> str:
    number = max(1, request.args.get("page", 1, int))
    with database().read() as session:
        event, delegation = opened_delegation(session, slug, delegation_id)
        shown_id = (request.view_args or {}).get("bus_id") or request.args.get("bus", type=int)
        shown = bus_of(session, delegation, shown_id) if shown_id else None
        riders = riders_of(
            session,
            delegation,
            bus_id=shown.id if shown else None,
            limit=PAGE_SIZE + 1,
            offset=(number - 1) * PAGE_SIZE,
        )
        return render_template(
            "people/buses.html",
            event=event,
            delegation=delegation,
            buses=bus_counts(session, event.id, delegation.id),
            shown=shown,
            riders=riders[:PAGE_SIZE],
            number=number,
            more=len(riders) > PAGE_SIZE,
            attempt=attempt or Attempt(),
            full=full,
            chosen=chosen,
        )
