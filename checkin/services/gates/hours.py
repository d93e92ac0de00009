"""The hours that gates and categories have in place of the event's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, bindparam, exists, select
from sqlalchemy.orm import Session

from checkin.db.models import Event, OpeningHours
from checkin.domain.scanning.facts import Hours

#: an event has hours of a gate or of a category, for a statement about Event
HAS_HOURS = exists().where(OpeningHours.event_id == Event.id)
_IN_ORDER = (OpeningHours.opens_at, OpeningHours.id)
_OF_EVENT = (
    select(
        OpeningHours.opens_at,
        OpeningHours.closes_at,
        OpeningHours.gate_id,
        OpeningHours.category_id,
    )
    .where(OpeningHours.event_id == bindparam("event_id"))
    .order_by(*_IN_ORDER)
)


def hours_in(connection: Connection, event_id: int, grace_s: int) -> tuple[Hours, ...]:
    """Return the hours of an event's gates and categories, with the grace before and after."""
    grace = timedelta(seconds=grace_s)
    return tuple(
        Hours(row.opens_at - grace, row.closes_at + grace, row.gate_id, row.category_id)
        for row in connection.execute(_OF_EVENT, {"event_id": event_id})
    )


def hour_rows(session: Session, event_id: int) -> Sequence[OpeningHours]:
    """Return the hours of an event's gates and categories as they are stored, the first first."""
    return session.scalars(
        select(OpeningHours).where(OpeningHours.event_id == event_id).order_by(*_IN_ORDER)
    ).all()
