"""A scan: one reading at a gate, immutable, refused ones too."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base, one_of
from checkin.domain.scanning.verdict import Direction, Reason, Source, Status


class Scan(Base):
    """One reading of a code, with what was answered.

    `scanned_at` is what the device's clock said, `corrected_at` that moment by the server's
    clock. `arrived`, `quota`, `first_at` and `first_gate_id` are kept so that the same scan_id
    always gets the same answer. Only annulling writes to a row again.
    """

    __tablename__ = "scan"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "device_id"], ["device.event_id", "device.id"]),
        ForeignKeyConstraint(["event_id", "gate_id"], ["gate.event_id", "gate.id"]),
        ForeignKeyConstraint(["event_id", "badge_id"], ["badge.event_id", "badge.id"]),
        ForeignKeyConstraint(
            ["event_id", "participant_id"], ["participant.event_id", "participant.id"]
        ),
        one_of("direction", Direction),
        one_of("status", Status),
        one_of("reason", Reason),
        one_of("source", Source),
        CheckConstraint("(status = 'ok') = (reason IS NULL)", name="reason_of_refusal"),
        CheckConstraint("NOT forced OR force_reason IS NOT NULL", name="forced"),
        Index(None, "event_id", "corrected_at"),
        Index(None, "participant_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scan_id: Mapped[UUID] = mapped_column(unique=True)
    event_id: Mapped[int]
    gate_id: Mapped[int]
    device_id: Mapped[int]
    badge_id: Mapped[UUID | None]
    participant_id: Mapped[int | None]
    #: keyed hash of what was read, so that an unknown code can be recognised but not copied
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    body_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    direction: Mapped[str]
    source: Mapped[str]
    scanned_at: Mapped[datetime]
    corrected_at: Mapped[datetime]
    received_at: Mapped[datetime]
    skew_ms: Mapped[int]
    status: Mapped[str]
    reason: Mapped[str | None]
    #: what the device itself had answered, when it was offline
    decided_status: Mapped[str | None]
    decided_reason: Mapped[str | None]
    forced: Mapped[bool]
    force_reason: Mapped[str | None]
    forced_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    arrived: Mapped[int | None]
    quota: Mapped[int | None]
    first_at: Mapped[datetime | None]
    first_gate_id: Mapped[int | None]
    annulled_at: Mapped[datetime | None]
    annul_reason: Mapped[str | None]
