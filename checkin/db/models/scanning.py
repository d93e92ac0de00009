"""The tables of scans, admissions, tallies, conflicts, possible duplicates and walk-ins."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base, one_of
from checkin.domain.people.registration import Likeness
from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Source, Status


class Scan(Base):
    """A reading of a code, with the answer that the device got.

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
        one_of("overridden", Reason),
        CheckConstraint("(status = 'ok') = (reason IS NULL)", name="reason_of_refusal"),
        CheckConstraint("NOT forced OR force_reason IS NOT NULL", name="forced"),
        Index(None, "event_id", "corrected_at"),
        Index(None, "participant_id"),
        Index(
            "ix_scan_forced",
            "event_id",
            sqlite_where=text("forced = 1"),
            postgresql_where=text("forced"),
        ),
        Index(
            "ix_scan_by_ref",
            "event_id",
            "received_at",
            sqlite_where=text("by_ref = 1"),
            postgresql_where=text("by_ref"),
        ),
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
    #: the device named the badge without its code
    by_ref: Mapped[bool] = mapped_column(default=False, server_default=false())
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
    #: the reason to refuse that the supervisor set aside, the most serious one
    overridden: Mapped[str | None]
    arrived: Mapped[int | None]
    quota: Mapped[int | None]
    first_at: Mapped[datetime | None]
    first_gate_id: Mapped[int | None]
    annulled_at: Mapped[datetime | None]
    annul_reason: Mapped[str | None]
    #: the delegation of somebody whose registration is lost since a restore, as the gate knew it.
    #: No reference: a delegation that has nobody may be deleted.
    lost_delegation_id: Mapped[int | None]


_STANDS = text("annulled_at IS NULL")
_INSIDE = text("annulled_at IS NULL AND exited_at IS NULL")


class Admission(Base):
    """One entry of a participant on a day; `entry_no` 1 is the arrival of that day.

    The two unique indexes ensure the first invariant: of any number of gates that admit the same
    entry at once, one inserts its row, and the others run again and see it.
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
        CheckConstraint("day >= 1", name="day"),
        Index(
            "uq_admission_entry",
            "participant_id",
            "day",
            "entry_no",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        Index(
            "uq_admission_inside",
            "participant_id",
            "day",
            unique=True,
            sqlite_where=_INSIDE,
            postgresql_where=_INSIDE,
        ),
        Index(None, "event_id", "admitted_at"),
        Index(
            "ix_admission_on_loan",
            "delegation_id",
            sqlite_where=text("on_loan = 1 AND annulled_at IS NULL"),
            postgresql_where=text("on_loan AND annulled_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    participant_id: Mapped[int]
    delegation_id: Mapped[int]
    gate_id: Mapped[int]
    device_id: Mapped[int]
    scan_pk: Mapped[int] = mapped_column(ForeignKey("scan.id"), unique=True)
    #: a day of the event
    day: Mapped[int]
    entry_no: Mapped[int]
    #: let in without a place of the quota, on a supervisor's word
    without_place: Mapped[bool] = mapped_column(default=False)
    #: on a place that was lent to the gate's device
    on_loan: Mapped[bool] = mapped_column(default=False)
    admitted_at: Mapped[datetime]
    exited_at: Mapped[datetime | None]
    exit_scan_pk: Mapped[int | None] = mapped_column(ForeignKey("scan.id"))
    annulled_at: Mapped[datetime | None]


class Conflict(Base):
    """A scan that a device accepted offline and that the rules would have refused."""

    __tablename__ = "conflict"
    __table_args__ = (one_of("reason", Reason), Index(None, "event_id", "decided_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    scan_pk: Mapped[int] = mapped_column(ForeignKey("scan.id"), unique=True)
    reason: Mapped[str]
    #: the admission that it contradicts, where there is one
    admission_id: Mapped[int | None] = mapped_column(ForeignKey("admission.id"))
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    decision: Mapped[str | None]
    #: why it was decided so, in the operator's words
    note: Mapped[str | None]


class Duplicate(Base):
    """Somebody of whom nobody could ask whether they are registered already.

    It is a walk-in of whom the gate could not or may not be told, or somebody to whom a coordinator
    has given the e-mail or phone of somebody of another delegation.
    """

    __tablename__ = "duplicate"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "participant_id"], ["participant.event_id", "participant.id"]
        ),
        ForeignKeyConstraint(["event_id", "twin_id"], ["participant.event_id", "participant.id"]),
        CheckConstraint("twin_id != participant_id", name="two"),
        one_of("same", Likeness),
        Index(None, "event_id", "decided_at"),
        Index(None, "event_id", "twin_id"),
    )

    #: the walk-in, or who was corrected
    participant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int]
    #: who was registered before
    twin_id: Mapped[int]
    #: by what they are alike
    same: Mapped[str]
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    decision: Mapped[str | None]
    #: why it was decided so, in the operator's words
    note: Mapped[str | None]


class ArrivalTally(Base):
    """The counts of one delegation's arrivals by one device at one gate on a day."""

    __tablename__ = "arrival_tally"
    __table_args__ = (Index(None, "event_id"), Index(None, "delegation_id"))

    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegation.id"), primary_key=True)
    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id"), primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    arrived: Mapped[int]
    #: of those who came in on this day; may be negative: people leave by another gate
    inside: Mapped[int]
    without_place: Mapped[int]
    last_scan_at: Mapped[datetime]
    #: when the last of those who are counted as arrived came in; None while there is none
    last_arrival_at: Mapped[datetime | None]


class RefusalTally(Base):
    """The refusals by one device at one gate on a day, and its last scan without an arrival."""

    __tablename__ = "refusal_tally"
    __table_args__ = (Index(None, "event_id"),)

    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id"), primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    refused: Mapped[int]
    last_scan_at: Mapped[datetime]


class WalkIn(Base):
    """A walk-in with the answer that the device got, which never changes."""

    __tablename__ = "walk_in"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "device_id"], ["device.event_id", "device.id"]),
        ForeignKeyConstraint(
            ["event_id", "participant_id"], ["participant.event_id", "participant.id"]
        ),
        Index(None, "event_id", "participant_id"),
        Index(
            "ix_walk_in_on_loan",
            "participant_id",
            sqlite_where=text("on_loan = 1"),
            postgresql_where=text("on_loan"),
        ),
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
    #: confirmed on a place that was lent to a hub
    on_loan: Mapped[bool] = mapped_column(default=False, server_default=false())


class HourlyArrivals(Base):
    """How many people of a delegation arrived at a gate within one hour (UTC) of a day.

    A purge leaves it. Who the people were at that time is counted beside: `arrived_reserve` on the
    reserve list, `arrived_canceled` canceled, the others registered; `overrides` and `walk_ins`
    are counted among all of them.
    """

    __tablename__ = "hourly_arrivals"

    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegation.id"), primary_key=True)
    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id"), primary_key=True)
    hour_at: Mapped[datetime] = mapped_column(primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    arrived: Mapped[int]
    arrived_reserve: Mapped[int] = mapped_column(default=0)
    arrived_canceled: Mapped[int] = mapped_column(default=0)
    overrides: Mapped[int] = mapped_column(default=0)
    walk_ins: Mapped[int] = mapped_column(default=0)
