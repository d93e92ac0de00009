"""The tables of operators, their sessions, password links and recovery codes; the activity log."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base, one_of
from checkin.words.languages import DEFAULT_LANGUAGE


class Role(StrEnum):
    """What an operator may do; see `checkin.services.accounts.own_delegation`."""

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
    #: until when a first password works, which its owner has to replace; none once they chose one
    password_until: Mapped[datetime | None]
    #: what is asked of an account first is not asked of this one while only the demo is there
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: the PIN with which a supervisor answers for an override at a gate
    pin_hash: Mapped[str | None]
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegation.id"))
    language: Mapped[str] = mapped_column(default=DEFAULT_LANGUAGE)
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


class OperatorSession(Base):
    """One browser in which an operator is signed in; ended ones are erased.

    Only a hash of the cookie's secret, the kind of the browser, and the network of the address are
    stored.
    """

    __tablename__ = "operator_session"
    __table_args__ = (Index(None, "operator_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    began_at: Mapped[datetime]
    #: right to two minutes
    seen_at: Mapped[datetime]
    #: when the operator last proved who they are; none where that is not known
    confirmed_at: Mapped[datetime | None]
    device: Mapped[str]
    network: Mapped[str]


class LinkPurpose(StrEnum):
    """Why an operator was given a password link."""

    #: an administrator opened the account
    INVITATION = "invitation"
    #: an administrator took the old password away
    RESET = "reset"
    #: the person said that they had forgotten it
    FORGOTTEN = "forgotten"


class PasswordLink(Base):
    """A password link, which works once, until it expires or is replaced; stored as a hash."""

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


class RecoveryCode(Base):
    """A recovery code that replaces the second factor once, stored as a hash; erased once used."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("operator_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class Passkey(Base):
    """A passkey of an operator: the public key of a device that signs instead of an app's code.

    It belongs to one name of the server, which browsers see to.
    """

    __tablename__ = "passkey"
    __table_args__ = (Index(None, "operator_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    #: the name of the server, as `marhaba.example.org`
    host: Mapped[str]
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    #: a COSE key
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    #: how often the device has signed, where it counts; else 0
    sign_count: Mapped[int] = mapped_column(BigInteger)
    #: the browser in which it was made
    device: Mapped[str]
    added_at: Mapped[datetime]
    #: when the last challenge was made that was answered with it: an earlier one is refused
    challenged_at: Mapped[datetime]


class ProviderIdentity(Base):
    """Which account somebody of a provider of sign-ins has here, from their first sign-in on.

    Later ones go by the subject: an address may be given to somebody else at the provider.
    """

    __tablename__ = "provider_identity"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        UniqueConstraint("operator_id", "issuer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    #: the provider's address, as it writes it itself
    issuer: Mapped[str]
    #: the person's number there
    subject: Mapped[str]
    bound_at: Mapped[datetime]


class Activity(Base):
    """An entry of the activity log: an action of an operator, a device or a command.

    Entries are never changed, but that the counts of a list's registration grow while it lasts.
    Entries of failed sign-ins are erased when they are old
    (`checkin.services.accounts.failed_sign_ins`).
    """

    __tablename__ = "activity"
    __table_args__ = (
        Index(None, "event_id", "at"),
        Index(None, "event_id", "id"),
        Index(None, "event_id", "action"),
        Index(None, "participant_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    at: Mapped[datetime]
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    #: whom it was about, where it was about one participant
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"))
    action: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
