"""The privacy notice that people agree to, kept in the very words that they read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from badges.message import Notice
from badges.spec import Language
from badges.texts import fill, moment_text
from checkin.db.models import Consent, ConsentText, Delegation, Event
from checkin.protocol.time_zones import in_time_zone
from checkin.services.events.own_texts import texts_of


@dataclass(frozen=True, slots=True)
class PrivacyNotice:
    """What somebody is asked to agree to.

    Attributes:
        version: stands for exactly this text.
    """

    language: Language
    text: str

    @property
    def version(self) -> str:
        """The first half of the SHA-256 of language and text, in hexadecimal digits."""
        return hashlib.sha256(f"{self.language}\n{self.text}".encode()).hexdigest()[:32]


def privacy_notice(
    session: Session, event: Event, delegation: Delegation, notice: Notice, language: Language
) -> PrivacyNotice:
    """Return an event's privacy notice, in its own words where it has some."""
    arabic = language == "ar"
    words = {
        "event": (arabic and event.name_ar) or event.name,
        "delegation": (arabic and delegation.name_ar) or delegation.name,
        "venue": (arabic and event.venue_ar) or event.venue,
        "when": moment_text(in_time_zone(event.starts_at, event.timezone), language),
        "organiser": notice.organiser,
        "contact": notice.contact,
        "days": str(notice.kept_days),
        "name": "–",
        "number": "–",
    }
    return PrivacyNotice(language, fill(texts_of(session, event, language).privacy, words))


def keep_text(session: Session, notice: PrivacyNotice, now: datetime) -> str:
    """Keep the words of a notice, once, and return their version."""
    if session.get(ConsentText, notice.version) is None:
        kept = ConsentText(
            id=notice.version, language=notice.language, text=notice.text, first_used_at=now
        )
        session.add(kept)
        session.flush()
    return notice.version


def record_consent(
    session: Session, event_id: int, participant_id: int, text_id: str, given_at: datetime
) -> None:
    """Write down what a participant agreed to, and when."""
    consent = Consent(
        participant_id=participant_id, event_id=event_id, text_id=text_id, given_at=given_at
    )
    session.add(consent)
    session.flush()
