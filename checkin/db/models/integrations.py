"""The tables of webhooks, of what they are to be told, and of read tokens."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base, one_of
from checkin.domain.integrations.sheets import Waits
from checkin.domain.integrations.webhooks import TEST, WebhookKind


class WhyDisabled(StrEnum):
    """Why a webhook is disabled."""

    #: an organiser has done so
    PERSON = "person"
    #: it has failed for long
    FAILING = "failing"
    #: its receiver has answered that it wants to hear no more
    GONE = "gone"


class Webhook(Base):
    """An address that is told what happens at an event; address and secret are sealed."""

    __tablename__ = "webhook"
    __table_args__ = (
        one_of("disabled_why", WhyDisabled),
        CheckConstraint("(disabled_at IS NULL) = (disabled_why IS NULL)", name="disabled"),
        Index(None, "event_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    name: Mapped[str]
    #: the address and the secret, encrypted; addresses hold secrets, too
    sealed: Mapped[bytes | None]
    #: whether bodies name people
    tells_names: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    #: since when nothing has succeeded; None while the last attempt did
    failing_since: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    disabled_why: Mapped[str | None]


class WebhookChoice(Base):
    """A kind that a webhook is told."""

    __tablename__ = "webhook_choice"
    __table_args__ = (one_of("kind", WebhookKind),)

    webhook_id: Mapped[int] = mapped_column(
        ForeignKey("webhook.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(primary_key=True)


class DeliveryState(StrEnum):
    """The state of what a webhook is to be told."""

    QUEUED = "queued"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"


class WebhookDelivery(Base):
    """One message to one webhook; it holds numbers, and no names."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        one_of("kind", (*WebhookKind, TEST)),
        one_of("state", DeliveryState),
        CheckConstraint("attempts >= 0", name="attempts"),
        UniqueConstraint("webhook_id", "message_id"),
        Index(
            "ix_webhook_delivery_waiting",
            "event_id",
            "next_try_at",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index(None, "event_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    message_id: Mapped[UUID]
    kind: Mapped[str]
    #: when what it tells has happened
    happened_at: Mapped[datetime]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(default=DeliveryState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    #: compared and set, so that two senders never take one message
    claimed_by: Mapped[str | None]
    claimed_at: Mapped[datetime | None]
    #: when it was answered last, and what
    answered_at: Mapped[datetime | None]
    status: Mapped[int | None]
    answer: Mapped[str | None]


class ReadToken(Base):
    """A token with which another program reads something of an event, until it expires."""

    __tablename__ = "read_token"
    __table_args__ = (Index(None, "event_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    name: Mapped[str]
    #: SHA-256 of the token, of which 256 bits are random
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    #: what it may read, as `written_scopes` has it
    scopes: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class SheetSource(Base):
    """A sheet at an address, which the worker fetches for an event; the address is sealed.

    One for each event. It is fetched once somebody has answered what is asked about its columns.
    """

    __tablename__ = "sheet_source"
    __table_args__ = (
        CheckConstraint("every_minutes BETWEEN 5 AND 1440", name="every_minutes"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    #: in whose name people are registered: who has set it
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    set_at: Mapped[datetime]
    #: the address, encrypted: it may hold a secret
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: what is shown of it
    host: Mapped[str]
    every_minutes: Mapped[int]
    #: the list of the first look, while it is asked about
    draft_id: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    #: how it is read (`SheetChoices`); None before the first look
    choices: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    #: when it is fetched next, compared and set, so that of two workers one fetches it; None: never
    next_at: Mapped[datetime | None]
    #: what the other server has said of this version
    etag: Mapped[str | None]
    modified: Mapped[str | None]
    #: of the last content that was read whole
    digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    tried_at: Mapped[datetime | None]
    #: the last time that it came, changed or not
    fetched_at: Mapped[datetime | None]
    #: a `SheetProblem` of the last try, with what its sentence adds
    problem: Mapped[str | None]
    details: Mapped[list[str]] = mapped_column(JSON, default=list)
    rows: Mapped[int] = mapped_column(default=0)
    #: people that it has registered, and when the last of them
    added: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[datetime | None]


class SheetPerson(Base):
    """Somebody who was in a sheet at an address, so that it is noticed when they are not."""

    __tablename__ = "sheet_person"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "participant_id"], ["participant.event_id", "participant.id"]
        ),
        Index(None, "participant_id"),
    )

    source_id: Mapped[int] = mapped_column(
        ForeignKey("sheet_source.id", ondelete="CASCADE"), primary_key=True
    )
    participant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int]


class SheetDecision(Base):
    """Something that a sheet at an address says, and that waits for the word of a person."""

    __tablename__ = "sheet_decision"
    __table_args__ = (
        one_of("kind", Waits),
        UniqueConstraint("source_id", "mark"),
        ForeignKeyConstraint(
            ["event_id", "participant_id"], ["participant.event_id", "participant.id"]
        ),
        Index(None, "participant_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sheet_source.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    kind: Mapped[str]
    mark: Mapped[bytes] = mapped_column(LargeBinary(32))
    #: the row, why it waits, and what it would change, encrypted; None for somebody who has gone
    sealed: Mapped[bytes | None]
    participant_id: Mapped[int | None]
    #: whether a word is enough
    is_acceptable: Mapped[bool]
    found_at: Mapped[datetime]
    #: when somebody has said that it is to be left; it waits no more, until the sheet says another
    dismissed_at: Mapped[datetime | None]
