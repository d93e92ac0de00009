"""Where operators are signed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class OperatorSession(Base):
    """One browser in which an operator is signed in; ended ones are erased.

    Of what the cookie holds only a hash is kept, of the browser its kind, of the address its
    network.
    """

    __tablename__ = "operator_session"
    __table_args__ = (Index(None, "operator_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    began_at: Mapped[datetime]
    #: right to two minutes
    seen_at: Mapped[datetime]
    device: Mapped[str]
    network: Mapped[str]
