"""Previews of the message with a badge, for an invented participant with an invalid code."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr

from sqlalchemy.orm import Session

from badges.message import Links, compose
from badges.pdf import single_badge_pdf
from badges.phone import phone_badge_png
from badges.spec import BadgeSpec
from checkin.db.models import Event
from checkin.protocol.codes import TOKEN_BYTES, format_code
from checkin.protocol.time_zones import in_time_zone
from checkin.services.events.look import look_of
from checkin.services.events.own_texts import texts_of
from checkin.services.mail.letters import notice_of
from checkin.services.mail.outcomes import Letter
from checkin.services.mail.sender import Sender

#: a code of the right form that belongs to nobody
_INVALID_CODE = format_code(bytes(TOKEN_BYTES))


def preview_html(session: Session, event: Event, language: str, sender: Sender) -> str:
    """Return the HTML part of the previewed message, with its picture embedded."""
    message = _message(session, event, language, sender, "preview@example.org")
    html, picture = message.get_body(("html",)), _picture(message)
    if html is None:
        raise TypeError("the message has no HTML")
    data = base64.b64encode(bytes(picture.get_content())).decode()
    cid = str(picture["Content-ID"]).strip("<>")
    return str(html.get_content()).replace(f"cid:{cid}", f"data:image/png;base64,{data}")


def preview_picture(session: Session, event: Event, language: str) -> bytes:
    """Return the picture of an invented participant's badge, as a telephone shows it."""
    return phone_badge_png(_invented(event, language), look_of(session, event))


def preview_letter(
    session: Session, event: Event, language: str, sender: Sender, recipient: str
) -> Letter:
    """Return the message, with an invented badge that is not valid, to a recipient who asked."""
    message = _message(session, event, language, sender, recipient)
    return Letter(message, parseaddr(sender.address)[1], recipient)


def _message(
    session: Session, event: Event, language: str, sender: Sender, recipient: str
) -> EmailMessage:
    spec, look = _invented(event, language), look_of(session, event)
    return compose(
        spec,
        sender=sender.address,
        recipient=recipient,
        message_id=make_msgid(domain=sender.domain),
        sent_at=datetime.now(UTC),
        notice=notice_of(event, sender),
        pdf=single_badge_pdf(spec, look=look),
        png=phone_badge_png(spec, look),
        texts=texts_of(session, event, language),
        sensitive=event.sensitive,
        links=Links(decline=f"{sender.base_url}/n/…", page=f"{sender.base_url}/b/…"),
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


def _picture(message: EmailMessage) -> EmailMessage:
    [picture] = [part for part in message.walk() if part.get_content_type() == "image/png"]
    if not isinstance(picture, EmailMessage):
        raise TypeError("the picture is not a message part")
    return picture
