"""A walk-in: a registration that a device named itself, so that it may be sent again."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class WalkIn(Base):
    """What was answered to one; it never changes, whatever becomes of the person."""

    __tablename__ = "walk_in"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "device_id"], ["device.event_id", "device.id"]),
        ForeignKeyConstraint(
            ["event_id", "participant_id"], ["participant.event_id", "participant.id"]
        ),
        Index(None, "event_id", "participant_id"),
    )

    #: made by the device
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    device_id: Mapped[int]
    participant_id: Mapped[int]
    badge_id: Mapped[UUID] = mapped_column(ForeignKey("badge.id"))
    standing: Mapped[str]
    reserve_no: Mapped[int | None]
    #: of what was told of the person, keyed: the same id for somebody else is a fault
    person_hash: Mapped[bytes]
