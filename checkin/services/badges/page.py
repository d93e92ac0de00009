"""The web page of a badge: its secret address, and what it shows while the badge is valid.

The secret is the badge's random id, sealed under a key of its own (`common/secret_links.py`). So
the database holds no working address, nothing has to be stored for it, and a reissued badge, whose
id is new, has a new address.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from badges.look import Look
from badges.spec import BadgeSpec
from checkin.db.models import Badge, Event, Participant
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.badges.specs import badge_specs
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys
from checkin.services.common.locks import lock_event
from checkin.services.common.secret_links import content_of_link, link_secret
from checkin.services.events.look import look_of

#: openings that follow one another sooner are one
OPENING = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ShownBadge:
    """A valid badge as its page shows it.

    Attributes:
        confirmed: False while the participant waits on the reserve list.
        last_opened_at: when its page was last opened before; None if it never was.
        is_mailed: whether messages are e-mailed to the participant, or they have said that they
            want none; None without an address.
    """

    badge_id: UUID
    spec: BadgeSpec
    event: Event
    confirmed: bool
    look: Look
    last_opened_at: datetime | None
    is_mailed: bool | None = None


def page_secret(keys: Keys, badge_id: UUID) -> str:
    """Return the secret part of the address of a badge's page."""
    return link_secret(keys.badge_pages, badge_id.bytes)


def page_address(keys: Keys, base_url: str, badge_id: UUID) -> str:
    """Return the address of a badge's page, which is as secret as the badge's code."""
    return f"{base_url}/b/{page_secret(keys, badge_id)}"


def shown_badge(session: Session, keys: Keys, secret: str) -> ShownBadge | None:
    """Return the badge that a secret belongs to; None if it is wrong, revoked or canceled."""
    badge_id = _badge_id(keys, secret)
    if badge_id is None:
        return None
    row = session.execute(
        select(
            *(Participant.id, Participant.standing, Participant.email, Participant.no_mail),
            *(Event, Badge.last_opened_at),
        )
        .join(Badge, Badge.participant_id == Participant.id)
        .join(Event, Event.id == Badge.event_id)
        .where(
            Badge.id == badge_id,
            Badge.revoked_at.is_(None),
            Participant.standing != RegistrationStatus.CANCELED,
        )
    ).first()
    if row is None:
        return None
    [spec] = badge_specs(session, row.Event, keys, participant_ids=[row.id])
    confirmed = row.standing == RegistrationStatus.CONFIRMED
    return ShownBadge(
        badge_id,
        spec,
        row.Event,
        confirmed,
        look_of(session, row.Event),
        row.last_opened_at,
        is_mailed=None if row.email is None else not row.no_mail,
    )


def is_new_opening(shown: ShownBadge, now: datetime) -> bool:
    """Say whether this opening of a badge's page is to be recorded: at most one an hour is."""
    return shown.last_opened_at is None or now - shown.last_opened_at >= OPENING


def record_opening(session: Session, badge_id: UUID, now: datetime) -> None:
    """Record when a badge's page was first and last opened: only the time, not who or from where.

    A messenger that fetches a preview of the address counts as an opening, too.
    """
    session.execute(
        update(Badge)
        .where(Badge.id == badge_id)
        .values(opened_at=func.coalesce(Badge.opened_at, now), last_opened_at=now)
    )


def set_mailed(
    session: Session, keys: Keys, secret: str, *, is_mailed: bool, now: datetime
) -> ShownBadge | None:
    """Write down whether the owner of a badge's page wants e-mails; None as `shown_badge`."""
    shown = shown_badge(session, keys, secret)
    if shown is None or shown.is_mailed in (None, is_mailed):
        return shown
    # As every change does to what the participant's form shows.
    lock_event(session.connection(), shown.event.id)
    participant_id = int(shown.spec.number)
    session.get_one(Participant, participant_id).no_mail = not is_mailed
    details = {"participant_id": participant_id, "is_mailed": is_mailed}
    note(session, shown.event.id, "participant.mail_wish", now, **details)
    return replace(shown, is_mailed=is_mailed)


def _badge_id(keys: Keys, secret: str) -> UUID | None:
    content = content_of_link(keys.badge_pages, secret)
    return None if content is None else UUID(bytes=content)
