"""Places lent to a device, for admissions while it cannot ask."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base

_NOT_ENDED = text("ended_at IS NULL")


class Lease(Base):
    """What one device may give away by itself until `expires_at`; it holds one at a time.

    Ended ones stay, because what was admitted under them may be uploaded much later.
    """

    __tablename__ = "lease"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "device_id"], ["device.event_id", "device.id"]),
        CheckConstraint("expires_at > granted_at", name="life"),
        CheckConstraint("hall_used >= 0 AND hall_used <= coalesce(hall, 0)", name="hall_used"),
        Index(
            "uq_lease_held",
            "device_id",
            unique=True,
            sqlite_where=_NOT_ENDED,
            postgresql_where=_NOT_ENDED,
        ),
        Index(
            "ix_lease_not_ended",
            "event_id",
            sqlite_where=_NOT_ENDED,
            postgresql_where=_NOT_ENDED,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    device_id: Mapped[int]
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    #: when it was renewed or given back; None too where it was left to expire
    ended_at: Mapped[datetime | None]
    #: share of the hall's capacity; None where the hall has no limit
    hall: Mapped[int | None]
    hall_used: Mapped[int] = mapped_column(default=0)


class LeasePlace(Base):
    """Places of one delegation's quota in a lease, for people who hold none of their own."""

    __tablename__ = "lease_place"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "delegation_id"], ["delegation.event_id", "delegation.id"]
        ),
        CheckConstraint("used >= 0 AND used <= places", name="used"),
    )

    lease_id: Mapped[UUID] = mapped_column(ForeignKey("lease.id"), primary_key=True)
    delegation_id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    places: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)
