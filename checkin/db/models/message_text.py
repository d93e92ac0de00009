"""An event's own words in its messages, where they differ from the usual ones."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class MessageText(Base):
    """One sentence in one language; placeholders in braces, nothing that runs."""

    __tablename__ = "message_text"
    __table_args__ = (CheckConstraint("language IN ('fr', 'ar', 'en')", name="language"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    #: which sentence, as `badges.texts.Texts` calls it
    name: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
