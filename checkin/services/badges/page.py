"""The web page of a badge: its secret address, and what it shows while the badge is valid.

The secret is the badge's random id, one block of 128 bits, encrypted with AES-256 under a key of
its own. So the database holds no working address, nothing has to be stored for it, and a reissued
badge, whose id is new, has a new address. A guessed secret decrypts to a random id, which no badge
has, so looking it up reveals nothing about near misses.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from badges.calendar import CalendarEntry
from badges.look import Look
from badges.spec import BadgeSpec
from badges.texts import texts_in
from checkin.db.models import Badge, Event, Participant
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.badges.specs import badge_specs
from checkin.services.common.keys import Keys
from checkin.services.events.look import look_of

SECRET_LENGTH = 26
#: openings that follow one another sooner are one
OPENING = timedelta(hours=1)
_PADDING = "=" * 6


@dataclass(frozen=True, slots=True)
class ShownBadge:
    """A valid badge as its page shows it.

    Attributes:
        confirmed: False while the participant waits on the reserve list.
        last_opened_at: when its page was last opened before; None if it never was.
    """

    badge_id: UUID
    spec: BadgeSpec
    event: Event
    confirmed: bool
    look: Look
    last_opened_at: datetime | None


def page_secret(keys: Keys, badge_id: UUID) -> str:
    """Return the secret part of the address of a badge's page: 26 small letters and digits."""
    block = _cipher(keys).encryptor().update(badge_id.bytes)
    return base64.b32encode(block).decode().rstrip("=").lower()


def page_address(keys: Keys, base_url: str, badge_id: UUID) -> str:
    """Return the address of a badge's page, which is as secret as the badge's code."""
    return f"{base_url}/b/{page_secret(keys, badge_id)}"


def shown_badge(session: Session, keys: Keys, secret: str) -> ShownBadge | None:
    """Return the badge that a secret belongs to; None if it is wrong, revoked or canceled."""
    badge_id = _badge_id(keys, secret)
    if badge_id is None:
        return None
    row = session.execute(
        select(Participant.id, Participant.standing, Event, Badge.last_opened_at)
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
    look = look_of(session, row.Event)
    return ShownBadge(badge_id, spec, row.Event, confirmed, look, row.last_opened_at)


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


def calendar_entry(shown: ShownBadge) -> CalendarEntry:
    """Return the calendar entry of the event for a participant.

    A calendar is read by more people than its owner, so the name of a sensitive event stays out.
    """
    spec, event = shown.spec, shown.event
    texts, arabic = texts_in(spec.language), spec.language == "ar"
    name = (arabic and spec.event_name_ar) or spec.event_name
    return CalendarEntry(
        uid=f"{event.created_at:%Y%m%d%H%M%S}-{event.id}@marhaba",
        stamp=event.created_at,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        summary=texts.subject_neutral if event.sensitive else name,
        location=(arabic and spec.venue_ar) or spec.venue,
        description=texts.show,
    )


def _badge_id(keys: Keys, secret: str) -> UUID | None:
    try:
        block = base64.b32decode(secret.upper() + _PADDING)
    except (binascii.Error, ValueError):
        return None
    if len(secret) != SECRET_LENGTH or len(block) != 16:
        return None
    return UUID(bytes=_cipher(keys).decryptor().update(block))


def _cipher(keys: Keys) -> Cipher[modes.ECB]:
    # One block that never comes twice: the mode has nothing to chain and nothing to repeat.
    return Cipher(algorithms.AES(keys.badge_pages), modes.ECB())  # noqa: S305 - see above
