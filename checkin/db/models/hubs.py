"""The tables of hubs: servers in a hall that serve its gates while the line to this one is down."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class Hub(Base):
    """A hub that was paired: only a hash of its token is kept.

    What it borrows, and what no device of the event can be named for, stands under `device_id`, a
    device of its own that signs in nowhere.
    """

    __tablename__ = "hub"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "device_id"], ["device.event_id", "device.id"]),
        UniqueConstraint("event_id", "id"),
        CheckConstraint("wiped_at IS NULL OR revoked_at IS NOT NULL", name="wiped"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    device_id: Mapped[int] = mapped_column(unique=True)
    #: "" after a purge
    name: Mapped[str]
    software: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    #: with which its answers to devices are signed: Ed25519, base64url
    public_key: Mapped[str]
    #: the certificate of the authority that devices trust at it: PEM
    authority: Mapped[str] = mapped_column(Text)
    #: where devices reach it: ["https://192.168.1.7:8443", …]
    addresses: Mapped[list[str]] = mapped_column(JSON)
    paired_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    #: when it said that it has erased what it held
    wiped_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    #: what it last said of itself and its gates: see `checkin.services.hubs.reports`
    reported: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class HubPairing(Base):
    """A code with which a hub is paired: works once, for ten minutes."""

    __tablename__ = "hub_pairing"
    __table_args__ = (Index(None, "event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    name: Mapped[str]
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    hub_id: Mapped[int | None] = mapped_column(ForeignKey("hub.id"), unique=True)


class HubDevice(Base):
    """A device that was paired at a hub, by the hub's number for it, and its row here."""

    __tablename__ = "hub_device"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "hub_id"], ["hub.event_id", "hub.id"]),
        ForeignKeyConstraint(["event_id", "device_id"], ["device.event_id", "device.id"]),
        Index(None, "event_id"),
    )

    hub_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    local_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[int]
    device_id: Mapped[int] = mapped_column(unique=True)


class HubScan(Base):
    """A scan that a hub has brought, and so has already: it is not sent to it as another's."""

    __tablename__ = "hub_scan"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "hub_id"], ["hub.event_id", "hub.id"]),
        Index(None, "event_id"),
        Index(None, "scan_pk"),
    )

    hub_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scan_pk: Mapped[int] = mapped_column(
        ForeignKey("scan.id"), primary_key=True, autoincrement=False
    )
    event_id: Mapped[int]
