"""Codes for whoever has lost their telephone."""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class RecoveryCode(Base):
    """A code that stands once for the second factor; used ones are erased, and only hashes kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("operator_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
