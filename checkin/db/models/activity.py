"""Who did what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class Activity(Base):
    """One act of an operator, a device or the command line; never changed.

    Lines of failed sign-ins are erased when they are old
    (`checkin.services.accounts.failed_sign_ins`).
    """

    __tablename__ = "activity"
    __table_args__ = (Index(None, "event_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    at: Mapped[datetime]
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    action: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
