"""Running counts, so that the board does not grow slower with every scan.

A row belongs to one device, so two gates never wait for one another's row; the board adds up
devices × delegations rows, however many scans there were.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class ArrivalTally(Base):
    """What one device at one gate has counted of one delegation."""

    __tablename__ = "arrival_tally"
    __table_args__ = (Index(None, "event_id"), Index(None, "delegation_id"))

    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegation.id"), primary_key=True)
    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id"), primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    arrived: Mapped[int]
    #: may be negative: people leave by another gate than they came in
    inside: Mapped[int]
    without_place: Mapped[int]
    last_scan_at: Mapped[datetime]


class RefusalTally(Base):
    """What one device at one gate has refused, and when it last scanned without an arrival."""

    __tablename__ = "refusal_tally"
    __table_args__ = (Index(None, "event_id"),)

    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id"), primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    refused: Mapped[int]
    last_scan_at: Mapped[datetime]
