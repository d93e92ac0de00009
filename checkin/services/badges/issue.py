"""Reissue a lost or leaked badge, or revoke one: the old code is refused at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.db.models import Badge, Event, Participant
from checkin.domain.messages.kinds import MessageKind
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.errors import Conflict
from checkin.protocol.codes import token_for, token_hash
from checkin.protocol.gate_list import tag_bytes
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys
from checkin.services.common.list_version import hold_participant
from checkin.services.common.master_key import check_event_key
from checkin.services.people.badge_messages import queue_badge_messages


@dataclass(frozen=True, slots=True)
class Reissued:
    """The result of a reissue: the participant's valid badge.

    Attributes:
        replaced: False where the old badge had been replaced before, so nothing was done.
        told: whether an e-mail with the new badge was queued in the outbox.
    """

    badge_id: UUID
    issue: int
    replaced: bool
    told: bool


def working_badge(session: Session, participant_id: int) -> Badge | None:
    """Return a participant's valid (not revoked) badge, or None."""
    return session.scalar(
        select(Badge).where(Badge.participant_id == participant_id, Badge.revoked_at.is_(None))
    )


def working_badges(session: Session, participant_ids: Sequence[int]) -> dict[int, UUID]:
    """Return the id of each of these participants' valid (not revoked) badge."""
    rows = session.execute(
        select(Badge.participant_id, Badge.id).where(
            Badge.participant_id.in_(participant_ids), Badge.revoked_at.is_(None)
        )
    )
    return {row.participant_id: row.id for row in rows}


def reissue_badge(
    session: Session,
    event: Event,
    participant_id: int,
    *,
    keys: Keys,
    reason: str,
    now: datetime,
    operator_id: int | None = None,
    device_id: int | None = None,
    of_issue: int | None = None,
    is_told: bool = True,
) -> Reissued:
    """Revoke a participant's badge and issue a new one, e-mailed if they have an address.

    A person who was admitted stays admitted: arrivals belong to the participant, not the badge.

    Args:
        of_issue: the issue of the badge to replace. If a newer one is valid already, as after a
            button pressed twice, the newer one is returned and nothing is done.
        is_told: False where the new badge is handed over, and no e-mail brings it.

    Raises:
        NotFound: the event has no such participant.
        Conflict: the registration is canceled.
        SettingsError: the master key is not the one that the badges were made with.
    """
    check_event_key(event, keys)
    person, version = hold_participant(session, event, participant_id)
    _refuse_canceled(person)
    old = working_badge(session, person.id)
    if old is not None and of_issue is not None and old.issue > of_issue:
        return Reissued(old.id, old.issue, replaced=False, told=False)
    mark_revoked(session, old, version, now)
    new = _next_badge(session, event, person.id, keys, version, now)
    written: dict[str, Any] = {"participant_id": person.id, "issue": new.issue, "reason": reason}
    who = {"operator_id": operator_id, "device_id": device_id}
    note(session, event.id, "badge.reissue", now, **who, **written)
    told = is_told and send_new_badge(session, event, person, now)
    return Reissued(new.id, new.issue, replaced=True, told=told)


def revoke_badge(
    session: Session,
    event: Event,
    participant_id: int,
    *,
    reason: str,
    now: datetime,
    operator_id: int | None = None,
) -> bool:
    """Revoke a participant's badge without issuing another; they keep their place.

    Returns:
        Whether there was a badge to revoke: revoking a second time changes nothing.

    Raises:
        NotFound: the event has no such participant.
    """
    person, version = hold_participant(session, event, participant_id)
    badge = working_badge(session, person.id)
    if badge is None:
        return False
    mark_revoked(session, badge, version, now)
    note(
        session,
        event.id,
        "badge.revoke",
        now,
        operator_id=operator_id,
        participant_id=person.id,
        issue=badge.issue,
        reason=reason,
    )
    return True


def send_new_badge(session: Session, event: Event, person: Participant, now: datetime) -> bool:
    """Queue a message with a confirmed participant's new badge; return whether one was queued."""
    if person.standing != RegistrationStatus.CONFIRMED:
        return False
    return queue_badge_messages(session, event, [person.id], now, MessageKind.REPLACED) > 0


def mark_revoked(session: Session, badge: Badge | None, version: int, now: datetime) -> None:
    """Revoke a badge, where there is one, in a new version of the gate list; nothing is logged."""
    if badge is not None:
        badge.revoked_at, badge.list_version = now, version
        # Before the new row: the database allows one working badge a participant.
        session.flush()


def _next_badge(
    session: Session, event: Event, participant_id: int, keys: Keys, version: int, now: datetime
) -> Badge:
    last = session.scalar(
        select(func.max(Badge.issue)).where(Badge.participant_id == participant_id)
    )
    badge_id, issue = uuid4(), (last or 0) + 1
    token = token_for(keys.for_event(event.slug), badge_id, issue)
    badge = Badge(
        id=badge_id,
        event_id=event.id,
        participant_id=participant_id,
        issue=issue,
        token_hash=token_hash(token),
        ref=tag_bytes(token),
        issued_at=now,
        list_version=version,
    )
    session.add(badge)
    session.flush()
    return badge


def _refuse_canceled(person: Participant) -> None:
    if person.standing == RegistrationStatus.CANCELED:
        raise Conflict(f"no. {person.id} is canceled: register the person again instead")
