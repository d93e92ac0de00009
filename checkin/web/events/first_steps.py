"""The pages of an event's first steps: show a step, go to the next, or skip it."""

from __future__ import annotations

from flask import redirect
from flask_babel import gettext as _

from checkin.errors import NotFound
from checkin.services.events.events import categories_of, delegations_of
from checkin.services.gates.devices import devices_of, gates_of
from checkin.services.lifecycle.first_steps import CHECKS, Step, next_step, skip_step, steps_of
from checkin.web.events.readiness_words import SIGNS, check_rows, facts_of, light_words
from checkin.web.gates.pairing import asked_pairing
from checkin.web.network.telephone import telephone_check
from checkin.web.site.addressing.outgoing import address_refusal, mail_refusals, public_address
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by

bp = pages(__name__)


@bp.get("/events/<slug>/start")
@visited_by(STAFF)
def resume(visit: EventVisit) -> Answer:
    """Redirect to the first step that is neither done nor skipped; at the end to what is ready."""
    step = next_step(steps_of(visit.session, visit.event, facts_of(visit), visit.now))
    if step is None:
        return redirect(visit.address("readiness.show"), 303)
    return redirect(visit.address("first_steps.show", step=step), 303)


@bp.get("/events/<slug>/start/<step>")
@visited_by(STAFF)
def show(visit: EventVisit, step: str) -> Answer:
    """Show one step: what it is for, what is missing, and where it is done."""
    return _page(visit, _step(step))


@bp.post("/events/<slug>/start/gate")
@visited_by(STAFF)
def pair(visit: EventVisit) -> Answer:
    """Open a pairing for the first gate and show its code, or how far one has come."""
    pairing = asked_pairing(visit)
    return _page(visit, Step.GATE, pairing=pairing), 201 if pairing.code else 400


@bp.post("/events/<slug>/start/<step>/skip")
@visited_by(STAFF)
def skip(visit: EventVisit, step: str) -> Answer:
    """Skip a step, and go on to the next."""
    skipped = _step(step)
    visit.write(lambda v: skip_step(v.session, v.event, skipped, **v.who))
    return redirect(visit.address("first_steps.resume"), 303)


def _page(visit: EventVisit, step: Step, **more: object) -> str:
    address, session, event = public_address(), visit.session, visit.event
    asks = step == Step.ADDRESS and not address.is_only_here
    facts, devices = facts_of(visit), devices_of(session, event.id, visit.now)
    return visit.show(
        "events/first_steps.html",
        shown=step,
        steps=steps_of(session, event, facts, visit.now),
        names=step_names(),
        rows=[row for row in check_rows(visit, facts) if row.check in CHECKS.get(step, ())],
        signs=SIGNS,
        lights=light_words(),
        categories=categories_of(session, event),
        delegations=delegations_of(session, event),
        devices=[one for one in devices if one.device.revoked_at is None],
        gates=gates_of(session, event.id),
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
        Step.CATEGORIES: _("Categories"),
        Step.DELEGATIONS: _("Delegations and quotas"),
        Step.PEOPLE: _("People"),
        Step.ADDRESS: _("The server's address"),
        Step.BADGES: _("Badges sent"),
        Step.GATE: _("Gates paired"),
        Step.REHEARSAL: _("Rehearsal"),
    }
