"""A category of participants: official, council member, militant, …."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class Category(Base):
    """A category, with the colour and the shape that its badges carry."""

    __tablename__ = "category"
    __table_args__ = (
        UniqueConstraint("event_id", "folded"),
        UniqueConstraint("event_id", "id"),
        CheckConstraint("length(colour) = 7", name="colour"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    name: Mapped[str]
    name_ar: Mapped[str | None]
    folded: Mapped[str]
    colour: Mapped[str] = mapped_column(default="#1f4e79")
    #: says on badges what the colour says, to who sees no colours: one of `badges.spec.SHAPES`
    shape: Mapped[str] = mapped_column(default="circle")
    #: where it stands in lists; walk-ins are of the last one unless they say otherwise
    position: Mapped[int] = mapped_column(default=0)
