"""A gate of the hall, and the categories it admits."""

from __future__ import annotations

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class Gate(Base):
    """A door of the hall; without rows in `gate_category` it admits every category."""

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
