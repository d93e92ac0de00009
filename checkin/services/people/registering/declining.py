"""Declining: a participant gives their place up by their own link; an organiser may undo it."""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from checkin.db.models import Admission, Badge, Event, Participant
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.errors import NotFound
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys
from checkin.services.people.registering.registration import cancel


class Declining(StrEnum):
    """What a participant's link can do now."""

    OPEN = "open"
    DECLINED = "declined"
    #: they are counted in, or the event is over
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class Invited:
    """The participant whom a decline link belongs to, and what it can do now."""

    participant: Participant
    event: Event
    declining: Declining


def decline_address(
    event: Event, keys: Keys, badge_id: UUID, *, base_url: str, language: str
) -> str:
    """Return the address of the page where this badge's owner can decline."""
    whole = badge_id.bytes + keys.link_mark(event.slug, badge_id)
    secret = base64.urlsafe_b64encode(whole).decode().rstrip("=")
    return f"{base_url}/n/{secret}?lang={language}"


def invited_by_link(session: Session, keys: Keys, secret: str, now: datetime) -> Invited:
    """Return the participant to whom a decline link belongs.

    Raises:
        NotFound: the link was not made by this server, or its badge was revoked.
    """
    badge_id, mark = _parts(secret)
    badge = session.get(Badge, badge_id)
    if badge is None or badge.revoked_at is not None:
        raise NotFound("this link is nobody's")
    event = session.get_one(Event, badge.event_id)
    if not hmac.compare_digest(mark, keys.link_mark(event.slug, badge.id)):
        raise NotFound("this link is nobody's")
    person = session.get_one(Participant, badge.participant_id)
    return Invited(person, event, _declining(session, person, event, now))


def decline(session: Session, keys: Keys, secret: str, now: datetime) -> Invited:
    """Cancel the registration of a decline link's owner, and let the reserve list move up.

    Declining twice is the same as once; declining after the deadline changes nothing.

    Raises:
        NotFound: the link was not made by this server, or its badge was revoked.
    """
    invited = invited_by_link(session, keys, secret, now)
    if invited.declining is not Declining.OPEN:
        return invited
    cancel(session, invited.event, invited.participant.id, now=now)
    note(
        session,
        invited.event.id,
        "participant.decline",
        now,
        participant_id=invited.participant.id,
    )
    return Invited(invited.participant, invited.event, Declining.DECLINED)


def _parts(secret: str) -> tuple[UUID, bytes]:
    try:
        whole = base64.b64decode(secret + "=", altchars=b"-_", validate=True)
        return UUID(bytes=whole[:16]), whole[16:]
    except (binascii.Error, ValueError):
        raise NotFound("this link is nobody's") from None


def _declining(session: Session, person: Participant, event: Event, now: datetime) -> Declining:
    if person.standing == RegistrationStatus.CANCELED:
        return Declining.DECLINED
    came = exists().where(Admission.participant_id == person.id, Admission.annulled_at.is_(None))
    if now >= event.ends_at or session.scalar(select(came)):
        return Declining.TOO_LATE
    return Declining.OPEN
