"""The page of gates and devices: pair devices, move them, revoke them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict

from flask import redirect, request
from flask_babel import gettext as _

from checkin.db.models import Category, Device, Gate
from checkin.domain.common.problems import InvalidValue
from checkin.errors import Conflict, InvalidRequest, MarhabaError
from checkin.services.accounts.pins import somebody_has_a_pin
from checkin.services.common.lookup import by_id
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
from checkin.web.site.languages import both_names
from checkin.web.site.numbers import row_number
from checkin.web.site.shared_forms import Choices, FormOvertaken, changes_said, refuse_overtaken
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by
from checkin.words.problems import problem_advice

bp = pages(__name__)

_DEVICE_FIELDS = ("name", "gate_id", "may_search", "help_desk")


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
    said = {name: request.form.get(name, "") for name in _DEVICE_FIELDS}

    def change_it(within: EventVisit) -> None:
        refuse_overtaken(
            within, said, lambda v: _device_values(by_id(v.session, v.event, Device, device_id))
        )
        change_device(
            within.session,
            within.event,
            device_id,
            name=said["name"],
            gate_id=request.form.get("gate_id", 0, type=row_number),
            may_search=said["may_search"] == "yes",
            help_desk=said["help_desk"] == "yes",
            **within.who,
        )

    return changed(visit, f"device-{device_id}", said, change_it)


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


def changed(
    visit: EventVisit,
    form: str,
    said: Mapping[str, str],
    change: Callable[[EventVisit], object],
) -> Answer:
    """Change a gate or a device; a fault is shown in the form as it was sent.

    Args:
        said: the form's fields; ticks are `yes` or empty.
    """
    try:
        visit.write(change)
    except FormOvertaken as fault:
        problems = changes_said(fault.form, _choices(visit))
        again = {"said": fault.form.values, "problems": problems, "overtaken": True}
        return _page(visit, refused=form, **again), 409
    except (InvalidValue, InvalidRequest, Conflict) as fault:
        problems = {"name": _sentence(visit, fault)}
        return _page(visit, refused=form, said=said, problems=problems), 400
    visit.server.devices.forget()  # a moved device's next scan counts at its new gate
    visit.nudge()
    return redirect(visit.address("devices.show"))


def _sentence(visit: EventVisit, fault: MarhabaError) -> str:
    if isinstance(fault, InvalidValue):
        return problem_advice(fault.in_column("name"), visit.language)
    if isinstance(fault, Conflict):
        return str(_("This name is taken, or the device was revoked: reload the page and look."))
    return str(_("Write a name of 1 to 120 characters."))


def gate_values(gate: Gate, admitted: Mapping[int, Sequence[Category]]) -> dict[str, str]:
    """Return the values with which a gate's form is filled in.

    Args:
        admitted: the categories that each limited gate admits; the form has one to a line.
    """
    return {
        "name": gate.name,
        "name_ar": gate.name_ar or "",
        "category": categories_said(one.name for one in admitted.get(gate.id, ())),
        "help_desk": "yes" if gate.help_desk else "",
    }


def categories_said(names: Iterable[str]) -> str:
    """Return the chosen categories of a gate as one value of its form."""
    return "\n".join(sorted(names))


def _device_values(device: Device) -> dict[str, str]:
    return {
        "name": device.name,
        "gate_id": str(device.gate_id),
        "may_search": "yes" if device.may_search else "",
        "help_desk": "yes" if device.desk_salt else "",
    }


def _choices(visit: EventVisit) -> Choices:
    """Return what people call the values that somebody else may have chosen."""
    session, event = visit.session, visit.event
    admitted, ticked = categories_of_gates(session, event), [("yes", _("yes")), ("", _("no"))]
    limited = [
        (
            categories_said(one.name for one in categories),
            _(", ").join(both_names(one)[0] for one in categories),
        )
        for categories in admitted.values()
    ]
    return {
        "gate_id": [(one.id, one.name) for one in gates_of(session, event.id)],
        "category": [("", _("all categories")), *limited],
        "may_search": ticked,
        "help_desk": ticked,
    }


def _page(visit: EventVisit, **more: object) -> str:
    session, event = visit.session, visit.event
    devices, gates = devices_of(session, event.id, visit.now), gates_of(session, event.id)
    admitted = categories_of_gates(session, event)
    values = {f"gate-{one.id}": gate_values(one, admitted) for one in gates}
    values |= {f"device-{one.device.id}": _device_values(one.device) for one in devices}
    return visit.show(
        "gates/devices.html",
        devices=devices,
        values=values,
        returning=returning.returning_devices(session, event.id, visit.now),
        gates=gates,
        lent=lent_to(session, event.id, visit.now, only_gates=True),
        categories=categories_of(session, event),
        admitted=admitted,
        has_pins=somebody_has_a_pin(session),
        refusal=address_refusal(),
        back=visit.address("devices.show"),
        **{"refused": "", "said": {}, "problems": {}, "overtaken": False} | more,
    )
