"""A print: one badge put on paper at a desk."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class BadgePrint(Base):
    """One printing of one badge; never changed, so that its copies can be counted."""

    __tablename__ = "badge_print"
    __table_args__ = (CheckConstraint("copies >= 1", name="copies"), Index(None, "badge_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    badge_id: Mapped[UUID] = mapped_column(ForeignKey("badge.id"))
    copies: Mapped[int]
    #: what the badge was laid out for: card, sheet or a6
    design: Mapped[str]
    #: the printer that took it; None where the PDF was opened for a person to print
    printer: Mapped[str | None]
    at: Mapped[datetime]
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
