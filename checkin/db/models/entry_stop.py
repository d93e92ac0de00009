"""A stop of all entries: every gate admits nobody until it is lifted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base

_NOT_LIFTED = text("lifted_at IS NULL")


class EntryStop(Base):
    """Who stopped the entries of an event, with what to tell people, and who lifted it.

    The unique index allows an event one stop at a time.
    """

    __tablename__ = "entry_stop"
    __table_args__ = (
        Index(
            "uq_entry_stop_open",
            "event_id",
            unique=True,
            sqlite_where=_NOT_LIFTED,
            postgresql_where=_NOT_LIFTED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    message_fr: Mapped[str]
    message_ar: Mapped[str]
    message_en: Mapped[str]
    stopped_at: Mapped[datetime]
    stopped_by: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
