"""A delegation: who sends people, and how many places it has."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class Delegation(Base):
    """A delegation with its quota; the database itself keeps places within it."""

    __tablename__ = "delegation"
    __table_args__ = (
        UniqueConstraint("event_id", "folded"),
        UniqueConstraint("event_id", "id"),
        CheckConstraint("quota >= 0", name="quota"),
        CheckConstraint("places_taken >= 0 AND places_taken <= quota", name="places_taken"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    name: Mapped[str]
    name_ar: Mapped[str | None]
    folded: Mapped[str]
    quota: Mapped[int]
    #: confirmed participants
    places_taken: Mapped[int] = mapped_column(default=0)
    #: the number given to the last person put on the reserve list
    last_reserve_no: Mapped[int] = mapped_column(default=0)
