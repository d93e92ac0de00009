"""Previews of messages, for an invented participant or for one of the event, with no valid code."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr

from sqlalchemy.orm import Session

from badges.message import Links, Occasion, compose
from badges.phone import phone_badge_png
from badges.spec import BadgeSpec
from checkin.db.models import Event
from checkin.domain.common.contacts import deliverable
from checkin.domain.messages.kinds import KINDS, MessageKind
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.protocol.codes import TOKEN_BYTES, format_code
from checkin.protocol.time_zones import in_time_zone
from checkin.services.events.look import look_of
from checkin.services.events.own_texts import texts_of
from checkin.services.mail.letters import NO_PICTURES, badge_pictures, notice_of
from checkin.services.mail.outcomes import Letter
from checkin.services.mail.sender import Sender

#: a code of the right form that belongs to nobody
_INVALID_CODE = format_code(bytes(TOKEN_BYTES))


@dataclass(frozen=True, slots=True)
class Previewed:
    """A message to look at before it is sent.

    Attributes:
        person: the badge of the participant as whom it is looked at; None for an invented one.
    """

    language: str
    occasion: Occasion = field(default_factory=Occasion)
    person: BadgeSpec | None = None

    def spec(self, event: Event) -> BadgeSpec:
        """Return the badge of the one who gets it, with a code that opens nothing."""
        if self.person is None:
            return _invented(event, self.language)
        return replace(self.person, code=_INVALID_CODE, language=self.language)


def preview_html(session: Session, event: Event, previewed: Previewed, sender: Sender) -> str:
    """Return the HTML part of the previewed message, with its picture embedded.

    Raises:
        BadgeError: the message cannot be written; says why.
    """
    message = _message(session, event, previewed, sender, "preview@example.org")
    html = message.get_body(("html",))
    if html is None:
        raise TypeError("the message has no HTML")
    return _embedded(str(html.get_content()), message)


def preview_picture(session: Session, event: Event, language: str) -> bytes:
    """Return the picture of an invented participant's badge, as a telephone shows it."""
    return phone_badge_png(_invented(event, language), look_of(session, event))


def preview_subject(session: Session, event: Event, previewed: Previewed, sender: Sender) -> str:
    """Return the subject of the previewed message."""
    message = _message(session, event, previewed, sender, "preview@example.org")
    return str(message["Subject"])


def preview_letter(
    session: Session, event: Event, previewed: Previewed, sender: Sender, recipient: str
) -> Letter:
    """Return the message, with a badge that is not valid, to a recipient who asked."""
    recipient = deliverable(recipient)
    message = _message(session, event, previewed, sender, recipient)
    return Letter(message, parseaddr(sender.address)[1], recipient)


def _message(
    session: Session, event: Event, previewed: Previewed, sender: Sender, recipient: str
) -> EmailMessage:
    spec, row = previewed.spec(event), KINDS[MessageKind(previewed.occasion.kind)]
    pdf, png = badge_pictures(session, event, spec) if row.carries_badge else NO_PICTURES
    page = f"{sender.base_url}/b/…"
    links = Links(
        decline=f"{sender.base_url}/n/…" if row.carries_badge else None,
        page=page if RegistrationStatus.CONFIRMED in row.to else None,
        # The page of a canceled person's badge is gone.
        no_mail=None if RegistrationStatus.CANCELED in row.to else f"{page}#mail",
    )
    return compose(
        spec,
        sender=sender.address,
        recipient=recipient,
        message_id=make_msgid(domain=sender.domain),
        sent_at=datetime.now(UTC),
        notice=notice_of(event, sender),
        occasion=previewed.occasion,
        texts=texts_of(session, event, spec.language),
        sensitive=event.sensitive,
        links=links,
        pdf=pdf,
        png=png,
    )


def _invented(event: Event, language: str) -> BadgeSpec:
    return BadgeSpec(
        code=_INVALID_CODE,
        number="0000",
        name="Amina Alaoui",
        name_ar="أمينة العلوي",
        delegation="Khémisset",
        delegation_ar="الخميسات",
        category="Militant",
        category_ar="مناضل",
        event_name=event.name,
        event_name_ar=event.name_ar,
        starts_at=in_time_zone(event.starts_at, event.timezone),
        venue=event.venue,
        venue_ar=event.venue_ar,
        language=language,
    )


def _embedded(html: str, message: EmailMessage) -> str:
    """Return HTML with its pictures in it, instead of beside it."""
    for part in message.walk():
        if part.get_content_type() == "image/png" and isinstance(part, EmailMessage):
            data = base64.b64encode(bytes(part.get_content())).decode()
            cid = str(part["Content-ID"]).strip("<>")
            html = html.replace(f"cid:{cid}", f"data:image/png;base64,{data}")
    return html
