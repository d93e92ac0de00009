"""The tables of the installation's settings and epochs, and of the counters of its rate limits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base, one_of
from checkin.domain.common.epochs import EpochCause


class InstallationSetting(Base):
    """A setting of the installation, as text."""

    __tablename__ = "installation_setting"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Epoch(Base):
    """An epoch that the database has had, in their order, or of which a device told.

    See `checkin.services.backups.epochs`.
    """

    __tablename__ = "epoch"
    __table_args__ = (one_of("cause", EpochCause),)

    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(String(32), unique=True)
    cause: Mapped[str]
    began_at: Mapped[datetime]


class LimitCounter(Base):
    """A counter of a rate limit; see `checkin.services.limits`.

    The key contains only a keyed hash of the address, e-mail or telephone by which it counts, so
    none of them can be read here. A row exists for a day at most.
    """

    __tablename__ = "limit_counter"
    __table_args__ = (Index("ix_limit_counter_expires_at", "expires_at"),)

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime]
