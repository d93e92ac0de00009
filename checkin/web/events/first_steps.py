"""The first steps of an event: what is there, what comes next, and skipping it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.errors import NotFound
from checkin.services.events.events import delegations_of
from checkin.services.events.visibility import visible_event
from checkin.services.gates.devices import devices_of, gates_of
from checkin.services.lifecycle.first_steps import Step, next_step, skip_step, steps_of
from checkin.web.gates.pairing import open_pairing_at
from checkin.web.network.telephone import telephone_check
from checkin.web.site.errors import register_page_errors
from checkin.web.site.outgoing import address_refusal, mail_refusals, public_address
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database, marhaba

bp = Blueprint("first_steps", __name__)
register_page_errors(bp)


@bp.get("/events/<slug>/start")
def resume(slug: str) -> ResponseReturnValue:
    """Lead to the first step that is neither done nor skipped."""
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        steps = steps_of(session, event, marhaba().settings.public_address(session).url)
    step = next_step(steps)
    return redirect(url_for("first_steps.show", slug=slug, step=step or "end"), 303)


@bp.get("/events/<slug>/start/<step>")
def show(slug: str, step: str) -> ResponseReturnValue:
    """Show one step; at the end, what is done and what was skipped."""
    return _page(slug, step)


@bp.post("/events/<slug>/start/gate")
def pair(slug: str) -> ResponseReturnValue:
    """Open a pairing for the first gate and show its code, this once."""
    pairing = open_pairing_at(slug, request.form.get("gate", ""))
    return _page(slug, Step.GATE, pairing=pairing), 201 if pairing.code else 400


@bp.post("/events/<slug>/start/<step>/skip")
def skip(slug: str, step: str) -> ResponseReturnValue:
    """Leave a step for later, and go on."""
    skipped, operator, now = _step(step), current_operator(), datetime.now(UTC)

    def work(session: Session) -> None:
        event = visible_event(session, operator, slug)
        skip_step(session, event, skipped, operator_id=operator.id, now=now)

    in_transaction(database(), work)
    return redirect(url_for("first_steps.resume", slug=slug), 303)


def _page(slug: str, step: str, **more: object) -> str:
    if step != "end":
        _step(step)
    address = public_address()
    check = (
        telephone_check(address.url) if step == Step.ADDRESS and not address.is_only_here else None
    )
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        return render_template(
            "events/first_steps.html",
            event=event,
            shown=step,
            steps=steps_of(session, event, address.url),
            names=step_names(),
            delegations=delegations_of(session, event),
            devices=[
                one
                for one in devices_of(session, event.id, datetime.now(UTC))
                if one.device.revoked_at is None
            ],
            gates=gates_of(session, event.id),
            address=address,
            refusal=address_refusal(address),
            refusals=mail_refusals(),
            check=check,
            back=url_for("first_steps.show", slug=slug, step=step),
            **more,
        )


def _step(text: str) -> Step:
    if text not in set(Step):
        raise NotFound("there is no such step")
    return Step(text)


def step_names() -> dict[str, str]:
    """Return what each step is called."""
    return {
        Step.EVENT: _("The event"),
        Step.DELEGATIONS: _("Delegations and quotas"),
        Step.ADDRESS: _("The server's address"),
        Step.GATE: _("The first gate"),
        Step.REHEARSAL: _("Rehearsal"),
    }
