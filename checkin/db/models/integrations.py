"""The tables of webhooks, of what they are to be told, and of read tokens."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base, one_of
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
