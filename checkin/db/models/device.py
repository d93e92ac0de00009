"""Devices at the gates, and the codes that pair them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


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
