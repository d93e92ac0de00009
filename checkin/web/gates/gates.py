"""The forms that add and change gates, which are on the page of gates and devices."""

from __future__ import annotations

from flask import request

from checkin.db.models import Gate
from checkin.services.common.lookup import by_id
from checkin.services.gates.gates import add_gate, categories_of_gates, change_gate
from checkin.web.gates.devices import categories_said, changed, gate_values
from checkin.web.site.shared_forms import refuse_overtaken
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by

bp = pages(__name__)


@bp.post("/events/<slug>/gates")
@visited_by(STAFF)
def add(visit: EventVisit) -> Answer:
    """Add a gate."""
    said = {name: request.form.get(name, "") for name in ("name", "name_ar")}
    return changed(
        visit,
        "new-gate",
        said,
        lambda v: add_gate(v.session, v.event, said["name"], name_ar=said["name_ar"], **v.who),
    )


@bp.post("/events/<slug>/gates/<int:gate_id>")
@visited_by(STAFF)
def change(visit: EventVisit, gate_id: int) -> Answer:
    """Rename a gate, choose whom it admits, and whether it is a help desk."""
    categories = request.form.getlist("category")
    said = {name: request.form.get(name, "") for name in ("name", "name_ar", "help_desk")}
    said["category"] = categories_said(categories)

    def change_it(within: EventVisit) -> None:
        refuse_overtaken(within, said, lambda v: _values(v, gate_id))
        change_gate(
            within.session,
            within.event,
            gate_id,
            name=said["name"],
            name_ar=said["name_ar"],
            categories=categories,
            help_desk=said["help_desk"] == "yes",
            **within.who,
        )

    return changed(visit, f"gate-{gate_id}", said, change_it)


def _values(visit: EventVisit, gate_id: int) -> dict[str, str]:
    gate = by_id(visit.session, visit.event, Gate, gate_id)
    return gate_values(gate, categories_of_gates(visit.session, visit.event))
