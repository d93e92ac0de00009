"""Operators: people with an account."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base, one_of


class Role(StrEnum):
    """What an operator may do; see `checkin.services.accounts.permissions`."""

    ADMINISTRATOR = "administrator"
    ORGANISER = "organiser"
    COORDINATOR = "coordinator"
    SUPERVISOR = "supervisor"
    VOLUNTEER = "volunteer"
    VIEWER = "viewer"


class Operator(Base):
    """A person with an account; a coordinator belongs to one delegation."""

    __tablename__ = "operator"
    __table_args__ = (
        one_of("role", Role),
        CheckConstraint(
            "(role = 'coordinator') = (delegation_id IS NOT NULL)", name="coordinator_delegation"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]
    #: the PIN with which a supervisor answers for an override at a gate
    pin_hash: Mapped[str | None]
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegation.id"))
    language: Mapped[str] = mapped_column(default="fr")
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]
    #: the secret of the authenticator app, encrypted with a key outside the database
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_since: Mapped[datetime | None]
    #: the last 30 seconds whose code was taken, so that none is taken twice
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    #: browsers that were made known under an earlier issue are strangers
    #: (`checkin.services.accounts.known_browsers`)
    browsers_issue: Mapped[int] = mapped_column(default=0, server_default="0")
