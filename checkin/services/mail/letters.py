"""Make the letter that brings a participant their badge."""

from __future__ import annotations

from email.utils import parseaddr

from sqlalchemy.orm import Session

from badges.calendar import CalendarEntry, calendar_file
from badges.message import Notice, compose
from badges.pdf import single_badge_pdf
from badges.phone import phone_badge_png
from badges.spec import BadgeSpec
from badges.texts import TEXTS, filling
from checkin.db.models import Event
from checkin.services.badges import badge_specs
from checkin.services.declining import decline_address
from checkin.services.event_look import look_of
from checkin.services.keys import Keys
from checkin.services.mail.claims import Claimed
from checkin.services.mail.sender import Sender
from checkin.services.mail.texts import texts_of
from checkin.services.mail.transport import Letter


def letter_for(
    session: Session, event: Event, keys: Keys, claimed: Claimed, sender: Sender
) -> Letter:
    """Return a claimed message as it leaves.

    Raises:
        BadgeError: something in it cannot be written; the sentence says what.
    """
    [spec] = badge_specs(session, event, keys, participant_ids=[claimed.participant_id])
    look = look_of(session, event)
    message = compose(
        spec,
        sender=sender.address,
        recipient=claimed.address,
        message_id=claimed.message_id,
        sent_at=claimed.created_at,
        notice=notice_of(event, sender),
        pdf=single_badge_pdf(spec, look=look),
        png=phone_badge_png(spec, look),
        texts=texts_of(session, event, spec.language),
        sensitive=event.sensitive,
        calendar=calendar_file(_entry(event, spec, claimed)),
        decline_link=decline_address(
            event, keys, claimed.badge_id, base_url=sender.base_url, language=spec.language
        ),
    )
    return Letter(message, sender.envelope(keys, claimed.id), claimed.address)


def notice_of(event: Event, sender: Sender) -> Notice:
    """Return who answers for the participants' data."""
    return Notice(
        organiser=event.organiser or event.name,
        contact=event.contact or parseaddr(sender.address)[1],
        kept_days=event.retention_days,
    )


def _entry(event: Event, spec: BadgeSpec, claimed: Claimed) -> CalendarEntry:
    words = filling(spec)
    # Calendars show their entries on locked screens too.
    neutral = TEXTS[spec.language].calendar_neutral
    return CalendarEntry(
        uid=f"{claimed.badge_id}@{claimed.message_id.strip('<>').partition('@')[2]}",
        stamp=claimed.created_at,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        summary=neutral if event.sensitive else words["event"],
        location=words["venue"],
    )
