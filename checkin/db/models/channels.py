"""The tables of how people are reached beside e-mail: their coordinator's telephone, and calls."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base, one_of


class SharedBy(StrEnum):
    """How a coordinator sent somebody the link of their badge."""

    WHATSAPP = "whatsapp"
    SMS = "sms"


class CallResult(StrEnum):
    """What came of a call; `called`: nobody answered, or they do not know yet."""

    CALLED = "called"
    COMING = "coming"
    NOT_COMING = "not_coming"


class Outreach(Base):
    """What was done to reach a participant by telephone; without a row nothing was."""

    __tablename__ = "outreach"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "participant_id"], ["participant.event_id", "participant.id"]
        ),
        one_of("shared_by", SharedBy),
        one_of("call_result", CallResult),
        CheckConstraint(
            "(badge_id IS NULL) = (shared_at IS NULL) AND (badge_id IS NULL) = (shared_by IS NULL)",
            name="shared",
        ),
        CheckConstraint("(call_result IS NULL) = (called_at IS NULL)", name="called"),
        Index(None, "event_id"),
    )

    participant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int]
    #: the badge whose link a coordinator sent; that of an earlier badge opens nothing any more
    badge_id: Mapped[UUID | None] = mapped_column(ForeignKey("badge.id"))
    shared_at: Mapped[datetime | None]
    shared_by: Mapped[str | None]
    #: the operator who sent it
    sharer_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    #: when they last asked for their badge on the event's page, and no e-mail could bring it
    asked_at: Mapped[datetime | None]
    call_result: Mapped[str | None]
    called_at: Mapped[datetime | None]
    caller_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))


class BadgeRequest(Base):
    """What somebody typed to get their badge, encrypted, until the worker has looked it up."""

    __tablename__ = "badge_request"
    __table_args__ = (Index(None, "event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime]
