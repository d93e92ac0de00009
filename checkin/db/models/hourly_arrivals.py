"""What stays of an event after its personal data are erased."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class HourlyArrivals(Base):
    """How many people of a delegation arrived at a gate within one hour (UTC)."""

    __tablename__ = "hourly_arrivals"

    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegation.id"), primary_key=True)
    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id"), primary_key=True)
    hour_at: Mapped[datetime] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    arrived: Mapped[int]
