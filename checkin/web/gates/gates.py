"""Forms that change gates and devices."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from checkin.domain.common.problems import InvalidValue
from checkin.errors import Conflict, InvalidRequest, MarhabaError
from checkin.services.gates.gates import add_gate, change_device, change_gate
from checkin.web.gates.devices_page import devices_page
from checkin.web.site.errors import register_page_errors
from checkin.web.site.event_changes import change_event
from checkin.web.site.languages import page_language
from checkin.web.site.state import marhaba
from checkin.words.problems import problem_advice

bp = Blueprint("gate_desk", __name__)
register_page_errors(bp)


@bp.post("/events/<slug>/gates")
def create_gate(slug: str) -> ResponseReturnValue:
    """Add a gate."""
    return _changed(slug, "new-gate", partial(add_gate, name=request.form.get("name", "")))


@bp.post("/events/<slug>/gates/<int:gate_id>")
def edit_gate(slug: str, gate_id: int) -> ResponseReturnValue:
    """Rename a gate, and choose whom it admits."""
    change = partial(
        change_gate,
        gate_id=gate_id,
        name=request.form.get("name", ""),
        categories=request.form.getlist("category"),
    )
    return _changed(slug, f"gate-{gate_id}", change)


@bp.post("/events/<slug>/devices/<int:device_id>")
def edit_device(slug: str, device_id: int) -> ResponseReturnValue:
    """Rename a device, or move it to another gate."""
    change = partial(
        change_device,
        device_id=device_id,
        name=request.form.get("name", ""),
        gate_id=request.form.get("gate_id", 0, type=int),
    )
    return _changed(slug, f"device-{device_id}", change)


def _changed(slug: str, form: str, change: Callable[..., object]) -> ResponseReturnValue:
    """Run a change in a transaction; a fault comes back beside the form it was made in."""
    try:
        event_id = change_event(slug, change)
    except (InvalidValue, InvalidRequest, Conflict) as fault:
        said = request.form.get("name", "")
        return devices_page(slug, refused=form, problem=_sentence(fault), said=said), 400
    marhaba().devices.forget()  # a moved device's next scan counts at its new gate
    marhaba().live.nudge(event_id)
    return redirect(url_for("organiser.devices", slug=slug))


def _sentence(fault: MarhabaError) -> str:
    if isinstance(fault, InvalidValue):
        return problem_advice(fault.in_column("name"), page_language())
    if isinstance(fault, Conflict):
        return str(_("This name is taken, or the device was revoked: reload the page and look."))
    return str(_("Write a name of 1 to 120 characters."))
