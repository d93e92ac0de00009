"""Letters that left beside the outbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class LetterSent(Base):
    """A letter to an operator that a mail server took; kept while the day's limit counts it."""

    __tablename__ = "letter_sent"
    __table_args__ = (Index(None, "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
