"""What an organiser may keep of a purged event beside its counts, and what copies there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from checkin.db.models import Activity, Event

#: the activity log's words for a copy of one event, and for one of everything
EXPORT_TAKEN, BACKUP_TAKEN = "event.export", "installation.backup"


class Keepable(StrEnum):
    """What a purge erases unless it is told to keep it."""

    #: else each gate is called by a number; a gate may be named after a person
    GATE_NAMES = "gate-names"
    #: what people were told while entries were stopped
    STOP_MESSAGES = "stop-messages"
    #: else they can no longer sign in, and their names and addresses are erased
    COORDINATORS = "coordinators"


Kept = Collection[Keepable]


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of personal data that somebody took out before a purge, which no purge reaches.

    Attributes:
        kind: `EXPORT_TAKEN` or `BACKUP_TAKEN`.
        form: such as "csv"; "" where it is not known.
    """

    kind: str
    form: str
    at: datetime


def copies_taken(session: Session, event: Event) -> list[Copy]:
    """Return the copies that were taken of an event as the activity log has them, oldest first."""
    of_the_event = and_(Activity.event_id == event.id, Activity.action == EXPORT_TAKEN)
    of_everything = and_(Activity.action == BACKUP_TAKEN, Activity.at >= event.created_at)
    rows = session.scalars(
        select(Activity).where(or_(of_the_event, of_everything)).order_by(Activity.at, Activity.id)
    )
    return [Copy(row.action, str(row.details.get("format", "")), row.at) for row in rows]
