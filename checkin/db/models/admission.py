"""An admission: a person is counted in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base

_STANDS = text("annulled_at IS NULL")
_INSIDE = text("annulled_at IS NULL AND exited_at IS NULL")


class Admission(Base):
    """One entry of a participant; `entry_no` 1 is the arrival.

    The two unique indexes are the guard of the first invariant: of any number of gates that admit
    the same entry at once, one inserts its row and the others run again and see it.
    """

    __tablename__ = "admission"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "device_id"], ["device.event_id", "device.id"]),
        ForeignKeyConstraint(["event_id", "gate_id"], ["gate.event_id", "gate.id"]),
        ForeignKeyConstraint(
            ["event_id", "delegation_id"], ["delegation.event_id", "delegation.id"]
        ),
        ForeignKeyConstraint(
            ["event_id", "participant_id"], ["participant.event_id", "participant.id"]
        ),
        CheckConstraint("entry_no >= 1", name="entry_no"),
        Index(
            "uq_admission_entry",
            "participant_id",
            "entry_no",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        Index(
            "uq_admission_inside",
            "participant_id",
            unique=True,
            sqlite_where=_INSIDE,
            postgresql_where=_INSIDE,
        ),
        Index(None, "event_id", "admitted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    participant_id: Mapped[int]
    delegation_id: Mapped[int]
    gate_id: Mapped[int]
    device_id: Mapped[int]
    scan_pk: Mapped[int] = mapped_column(ForeignKey("scan.id"), unique=True)
    entry_no: Mapped[int]
    #: let in without a place of the quota, on a supervisor's word
    without_place: Mapped[bool] = mapped_column(default=False)
    admitted_at: Mapped[datetime]
    exited_at: Mapped[datetime | None]
    exit_scan_pk: Mapped[int | None] = mapped_column(ForeignKey("scan.id"))
    annulled_at: Mapped[datetime | None]
