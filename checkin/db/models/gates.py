"""The tables of gates, devices, pairings, leases, and stops of all entries."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
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
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    name: Mapped[str]
    #: what it is called in Arabic, on signs and on gates' screens; None: as in `name`
    name_ar: Mapped[str | None]
    folded: Mapped[str]
    #: people are looked up here all day: its devices may be shown more of them, and new ones are
    #: help desks
    help_desk: Mapped[bool] = mapped_column(default=False)


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


class OpeningHours(Base):
    """Hours of one gate, or of the people of one category, in place of the event's."""

    __tablename__ = "opening_hours"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "gate_id"], ["gate.event_id", "gate.id"]),
        ForeignKeyConstraint(["event_id", "category_id"], ["category.event_id", "category.id"]),
        CheckConstraint("(gate_id IS NULL) <> (category_id IS NULL)", name="whose"),
        CheckConstraint("closes_at > opens_at", name="times"),
        Index(None, "event_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    gate_id: Mapped[int | None]
    category_id: Mapped[int | None]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]


_NAMED = text("name <> ''")
_UNDER_WAY = text("completed_at IS NULL")


class Device(Base):
    """A scanner enrolled at a gate; only a hash of its token is kept."""

    __tablename__ = "device"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "gate_id"], ["gate.event_id", "gate.id"]),
        UniqueConstraint("event_id", "id"),
        Index(
            "uq_device_name",
            "event_id",
            "name",
            unique=True,
            sqlite_where=_NAMED,
            postgresql_where=_NAMED,
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    gate_id: Mapped[int]
    #: "" after a purge; else no other device of the event has it
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
    #: how full its battery was when it last said so, in percent, and whether it was on the mains
    battery: Mapped[int | None]
    charging: Mapped[bool | None]
    #: when it last had the newest gate list
    list_at: Mapped[datetime | None]
    #: when it said, once revoked, that it has erased what it held
    wiped_at: Mapped[datetime | None]
    #: it may search for names
    may_search: Mapped[bool] = mapped_column(default=True)
    #: since when a supervisor lets it be shown as many people again
    search_granted_at: Mapped[datetime | None]
    #: of the key that seals the people whom a help desk holds; None: it is no help desk. Once it is
    #: gone nobody makes that key again, so that what a lost help desk holds stays sealed.
    desk_salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    #: since when nobody stands at it; None: somebody does
    kiosk_since: Mapped[datetime | None]
    #: scans that it has set aside, as it last said, and when it was last asked to send them again
    set_aside: Mapped[int | None]
    again_at: Mapped[datetime | None]
    #: its highest heartbeat, and the run of its program that counted it: see `domain.gates.turns`
    turn: Mapped[int | None] = mapped_column(BigInteger)
    turn_run: Mapped[str | None] = mapped_column(String(32))
    #: when two copies of it were last noticed
    copied_at: Mapped[datetime | None]
    #: when it last said that what it kept was damaged or gone, and how many scans it has saved
    memory_lost_at: Mapped[datetime | None]
    memory_saved: Mapped[int | None]


class ReturningDevice(Base):
    """A device whose token a restored database does not know, and that asks to be taken back.

    Whatever it says of itself is unproven until an organiser recognises it.
    """

    __tablename__ = "returning_device"
    __table_args__ = (Index(None, "event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    name: Mapped[str]
    software: Mapped[str]
    #: the gate where it stands, as it knows it
    gate_id: Mapped[int]
    gate_name: Mapped[str]
    #: scans that it holds for the server, those that were acknowledged before too
    held: Mapped[int]
    asked_at: Mapped[datetime]
    last_asked_at: Mapped[datetime]


_NOT_TAKEN = text("taken_at IS NULL")


class HelpCall(Base):
    """A call for help from a gate at which nobody stands; a device has one at a time."""

    __tablename__ = "help_call"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "device_id"], ["device.event_id", "device.id"]),
        ForeignKeyConstraint(["event_id", "gate_id"], ["gate.event_id", "gate.id"]),
        CheckConstraint("(taken_at IS NULL) = (taken_by IS NULL)", name="taken"),
        Index(
            "uq_help_call_open",
            "device_id",
            unique=True,
            sqlite_where=_NOT_TAKEN,
            postgresql_where=_NOT_TAKEN,
        ),
        Index(None, "event_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    device_id: Mapped[int]
    gate_id: Mapped[int]
    called_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))


class ShownPerson(Base):
    """A person whom a search has shown on a device, and when it last did, for about an hour."""

    __tablename__ = "shown_person"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "device_id"], ["device.event_id", "device.id"]),
        ForeignKeyConstraint(
            ["event_id", "participant_id"], ["participant.event_id", "participant.id"]
        ),
        Index(None, "event_id", "shown_at"),
    )

    device_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    participant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int]
    shown_at: Mapped[datetime]


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
    #: the device becomes a help desk; None: as the gate says of its devices
    help_desk: Mapped[bool | None]


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


class GateListPass(Base):
    """Some writing of the gate list's changes into segments, which never change afterwards.

    The segments that count are those of the last complete pass that wrote the whole list, and of
    the complete passes after it. While a pass is under way its row keeps others from beginning one.
    """

    __tablename__ = "gate_list_pass"
    __table_args__ = (
        Index(
            "uq_gate_list_pass_under_way",
            "event_id",
            unique=True,
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
        ),
        Index(None, "event_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    #: of the database, from whose lists it was written
    epoch: Mapped[str] = mapped_column(String(32))
    #: the version of the list up to which it wrote
    cursor: Mapped[int]
    #: it wrote the whole list, and not only what had changed
    whole: Mapped[bool]
    #: when it last told that it goes on
    kept_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    #: entries and tombstones that it wrote
    records: Mapped[int]


class GateListSegment(Base):
    """A piece of the gate list as devices fetch it; see `checkin.protocol.list_segments`."""

    __tablename__ = "gate_list_segment"
    __table_args__ = (UniqueConstraint("pass_id", "number"),)

    mark: Mapped[str] = mapped_column(String(43), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    pass_id: Mapped[int] = mapped_column(ForeignKey("gate_list_pass.id"))
    #: its place within the pass
    number: Mapped[int]
    records: Mapped[int]
    size: Mapped[int]
    #: the first and the last tag in it, in hexadecimal
    first: Mapped[str] = mapped_column(String(32))
    last: Mapped[str] = mapped_column(String(32))
    content: Mapped[bytes]
