"""The reserve list moves up into places that came back from devices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from checkin.db.models import Delegation, Event, Participant
from checkin.domain.scanning.verdict import Standing
from checkin.services.people.places import free_places
from checkin.services.people.registration import move_up, next_list_version

_WAITS = exists().where(
    Participant.delegation_id == Delegation.id, Participant.standing == Standing.RESERVE
)
_WAITED_FOR = select(Delegation.id).where(
    Delegation.event_id == bindparam("event_id"), _WAITS, free_places(bindparam("now")) > 0
)


def move_up_everywhere(session: Session, event: Event, now: datetime) -> Sequence[int]:
    """Confirm who waits in any delegation while it has places that are nobody's.

    The caller holds the event's row.

    Returns:
        The ids of those who were confirmed.
    """
    asked = {"event_id": event.id, "now": now}
    delegations = session.scalars(_WAITED_FOR, asked).all()
    if not delegations:
        return []
    version = next_list_version(session, event.id)
    return [one for of in delegations for one in move_up(session, event, of, version, now)]
