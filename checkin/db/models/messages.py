"""The tables of announcements: one message to many participants, with its texts and people."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base, one_of
from checkin.domain.messages.kinds import MessageKind
from checkin.words.languages import LANGUAGES


class AnnouncementAbout(StrEnum):
    """What an announcement tells."""

    #: another day, hour or place of the event
    CHANGE = "change"
    #: what a list has changed for the people in it: each has a kind of message of their own
    LIST = "list"
    #: what organisers have written
    WRITTEN = "written"


class AnnouncementState(StrEnum):
    """The states of an announcement: a draft is sent to nobody until somebody says so."""

    DRAFT = "draft"
    #: somebody has decided to tell nobody
    DROPPED = "dropped"
    #: the worker puts its messages into the outbox
    QUEUEING = "queueing"
    #: all of its messages are in the outbox, or have left
    QUEUED = "queued"
    #: somebody has ended it; what had not left was taken out of the outbox
    CANCELED = "canceled"


class Announcement(Base):
    """One message to a part of an event's participants, which may be sent again to newcomers."""

    __tablename__ = "announcement"
    __table_args__ = (
        one_of("about", AnnouncementAbout),
        one_of("state", AnnouncementState),
        ForeignKeyConstraint(
            ["event_id", "delegation_id"], ["delegation.event_id", "delegation.id"]
        ),
        Index(None, "event_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    #: the delegation whose list it tells of; its coordinator decides, too
    delegation_id: Mapped[int | None]
    about: Mapped[str]
    #: `checkin.domain.messages.audience.Audience`; None for what does not choose its people
    audience: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    #: for a change: how the event was, as those know it who were written to
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    state: Mapped[str] = mapped_column(default=AnnouncementState.DRAFT)
    created_at: Mapped[datetime]
    #: whoever wrote it, or changed what it tells; None for the command line
    created_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    #: when somebody last had it sent, and who
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))


class AnnouncementText(Base):
    """An announcement's subject and text in one language."""

    __tablename__ = "announcement_text"
    __table_args__ = (one_of("language", LANGUAGES),)

    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    subject: Mapped[str]
    text: Mapped[str]


class AnnouncementPerson(Base):
    """A participant whom a list has changed something for, and what they are to be told."""

    __tablename__ = "announcement_person"
    __table_args__ = (
        one_of("kind", MessageKind),
        ForeignKeyConstraint(
            ["event_id", "participant_id"], ["participant.event_id", "participant.id"]
        ),
    )

    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"), primary_key=True)
    participant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int]
    kind: Mapped[str]
