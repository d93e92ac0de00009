"""Check an uploaded logo by drawing it, and change the event's look."""

from __future__ import annotations

import base64
from typing import Any

from sqlalchemy.orm import Session

from checkin.db.models import Event, Lane
from checkin.services.events.look import LookRefused, NewLook, change_look, printable_logo
from checkin.services.jobs.problems import JobFailed, ProblemCode
from checkin.worker.context import JobContext, Kind


def change(context: JobContext) -> dict[str, Any]:
    """Set a logo, the argument `logo` (base64), with the colours that were chosen beside it.

    Raises:
        JobFailed: one of them is refused; nothing is changed.
    """
    given = context.arguments
    try:
        logo = printable_logo(base64.b64decode(given["logo"]))
    except LookRefused as fault:
        raise _failed(fault) from fault
    colours = {int(number): colour for number, colour in given["category_colours"].items()}
    new = NewLook(logo=logo, colour=given["colour"], category_colours=colours)
    context.at_end(lambda session: _write(session, context, new))
    return {}


LOOK = Kind("look", Lane.UPLOADS, change)


def _write(session: Session, context: JobContext, new: NewLook) -> None:
    event = session.get_one(Event, context.claimed.event_id)
    now, operator_id = context.clock(), context.claimed.operator_id
    try:
        change_look(session, event, new, now=now, operator_id=operator_id)
    except LookRefused as fault:
        raise _failed(fault) from fault


def _failed(fault: LookRefused) -> JobFailed:
    return JobFailed(ProblemCode.LOOK_REFUSED, problem=str(fault.problem), value=fault.value)
