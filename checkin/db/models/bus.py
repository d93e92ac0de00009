"""Transport: a delegation's buses and who rides in them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class Bus(Base):
    """A bus with its leader and its seats."""

    __tablename__ = "bus"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "delegation_id"], ["delegation.event_id", "delegation.id"]
        ),
        UniqueConstraint("event_id", "id"),
        UniqueConstraint("delegation_id", "name"),
        CheckConstraint("seats > 0", name="seats"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    delegation_id: Mapped[int]
    name: Mapped[str]
    leader: Mapped[str]
    leader_phone: Mapped[str | None]
    seats: Mapped[int]


class BusPassenger(Base):
    """Who rides in which bus: one each."""

    __tablename__ = "bus_passenger"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "participant_id"], ["participant.event_id", "participant.id"]
        ),
        ForeignKeyConstraint(["event_id", "bus_id"], ["bus.event_id", "bus.id"]),
        Index(None, "bus_id"),
    )

    participant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int]
    bus_id: Mapped[int]
