"""The tables of the outbox, the sending switch of an event, and the e-mails sent outside of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base, one_of
from checkin.domain.channels.reach import Channel
from checkin.domain.messages.kinds import MessageKind


class MessageState(StrEnum):
    """The state of a message; `unknown`: handed over without an answer, so not sent again."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    BOUNCED = "bounced"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Message(Base):
    """One message to one participant, by e-mail or by another channel."""

    __tablename__ = "message"
    __table_args__ = (
        one_of("state", MessageState),
        one_of("kind", MessageKind),
        one_of("channel", Channel),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index(
            "ix_message_waiting",
            "event_id",
            "next_try_at",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        # With what tells who has had their badge, so that counting them reads no message.
        Index("ix_message_delivered", "participant_id", "event_id", "kind", "state", "badge_id"),
        # Nobody is written to twice about the same, however many workers put it into the outbox.
        Index("uq_message_announcement", "announcement_id", "participant_id", unique=True),
        # Whom one channel has failed goes on to the next one once, whoever notices it.
        Index("uq_message_follows_id", "follows_id", unique=True),
        Index(None, "claimed_at"),  # domains that have just had one rest
        Index(None, "handed_at"),  # what left in the last 24 hours is counted for every message
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    #: the badge that it carries, or by which it names the participant's page
    badge_id: Mapped[UUID] = mapped_column(ForeignKey("badge.id"))
    kind: Mapped[str] = mapped_column(default=MessageKind.BADGE)
    #: None for what is about one person alone
    announcement_id: Mapped[int | None] = mapped_column(ForeignKey("announcement.id"))
    channel: Mapped[str] = mapped_column(default=Channel.EMAIL)
    #: the message of another channel that has failed, and that this one goes on from
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    #: an e-mail address, or a telephone number, as the channel has it
    address: Mapped[str]
    #: of an e-mail; its first part is the reference that an SMS gateway may be told
    message_id: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default=MessageState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    #: the sender's own mark, compared and set, so that two senders never take one message
    claimed_by: Mapped[str | None]
    #: when it was last claimed
    claimed_at: Mapped[datetime | None]
    #: when the sender that has it, or had it last, began to hand it over; until then nothing
    #: can have arrived, so a claim that is left behind is simply taken up again
    handed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    last_answer: Mapped[str | None]


class Sending(StrEnum):
    """The states of the switch: `paused` ends after the current message, `stopped` before it."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


class MailSwitch(Base):
    """An event's sending switch; without a row it is running."""

    __tablename__ = "mail_switch"
    __table_args__ = (one_of("sending", Sending),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    sending: Mapped[str] = mapped_column(default=Sending.RUNNING)
    #: whether badges that nobody has had sent yet stay, while other messages leave
    holds_badges: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime]
    #: when a sender last looked for a message; None once it said goodbye
    sender_seen_at: Mapped[datetime | None]


class LetterSent(Base):
    """An e-mail sent to an operator; kept as long as the day's limit counts it."""

    __tablename__ = "letter_sent"
    __table_args__ = (Index(None, "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
