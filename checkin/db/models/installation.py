"""Settings of the whole installation, and the counters of its limits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class InstallationSetting(Base):
    """One setting, as text."""

    __tablename__ = "installation_setting"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class LimitCounter(Base):
    """How many tries of a limit are used up; see `checkin.services.limits`.

    The key holds a keyed hash of whose it is: of no address, e-mail or telephone can be read here
    that it was one. A row lives for a day at most.
    """

    __tablename__ = "limit_counter"
    __table_args__ = (Index("ix_limit_counter_expires_at", "expires_at"),)

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime]
