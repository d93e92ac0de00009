"""The tables of gates, devices, pairings, leases, and stops of all entries."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base
from checkin.words.languages import LANGUAGES


class Gate(Base):
    """A way into the hall; without rows in `gate_category` it admits every category."""

    __tablename__ = "gate"
    __table_args__ = (
        UniqueConstraint("event_id", "folded"),
        UniqueConstraint("event_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    name: Mapped[str]
    folded: Mapped[str]


class GateCategory(Base):
    """One category that a gate admits."""

    __tablename__ = "gate_category"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "gate_id"], ["gate.event_id", "gate.id"]),
        ForeignKeyConstraint(["event_id", "category_id"], ["category.event_id", "category.id"]),
    )

    gate_id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]


class Device(Base):
    """A scanner enrolled at a gate; only a hash of its token is kept."""

    __tablename__ = "device"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "gate_id"], ["gate.event_id", "gate.id"]),
        UniqueConstraint("event_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    gate_id: Mapped[int]
    name: Mapped[str]
    software: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    paired_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    #: how far the device's clock was behind ours when it last said the time
    skew_ms: Mapped[int | None]
    #: scans that the device had not yet brought to us when it last said so
    waiting: Mapped[int | None]
    #: when it last had the newest gate list
    list_at: Mapped[datetime | None]
    #: when it said, once revoked, that it has erased what it held
    wiped_at: Mapped[datetime | None]


class Pairing(Base):
    """A pairing code: works once, for ten minutes."""

    __tablename__ = "pairing"
    __table_args__ = (ForeignKeyConstraint(["event_id", "gate_id"], ["gate.event_id", "gate.id"]),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    gate_id: Mapped[int]
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"), unique=True)


_NOT_LIFTED = text("lifted_at IS NULL")


class EntryStop(Base):
    """A stop of all entries: who ordered it, its messages, and who lifted it.

    The unique index allows an event only one stop in force.
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


#: what people are told while entries are stopped: a column for each language
STOP_MESSAGES = tuple(getattr(EntryStop, f"message_{tag}") for tag in LANGUAGES)


_NOT_ENDED = text("ended_at IS NULL")


class Lease(Base):
    """A lease: the places and hall room that one device may use by itself until `expires_at`.

    A device uses one lease at a time, and the server may not know which: the answer that granted
    the newest may have been lost. So a lease ends when its device names a newer one, and until then
    the largest of them counts. Ended leases stay, because admissions under them may be uploaded
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
