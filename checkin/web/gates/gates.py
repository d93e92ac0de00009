"""The forms that add and change gates, which are on the page of gates and devices."""

from __future__ import annotations

from typing import Any

from flask import request

from checkin.services.gates.gates import add_gate, change_gate
from checkin.web.gates.devices import changed
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by

bp = pages(__name__)


@bp.post("/events/<slug>/gates")
@visited_by(STAFF)
def add(visit: EventVisit) -> Answer:
    """Add a gate."""
    name, name_ar = request.form.get("name", ""), request.form.get("name_ar", "")
    return changed(
        visit,
        "new-gate",
        lambda v: add_gate(v.session, v.event, name, name_ar=name_ar, **v.who),
    )


@bp.post("/events/<slug>/gates/<int:gate_id>")
@visited_by(STAFF)
def change(visit: EventVisit, gate_id: int) -> Answer:
    """Rename a gate, choose whom it admits, and whether it is a help desk."""
    asked: dict[str, Any] = {
        "name": request.form.get("name", ""),
        "name_ar": request.form.get("name_ar", ""),
        "categories": request.form.getlist("category"),
        "help_desk": request.form.get("help_desk") == "yes",
    }
    return changed(
        visit,
        f"gate-{gate_id}",
        lambda v: change_gate(v.session, v.event, gate_id, **asked, **v.who),
    )
