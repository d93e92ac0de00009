"""Somebody who asked to be registered, and on whom a coordinator has not decided."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class Application(Base):
    """A request by a delegation's link: approved, a participant; rejected, erased."""

    __tablename__ = "application"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "delegation_id"], ["delegation.event_id", "delegation.id"]
        ),
        CheckConstraint("name <> '' OR name_ar IS NOT NULL", name="name"),
        Index(None, "delegation_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    delegation_id: Mapped[int]
    name: Mapped[str]
    name_ar: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str]
    #: when it was sent, and with it the consent given
    applied_at: Mapped[datetime]
    consent_text_id: Mapped[str] = mapped_column(ForeignKey("consent_text.id"))
