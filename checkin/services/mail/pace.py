"""How fast messages leave, and how long the rest takes at that."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from checkin.db.models import Message

#: over the shortest of these spans in which enough have left; a slow server needs a longer one
_SPANS = (timedelta(seconds=30), timedelta(minutes=3))
_ENOUGH = 5


def pace_of(
    session: Session, now: datetime, left: int, *which: ColumnElement[bool]
) -> tuple[float, int | None]:
    """Return how many messages leave a second, and the seconds until `left` more have left.

    The seconds are None where none has left lately.
    """
    rate = 0.0
    for span in _SPANS:
        recent = select(func.count()).where(Message.handed_at > now - span, *which)
        count = session.scalars(recent).one()
        rate = count / span.total_seconds()
        if count >= _ENOUGH:
            break
    shown = round(rate, 1 if rate >= 1 else 3)
    return shown, round(left / rate) if rate else None
