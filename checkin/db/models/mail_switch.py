"""The mail switch: whether an event's messages may leave."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base, one_of


class Sending(StrEnum):
    """`paused` ends after the message at hand; `stopped` hands not even that one over."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


class MailSwitch(Base):
    """One event's switch; without a row it is running."""

    __tablename__ = "mail_switch"
    __table_args__ = (one_of("sending", Sending),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    sending: Mapped[str] = mapped_column(default=Sending.RUNNING)
    changed_at: Mapped[datetime]
    #: when a sender last looked for a message; None once it said goodbye
    sender_seen_at: Mapped[datetime | None]
