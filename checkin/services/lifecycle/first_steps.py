"""The first steps of setting up an event, and their state, which is read from the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from checkin.db.models import Activity, Delegation, Device, Event
from checkin.services.common.activity import note
from checkin.services.network.telephone_check import opened_elsewhere

_SKIPPED = "setup.skip"


class Step(StrEnum):
    """The steps from an empty installation to a working gate, in their order."""

    EVENT = "event"
    DELEGATIONS = "delegations"
    ADDRESS = "address"
    GATE = "gate"
    REHEARSAL = "rehearsal"


class StepState(StrEnum):
    """The state of a first step: done, skipped or open."""

    DONE = "done"
    SKIPPED = "skipped"
    OPEN = "open"


def steps_of(session: Session, event: Event, url: str) -> Mapping[Step, StepState]:
    """Return the state of each step. A step that was skipped and done later counts as done.

    Args:
        url: the server's address: its step is done once another device has opened it.
    """
    done = {
        Step.EVENT: True,
        Step.DELEGATIONS: _is_there(session, Delegation.event_id == event.id),
        Step.ADDRESS: opened_elsewhere(session, url) is not None,
        Step.GATE: _is_there(session, Device.event_id == event.id, Device.revoked_at.is_(None)),
        Step.REHEARSAL: _is_there(session, *_acts(event, "rehearsal.begin")),
    }
    skipped = {
        one.details["step"]
        for one in session.scalars(select(Activity).where(*_acts(event, _SKIPPED)))
    }
    return {step: _state(done[step], str(step) in skipped) for step in Step}


def next_step(steps: Mapping[Step, StepState]) -> Step | None:
    """Return the first step that is neither done nor skipped; None when there is none left."""
    return next((step for step, state in steps.items() if state == StepState.OPEN), None)


def skip_step(
    session: Session, event: Event, step: Step, *, operator_id: int, now: datetime
) -> None:
    """Mark a step as skipped; it can be done at any time later."""
    note(session, event.id, _SKIPPED, now, operator_id=operator_id, step=str(step))


def _state(done: bool, skipped: bool) -> StepState:
    if done:
        return StepState.DONE
    return StepState.SKIPPED if skipped else StepState.OPEN


def _acts(event: Event, action: str) -> tuple[ColumnElement[bool], ...]:
    return Activity.event_id == event.id, Activity.action == action


def _is_there(session: Session, *which: ColumnElement[bool]) -> bool:
    return bool(session.scalar(select(exists().where(*which))))
