"""Places lent to a device, for admissions while it cannot ask."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base

_NOT_ENDED = text("ended_at IS NULL")


class Lease(Base):
    """What one device may give away by itself until `expires_at`.

    It uses one at a time, and the server may not know which: the answer that granted the newest
    may have been lost. So a lease ends when its device names a newer one, and until then the
    largest of them counts. Ended ones stay, because what was admitted under them may be uploaded
    much later.
    """

    __tablename__ = "lease"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "device_id"], ["device.event_id", "device.id"]),
        CheckConstraint("expires_at > granted_at", name="life"),
        CheckConstraint("hall_used >= 0 AND hall_used <= coalesce(hall, 0)", name="hall_used"),
        Index(
            "ix_lease_held",
            "device_id",
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
    #: when its device was known to have another, gave it back, or was seen to have let it expire
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
