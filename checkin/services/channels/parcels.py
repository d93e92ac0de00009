"""Make what somebody is sent on their telephone: their name, the event, the link of their badge."""

from __future__ import annotations

from sqlalchemy.orm import Session

from checkin.db.models import Event, Participant
from checkin.domain.channels.sms_text import first_that_fits
from checkin.services.badges.page import page_secret
from checkin.services.channels.gateways import Parcel
from checkin.services.common.keys import Keys
from checkin.services.mail.claims import Claimed
from checkin.words.catalogues import msgid, say


def parcel_for(
    session: Session, event: Event, keys: Keys, claimed: Claimed, base_url: str
) -> Parcel:
    """Return what a claimed message brings, in its recipient's language.

    It is read on locked screens and by whoever runs the gateway: a sensitive event is not named.
    """
    person = session.get_one(Participant, claimed.participant_id)
    language, secret = person.language, page_secret(keys, claimed.badge_id)
    is_arabic = language == "ar"
    name = (is_arabic and person.name_ar) or person.name or person.name_ar or ""
    event_name = "" if event.sensitive else (is_arabic and event.name_ar) or event.name
    page = f"{base_url}/b/{secret}"
    return Parcel(
        reference=reference_of(claimed.message_id),
        number=claimed.address,
        language=language,
        name=name,
        event=event_name or say("letters", language, "the event"),
        page=page,
        secret=secret,
        text=sms_text(language, name, event_name, page),
    )


def trial_parcel(number: str, language: str, name: str, base_url: str, reference: str) -> Parcel:
    """Return the message by which somebody tries a channel: its link leads to no badge."""
    secret = "test"  # noqa: S105 - no secret: the address of no badge
    page = f"{base_url}/b/{secret}"
    return Parcel(
        reference=reference,
        number=number,
        language=language,
        name=name,
        event="Marhaba",
        page=page,
        secret=secret,
        text=first_that_fits([say("letters", language, "Marhaba: this test message has arrived")]),
    )


def sms_text(language: str, name: str, event: str, page: str) -> str:
    """Return the text of an SMS with the link, of two segments at most.

    Args:
        event: "" where it is not to be named; then nobody is.
    """
    texts = [say("letters", language, _NEUTRAL, page=page), page]
    if event:
        texts.insert(0, say("letters", language, _WITHOUT_NAME, event=event, page=page))
        texts.insert(0, say("letters", language, _WITH_NAME, name=name, event=event, page=page))
    return first_that_fits(texts)


def reference_of(message_id: str) -> str:
    """Return by what a gateway knows a message that it is handed again."""
    return message_id.strip("<>").partition("@")[0]


_WITH_NAME = msgid("{name}, your entry badge for {event}: {page}")
_WITHOUT_NAME = msgid("Your entry badge for {event}: {page}")
_NEUTRAL = msgid("Your entry badge, for you alone: {page}")
