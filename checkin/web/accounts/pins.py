"""The PINs with which supervisors answer for overrides at the gates: who has one, and new ones."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.db.models import Operator
from checkin.services.accounts.operators import operator_by_id
from checkin.services.accounts.pins import give_pin, may_give_pin, people_with_pins
from checkin.web.accounts.role_words import role_names
from checkin.web.site.errors import register_page_errors
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database

bp = Blueprint("pins", __name__)
register_page_errors(bp)


@bp.get("/pins")
def index() -> ResponseReturnValue:
    """List who may have a PIN, and whether they have."""
    me = current_operator()
    with database().read() as session:
        people = people_with_pins(session)
    return render_template(
        "accounts/pins.html",
        people=[(one, may_give_pin(me, one)) for one in people],
        nobody_has=not any(one.pin_hash for one in people),
        roles=role_names(),
    )


@bp.post("/pins/<int:operator_id>")
def make(operator_id: int) -> ResponseReturnValue:
    """Make a new PIN and show it, this once."""
    me, now = current_operator(), datetime.now(UTC)

    def work(session: Session) -> tuple[Operator, str]:
        whose = operator_by_id(session, operator_id)
        return whose, give_pin(session, me, whose, now=now)

    whose, pin = in_transaction(database(), work)
    return render_template("accounts/pin_made.html", whose=whose, pin=pin), 201
