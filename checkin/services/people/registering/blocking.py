"""Block participants at the gates, and unblock them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from checkin.db.models import Event, Operator, Participant
from checkin.errors import InvalidRequest
from checkin.services.common.activity import note
from checkin.services.common.list_version import (
    bump_list_version,
    hold_participant,
)

#: longer reasons are cut: a few words are for the supervisor who is called
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Block:
    """Who blocked a participant, when and why.

    Attributes:
        by: the operator's name; None where it was the command line.
    """

    at: datetime
    by: str | None
    reason: str


def block(
    session: Session,
    event: Event,
    participant_id: int,
    *,
    reason: str,
    now: datetime,
    operator_id: int | None = None,
) -> bool:
    """Block a participant: every gate refuses them from the next scan on.

    They keep their place, and stay counted as inside if they are. A canceled person may be blocked,
    too: they stay blocked when they are registered again. The reason is kept with the person and
    not in the activity log, because people write names into reasons.

    Returns:
        Whether this call blocked them: a person who was blocked before keeps the first reason.

    Raises:
        InvalidRequest: no reason is given.
        NotFound: no participant of the event has this number.
    """
    words = " ".join(reason.split())[:LONGEST_REASON]
    if not words:
        raise InvalidRequest("say in a few words why: a supervisor at a gate may have to decide")
    person, version = hold_participant(session, event, participant_id)
    if person.blocked:
        return False
    _write(session, person, version, at=now, reason=words, by=operator_id)
    note(
        session,
        event.id,
        "participant.block",
        now,
        operator_id=operator_id,
        participant_id=person.id,
    )
    return True


def unblock(
    session: Session,
    event: Event,
    participant_id: int,
    *,
    now: datetime,
    operator_id: int | None = None,
) -> bool:
    """Unblock a participant, so that the gates admit them again.

    Returns:
        Whether they were blocked: unblocking a second time changes nothing.

    Raises:
        NotFound: no participant of the event has this number.
    """
    person, version = hold_participant(session, event, participant_id)
    if not person.blocked:
        return False
    _write(session, person, version, at=None, reason=None, by=None)
    note(
        session,
        event.id,
        "participant.unblock",
        now,
        operator_id=operator_id,
        participant_id=person.id,
    )
    return True


def _write(
    session: Session,
    person: Participant,
    version: int,
    *,
    at: datetime | None,
    reason: str | None,
    by: int | None,
) -> None:
    # All at once: the constraint holds them together.
    person.blocked, person.blocked_at, person.blocked_reason = at is not None, at, reason
    person.blocked_by = by
    session.flush()
    bump_list_version(session, [person.id], version)


def block_of(session: Session, person: Participant) -> Block | None:
    """Return who blocked a participant, when and why; None if they are not blocked."""
    if person.blocked_at is None or person.blocked_reason is None:
        return None
    operator = session.get(Operator, person.blocked_by) if person.blocked_by else None
    return Block(person.blocked_at, operator.name if operator else None, person.blocked_reason)
