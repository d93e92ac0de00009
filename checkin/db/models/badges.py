"""The tables of badges and of their prints at desks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class Badge(Base):
    """A badge; a reissue is a new row, and a participant has at most one that is not revoked.

    The id is random, because sequential ids would be used again after a database was emptied, and
    with them the codes of other people.
    """

    __tablename__ = "badge"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "participant_id"], ["participant.event_id", "participant.id"]
        ),
        UniqueConstraint("event_id", "id"),
        UniqueConstraint("participant_id", "issue"),
        CheckConstraint("issue >= 1", name="issue"),
        Index(
            "uq_badge_working",
            "participant_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index(
            "ix_badge_revoked",
            "participant_id",
            sqlite_where=text("revoked_at IS NOT NULL"),
            postgresql_where=text("revoked_at IS NOT NULL"),
        ),
        Index(None, "event_id", "list_version"),
        Index("uq_badge_ref", "ref", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    event_id: Mapped[int]
    participant_id: Mapped[int]
    issue: Mapped[int] = mapped_column(default=1)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    #: `tag_bytes` of the token, by which devices name it once they have forgotten the code; NULL
    #: only until the program has given it to a badge of an earlier version
    ref: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    #: when its page was first opened, and last, right to an hour
    opened_at: Mapped[datetime | None]
    last_opened_at: Mapped[datetime | None]
    #: the event's list_version when this badge, or its participant, last changed
    list_version: Mapped[int]


class BadgePrint(Base):
    """One printing of one badge; never changed, so that its copies can be counted."""

    __tablename__ = "badge_print"
    __table_args__ = (CheckConstraint("copies >= 1", name="copies"), Index(None, "badge_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    badge_id: Mapped[UUID] = mapped_column(ForeignKey("badge.id"))
    copies: Mapped[int]
    #: what the badge was laid out for: card, sheet or a6
    design: Mapped[str]
    #: the printer that took it; None where the PDF was opened for a person to print
    printer: Mapped[str | None]
    at: Mapped[datetime]
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
