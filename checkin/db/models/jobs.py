"""The tables of the jobs that a worker process does, of the files they make, and of the workers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base, one_of


class JobState(StrEnum):
    """The states of a job; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"


class Lane(StrEnum):
    """The lanes, which do not wait for one another: hours of sending delay no PDF."""

    OFFICE = "office"
    #: lists and logos: whoever has uploaded one waits at its page
    UPLOADS = "uploads"
    #: what waits for the servers of others: mail, webhooks
    MAIL = "mail"


class Job(Base):
    """One piece of heavy work that somebody asked for.

    `sealed` and `result` are encrypted: they may hold personal data.
    """

    __tablename__ = "job"
    __table_args__ = (
        one_of("state", JobState),
        one_of("lane", Lane),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index(
            "ix_job_waiting",
            "lane",
            "id",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index(None, "operator_id"),
        Index(None, "event_id"),
        # A number is never used again: a page that is still open shows no other job.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    #: who asked; None for the command line
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    #: where it was asked: whoever may no longer ask there does not get the result either
    endpoint: Mapped[str]
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegation.id"))
    kind: Mapped[str]
    lane: Mapped[str]
    state: Mapped[str] = mapped_column(default=JobState.QUEUED)
    #: the arguments; None once they are erased
    sealed: Mapped[bytes | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[bytes | None]
    #: why it failed: {"code": …, "values": {…}}
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime]
    cancel_asked_at: Mapped[datetime | None]
    #: the name of the worker that does it, compared and set, so that two never do one job
    claimed_by: Mapped[str | None]
    claimed_at: Mapped[datetime | None]
    #: when its worker was last seen alive
    seen_at: Mapped[datetime | None]
    #: how often it was begun; with the worker's name it tells one attempt from another
    attempts: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]


class JobFile(Base):
    """A file that a job has made; its content is in the home's folder `jobs`, or in pieces here."""

    __tablename__ = "job_file"

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    mime: Mapped[str]
    #: in bytes, before the encryption
    size: Mapped[int]


class JobFilePiece(Base):
    """An encrypted piece of a job's file, on PostgreSQL: any node can hand it out."""

    __tablename__ = "job_file_piece"

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    piece: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes]


class JobWorker(Base):
    """A worker process that is alive, or was until its last heartbeat."""

    __tablename__ = "job_worker"

    name: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]
