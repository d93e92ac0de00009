"""Two registrations that may be of one person, and need a person's decision."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base, one_of
from checkin.domain.people.registration import Likeness


class Duplicate(Base):
    """A walk-in whom a device let in when nobody could ask whether they are registered already."""

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

    #: the walk-in
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
