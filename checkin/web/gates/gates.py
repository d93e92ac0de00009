"""The forms that add and change gates, which are on the page of gates and devices."""

from __future__ import annotations

from flask import request

from checkin.services.gates.gates import add_gate, change_gate
from checkin.web.gates.devices import changed
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by

bp = pages(__name__)


@bp.post("/events/<slug>/gates")
@visited_by(STAFF)
def add(visit: EventVisit) -> Answer:
    """Add a gate."""
    name = request.form.get("name", "")
    return changed(visit, "new-gate", lambda v: add_gate(v.session, v.event, name, **v.who))


@bp.post("/events/<slug>/gates/<int:gate_id>")
@visited_by(STAFF)
def change(visit: EventVisit, gate_id: int) -> Answer:
    """Rename a gate, and choose the categories that it admits."""
    name, chosen = request.form.get("name", ""), request.form.getlist("category")
    return changed(
        visit,
        f"gate-{gate_id}",
        lambda v: change_gate(v.session, v.event, gate_id, name=name, categories=chosen, **v.who),
    )
