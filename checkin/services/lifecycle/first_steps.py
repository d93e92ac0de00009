"""The first steps of setting up an event, and their state, which is read from the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from checkin.db.models import Activity, Category, Delegation, Event
from checkin.domain.events.readiness import Check, Light, ReadinessFacts, lights_of
from checkin.services.common.activity import note

_SKIPPED = "setup.skip"


class Step(StrEnum):
    """The steps from an empty installation to a hall that is ready, in their order."""

    EVENT = "event"
    CATEGORIES = "categories"
    DELEGATIONS = "delegations"
    PEOPLE = "people"
    ADDRESS = "address"
    BADGES = "badges"
    GATE = "gate"
    REHEARSAL = "rehearsal"


class StepState(StrEnum):
    """The state of a first step: done, skipped or open."""

    DONE = "done"
    SKIPPED = "skipped"
    OPEN = "open"


#: what a step's page shows of the event's readiness
CHECKS: Mapping[Step, tuple[Check, ...]] = {
    Step.PEOPLE: (Check.PEOPLE, Check.CONTACTS),
    Step.BADGES: (Check.BADGES,),
    Step.GATE: (Check.GATES, Check.LISTS),
    Step.REHEARSAL: (Check.REHEARSAL, Check.PINS),
}


def steps_of(
    session: Session, event: Event, facts: ReadinessFacts, now: datetime
) -> Mapping[Step, StepState]:
    """Return the state of each step. A step that was skipped and done later counts as done.

    Args:
        facts: what `checkin.services.lifecycle.readiness` knows of the event.
    """
    lights = lights_of(facts, now)
    done = {
        Step.EVENT: True,
        Step.CATEGORIES: _has_own_categories(session, event) or facts.registered > 0,
        Step.DELEGATIONS: _is_there(session, Delegation.event_id == event.id),
        Step.PEOPLE: facts.registered > 0,
        Step.ADDRESS: lights[Check.ADDRESS] == Light.GOOD,
        Step.BADGES: lights[Check.BADGES] != Light.ACT and facts.badges_sent > 0,
        Step.GATE: facts.answered > 0,
        Step.REHEARSAL: facts.rehearsed,
    }
    skipped = skipped_steps(session, event)
    return {step: _state(done[step], step in skipped) for step in Step}


def skipped_steps(session: Session, event: Event) -> set[Step]:
    """Return the steps that somebody has skipped."""
    of_event = (Activity.event_id == event.id, Activity.action == _SKIPPED)
    noted = session.scalars(select(Activity).where(*of_event))
    return {Step(one.details["step"]) for one in noted}


def next_step(steps: Mapping[Step, StepState]) -> Step | None:
    """Return the first step that is neither done nor skipped; None when there is none left."""
    return next((step for step, state in steps.items() if state == StepState.OPEN), None)


def skip_step(
    session: Session, event: Event, step: Step, *, operator_id: int, now: datetime
) -> None:
    """Mark a step as skipped; it can be done at any time later."""
    note(session, event.id, _SKIPPED, now, operator_id=operator_id, step=str(step))


def _has_own_categories(session: Session, event: Event) -> bool:
    """Say whether somebody has changed the one category with which an event is created."""
    count = select(func.count()).where(Category.event_id == event.id)
    changed = Activity.action.startswith("category.")
    return session.scalars(count).one() > 1 or _is_there(
        session, Activity.event_id == event.id, changed
    )


def _state(done: bool, skipped: bool) -> StepState:
    if done:
        return StepState.DONE
    return StepState.SKIPPED if skipped else StepState.OPEN


def _is_there(session: Session, *which: ColumnElement[bool]) -> bool:
    return bool(session.scalar(select(exists().where(*which))))
