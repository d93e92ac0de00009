"""The e-mail to whoever registers by a delegation's link: it says that it was received, no more.

It is the same in every case, so that it tells nobody who is registered. Nothing that the applicant
wrote is in it: whoever has typed another person's address sends them no words of theirs.
"""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from functools import partial

from sqlalchemy.orm import Session

from badges.mail_templates import mail_template
from checkin.db.models import Delegation, Event, Sending
from checkin.domain.common.contacts import deliverable
from checkin.services.mail.outcomes import Letter
from checkin.services.mail.sender import DAY, Sender, left_since, sending_of
from checkin.words.catalogues import msgid, say
from checkin.words.languages import spoken

_SUBJECT = msgid("Registration received")
_PARAGRAPHS = (
    msgid("The registration with the delegation “{delegation}” ({event}) was received."),
    msgid("If it is confirmed, the badge comes in another e-mail. There is nothing else to do."),
    msgid("If you did not register, do nothing: nothing more is needed."),
)


def may_leave(session: Session, event: Event, sender: Sender, now: datetime) -> bool:
    """Say whether the day's limit leaves room, and nobody has paused the event's messages."""
    is_running = sending_of(session, event.id) is Sending.RUNNING
    return is_running and left_since(session, now - DAY) < sender.per_day


def received_letter(
    event: Event, delegation: Delegation, address: str, language: str, sender: Sender, now: datetime
) -> Letter:
    """Return the e-mail that says that a registration by a link was received."""
    said = partial(say, "letters", language)
    names = {"event": _name(event, language), "delegation": _name(delegation, language)}
    paragraphs = [said(sentence, **names) for sentence in _PARAGRAPHS]
    message = EmailMessage()
    message["From"] = sender.address
    message["To"] = deliverable(address)
    message["Subject"] = said(_SUBJECT)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=sender.domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join(paragraphs) + "\n")
    message.add_alternative(_html(paragraphs, message["Subject"], language), subtype="html")
    return Letter(message, parseaddr(sender.address)[1], deliverable(address))


def _name(of: Event | Delegation, language: str) -> str:
    return (of.name_ar if language == "ar" else None) or of.name


def _html(paragraphs: list[str], subject: str, language: str) -> str:
    return mail_template("received.html").render(
        paragraphs=paragraphs,
        subject=subject,
        language=language,
        direction=spoken(language).direction,
        start="right" if spoken(language).is_from_right else "left",
    )
