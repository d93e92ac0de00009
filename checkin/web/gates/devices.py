"""The page of gates and devices: pair devices, move them, revoke them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import redirect, request
from flask_babel import gettext as _

from checkin.domain.common.problems import InvalidValue
from checkin.errors import Conflict, InvalidRequest, MarhabaError
from checkin.services.accounts.pins import somebody_has_a_pin
from checkin.services.events.events import categories_of
from checkin.services.gates import returning
from checkin.services.gates.device_reports import ask_to_send_again
from checkin.services.gates.devices import devices_of, gates_of, revoke_device
from checkin.services.gates.gates import categories_of_gates, change_device
from checkin.services.gates.leases import lent_to
from checkin.services.gates.pairings import pairing_progress
from checkin.web.gates.pairing import asked_pairing
from checkin.web.site.addressing.outgoing import address_refusal
from checkin.web.site.json import json_response
from checkin.web.site.numbers import row_number
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by
from checkin.words.problems import problem_advice

bp = pages(__name__)


@bp.get("/events/<slug>/devices")
@visited_by(STAFF)
def show(visit: EventVisit) -> Answer:
    """List the devices, with the form that opens a pairing."""
    return _page(visit)


@bp.post("/events/<slug>/devices/pairing")
@visited_by(STAFF)
def pair(visit: EventVisit) -> Answer:
    """Open a pairing for a gate and show its code, or show again how far one has come."""
    pairing = asked_pairing(visit)
    return _page(visit, pairing=pairing), 201 if pairing.code else 400


@bp.get("/events/<slug>/devices/pairing/<int:number>")
@visited_by(STAFF)
def pairing_state(visit: EventVisit, number: int) -> Answer:
    """Answer how far a pairing has come, for the page that shows its code and waits."""
    return json_response(asdict(pairing_progress(visit.session, visit.event, number, visit.now)))


@bp.post("/events/<slug>/devices/<int:device_id>")
@visited_by(STAFF)
def change(visit: EventVisit, device_id: int) -> Answer:
    """Rename a device, move it to another gate, or say whether it searches and is a help desk."""
    asked: dict[str, Any] = {
        "name": request.form.get("name", ""),
        "gate_id": request.form.get("gate_id", 0, type=row_number),
        "may_search": request.form.get("may_search") == "yes",
        "help_desk": request.form.get("help_desk") == "yes",
    }
    return changed(
        visit,
        f"device-{device_id}",
        lambda v: change_device(v.session, v.event, device_id, **asked, **v.who),
    )


@bp.post("/events/<slug>/devices/<int:device_id>/revoke")
@visited_by(STAFF)
def revoke(visit: EventVisit, device_id: int) -> Answer:
    """Revoke a device."""
    visit.write(lambda v: revoke_device(v.session, v.event, device_id, **v.who))
    visit.server.devices.forget()
    return redirect(visit.address("devices.show"))


@bp.post("/events/<slug>/devices/<int:device_id>/send-again")
@visited_by(STAFF)
def send_again(visit: EventVisit, device_id: int) -> Answer:
    """Have a device send again the scans that it has set aside."""
    visit.write(lambda v: ask_to_send_again(v.session, v.event, device_id, **v.who))
    return redirect(visit.address("devices.show"))


@bp.post("/events/<slug>/devices/returning/<int:number>")
@visited_by(STAFF)
def take_back(visit: EventVisit, number: int) -> Answer:
    """Take back a device that a restore has made unknown."""
    visit.write(lambda v: returning.take_back(v.session, v.event, number, **v.who))
    visit.server.devices.forget()
    return redirect(visit.address("devices.show"))


@bp.post("/events/<slug>/devices/returning/<int:number>/refuse")
@visited_by(STAFF)
def turn_away(visit: EventVisit, number: int) -> Answer:
    """Forget that an unknown device asks to be taken back."""
    visit.write(lambda v: returning.turn_away(v.session, v.event, number, **v.who))
    return redirect(visit.address("devices.show"))


def changed(visit: EventVisit, form: str, change: Callable[[EventVisit], object]) -> Answer:
    """Change a gate or a device; a fault is shown beside the form that was sent."""
    try:
        visit.write(change)
    except (InvalidValue, InvalidRequest, Conflict) as fault:
        said, problem = request.form.get("name", ""), _sentence(visit, fault)
        return _page(visit, refused=form, problem=problem, said=said), 400
    visit.server.devices.forget()  # a moved device's next scan counts at its new gate
    visit.nudge()
    return redirect(visit.address("devices.show"))


def _sentence(visit: EventVisit, fault: MarhabaError) -> str:
    if isinstance(fault, InvalidValue):
        return problem_advice(fault.in_column("name"), visit.language)
    if isinstance(fault, Conflict):
        return str(_("This name is taken, or the device was revoked: reload the page and look."))
    return str(_("Write a name of 1 to 120 characters."))


def _page(visit: EventVisit, **more: object) -> str:
    session, event = visit.session, visit.event
    return visit.show(
        "gates/devices.html",
        devices=devices_of(session, event.id, visit.now),
        returning=returning.returning_devices(session, event.id, visit.now),
        gates=gates_of(session, event.id),
        lent=lent_to(session, event.id, visit.now, only_gates=True),
        categories=categories_of(session, event),
        admitted=categories_of_gates(session, event),
        has_pins=somebody_has_a_pin(session),
        refusal=address_refusal(),
        back=visit.address("devices.show"),
        **more,
    )
