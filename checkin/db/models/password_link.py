"""Links by which operators choose a password."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base, one_of


class LinkPurpose(StrEnum):
    """Why somebody has a link."""

    #: an administrator opened the account
    INVITATION = "invitation"
    #: an administrator took the old password away
    RESET = "reset"
    #: the person said that they had forgotten it
    FORGOTTEN = "forgotten"


class PasswordLink(Base):
    """A link that works once, until it expires; a new one takes its place. Only a hash is kept."""

    __tablename__ = "password_link"
    __table_args__ = (
        one_of("purpose", LinkPurpose),
        UniqueConstraint("operator_id", "purpose"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    purpose: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    #: when its mail left
    mailed_at: Mapped[datetime | None]
    #: why its mail did not leave
    mail_fault: Mapped[str | None]
