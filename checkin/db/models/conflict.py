"""History that contradicts the rules and needs a person's decision."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base, one_of
from checkin.domain.scanning.verdict import Reason


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
