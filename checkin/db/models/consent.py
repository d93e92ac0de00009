"""What people agreed to, in the very words they read, and when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class ConsentText(Base):
    """One version of the privacy notice; the words of an event may change, these never do."""

    __tablename__ = "consent_text"
    __table_args__ = (CheckConstraint("language IN ('fr', 'ar', 'en')", name="language"),)

    #: the first half of the text's SHA-256, in hexadecimal digits
    id: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str]
    text: Mapped[str]
    first_used_at: Mapped[datetime]


class Consent(Base):
    """A participant's consent."""

    __tablename__ = "consent"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "participant_id"], ["participant.event_id", "participant.id"]
        ),
    )

    participant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int]
    text_id: Mapped[str] = mapped_column(ForeignKey("consent_text.id"))
    given_at: Mapped[datetime]
