"""A participant: a person of a delegation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base, one_of
from checkin.domain.scanning.verdict import Standing

_UNCONFIRMED = text("standing <> 'confirmed'")


class Participant(Base):
    """A person registered for an event.

    `folded` holds both names as `checkin.domain.common.names.fold_name` writes them, for search;
    `folded_name` the one that tells people of a delegation apart.
    """

    __tablename__ = "participant"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "delegation_id"], ["delegation.event_id", "delegation.id"]
        ),
        ForeignKeyConstraint(["event_id", "category_id"], ["category.event_id", "category.id"]),
        UniqueConstraint("event_id", "id"),
        CheckConstraint("name <> '' OR name_ar IS NOT NULL", name="name"),
        CheckConstraint("(standing = 'reserve') = (reserve_no IS NOT NULL)", name="reserve_no"),
        CheckConstraint("(standing = 'canceled') = (canceled_at IS NOT NULL)", name="canceled"),
        one_of("standing", Standing),
        Index(None, "event_id", "email"),
        Index(None, "event_id", "phone"),
        Index(None, "delegation_id", "folded_name"),
        Index(
            "uq_participant_reserve_no",
            "delegation_id",
            "reserve_no",
            unique=True,
        ),
        Index(
            "ix_participant_unconfirmed",
            "delegation_id",
            sqlite_where=_UNCONFIRMED,
            postgresql_where=_UNCONFIRMED,
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    delegation_id: Mapped[int]
    category_id: Mapped[int]
    name: Mapped[str]
    name_ar: Mapped[str | None]
    folded: Mapped[str]
    folded_name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str]
    note: Mapped[str | None]
    standing: Mapped[str]
    reserve_no: Mapped[int | None]
    blocked: Mapped[bool] = mapped_column(default=False)
    #: import, form, api, walk_in or link
    registered_by: Mapped[str]
    registered_at: Mapped[datetime]
    canceled_at: Mapped[datetime | None]
