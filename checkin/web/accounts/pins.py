"""The page of the PINs with which supervisors authorise overrides at the gates."""

from __future__ import annotations

from checkin.db.models import Operator
from checkin.services.accounts.operators import operator_by_id
from checkin.services.accounts.pins import give_pin, may_give_pin, people_with_pins
from checkin.web.accounts.confirming import confirmed
from checkin.web.accounts.role_words import role_names
from checkin.web.site.visits import STAFF, Answer, Visit, pages, visited_by

bp = pages(__name__)


@bp.get("/pins")
@visited_by(STAFF)
def index(visit: Visit) -> Answer:
    """List the operators who may have a PIN, and whether they have one."""
    people = people_with_pins(visit.session)
    return visit.show(
        "accounts/pins.html",
        people=[(one, may_give_pin(visit.operator, one)) for one in people],
        nobody_has=not any(one.pin_hash for one in people),
        roles=role_names(),
    )


@bp.post("/pins/<int:operator_id>")
@confirmed
@visited_by(STAFF)
def make(visit: Visit, operator_id: int) -> Answer:
    """Make a new PIN and show it once."""
    whose, pin = visit.write(lambda v: _give_pin(v, operator_id))
    return visit.show("accounts/pin_made.html", whose=whose, pin=pin), 201


def _give_pin(visit: Visit, operator_id: int) -> tuple[Operator, str]:
    whose = operator_by_id(visit.session, operator_id)
    return whose, give_pin(visit.session, visit.operator, whose, now=visit.now)
