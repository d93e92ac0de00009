"""The pages of an event's first steps: show a step, go to the next, or skip it."""

from __future__ import annotations

from flask import redirect, request
from flask_babel import gettext as _

from checkin.errors import NotFound
from checkin.services.accounts.pins import somebody_has_a_pin
from checkin.services.events.events import delegations_of
from checkin.services.gates.devices import devices_of, gates_of
from checkin.services.lifecycle.first_steps import Step, next_step, skip_step, steps_of
from checkin.web.gates.pairing import open_pairing_at
from checkin.web.network.telephone import telephone_check
from checkin.web.site.outgoing import address_refusal, mail_refusals, public_address
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by

bp = pages(__name__)


@bp.get("/events/<slug>/start")
@visited_by(STAFF)
def resume(visit: EventVisit) -> Answer:
    """Redirect to the first step that is neither done nor skipped."""
    step = next_step(steps_of(visit.session, visit.event, public_address().url))
    return redirect(visit.address("first_steps.show", step=step or "end"), 303)


@bp.get("/events/<slug>/start/<step>")
@visited_by(STAFF)
def show(visit: EventVisit, step: str) -> Answer:
    """Show one step, or at the end the summary of done and skipped steps."""
    return _page(visit, step)


@bp.post("/events/<slug>/start/gate")
@visited_by(STAFF)
def pair(visit: EventVisit) -> Answer:
    """Open a pairing for the first gate and show its code once."""
    pairing = open_pairing_at(visit, request.form.get("gate", ""))
    return _page(visit, Step.GATE, pairing=pairing), 201 if pairing.code else 400


@bp.post("/events/<slug>/start/<step>/skip")
@visited_by(STAFF)
def skip(visit: EventVisit, step: str) -> Answer:
    """Skip a step, and go on to the next."""
    skipped = _step(step)
    visit.write(lambda v: skip_step(v.session, v.event, skipped, **v.who))
    return redirect(visit.address("first_steps.resume"), 303)


def _page(visit: EventVisit, step: str, **more: object) -> str:
    if step != "end":
        _step(step)
    address, session, event = public_address(), visit.session, visit.event
    asks = step == Step.ADDRESS and not address.is_only_here
    devices = devices_of(session, event.id, visit.now)
    return visit.show(
        "events/first_steps.html",
        shown=step,
        steps=steps_of(session, event, address.url),
        names=step_names(),
        delegations=delegations_of(session, event),
        devices=[one for one in devices if one.device.revoked_at is None],
        gates=gates_of(session, event.id),
        has_pins=somebody_has_a_pin(session),
        address=address,
        refusal=address_refusal(address),
        refusals=mail_refusals(),
        check=telephone_check(visit, address.url) if asks else None,
        back=visit.address("first_steps.show", step=step),
        **more,
    )


def _step(text: str) -> Step:
    if text not in set(Step):
        raise NotFound("there is no such step")
    return Step(text)


def step_names() -> dict[str, str]:
    """Return the name of each step in the page's language."""
    return {
        Step.EVENT: _("The event"),
        Step.DELEGATIONS: _("Delegations and quotas"),
        Step.ADDRESS: _("The server's address"),
        Step.GATE: _("The first gate"),
        Step.REHEARSAL: _("Rehearsal"),
    }
