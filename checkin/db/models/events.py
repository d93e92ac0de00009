"""The tables of events, and of their own texts in messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, false
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base, one_of
from checkin.domain.people.public_badges import BADGE_DELAY_S
from checkin.domain.people.searching import DESK_BUDGET, GATE_BUDGET
from checkin.domain.scanning.facts import Reentry, WithoutBadge
from checkin.words.languages import DEFAULT_LANGUAGE, LANGUAGES


class Event(Base):
    """An event: one meeting in one hall, with its settings."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity"),
        CheckConstraint("grace_s >= 0", name="grace"),
        CheckConstraint("retention_days > 0", name="retention_days"),
        CheckConstraint("search_budget_gate >= 0", name="search_budget_gate"),
        CheckConstraint("search_budget_desk >= 0", name="search_budget_desk"),
        CheckConstraint("badge_delay_s >= 0", name="badge_delay_s"),
        CheckConstraint("doors_close_at IS NULL OR doors_close_at > doors_open_at", name="doors"),
        one_of("reentry", Reentry),
        one_of("without_badge", WithoutBadge),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_ar: Mapped[str | None]
    venue: Mapped[str]
    venue_ar: Mapped[str | None]
    timezone: Mapped[str]
    language: Mapped[str] = mapped_column(default=DEFAULT_LANGUAGE)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    doors_open_at: Mapped[datetime | None]
    doors_close_at: Mapped[datetime | None]
    #: how early before the doors open, and how late after they close, a badge is admitted
    grace_s: Mapped[int] = mapped_column(default=0)
    reserve_from: Mapped[datetime | None]
    #: until when people of the reserve list are confirmed; None: until the event ends
    reserve_until: Mapped[datetime | None]
    capacity: Mapped[int | None]
    reentry: Mapped[str] = mapped_column(default=Reentry.SINGLE)
    #: who may admit a registered person who shows no badge
    without_badge: Mapped[str] = mapped_column(
        default=WithoutBadge.EVERYONE, server_default=WithoutBadge.EVERYONE
    )
    #: a device that is new may search for names
    gates_may_search: Mapped[bool] = mapped_column(default=True)
    #: devices may search also while the doors are closed
    search_while_closed: Mapped[bool] = mapped_column(default=False)
    #: people an hour whom a device is shown and who are not let in then, at a gate
    search_budget_gate: Mapped[int] = mapped_column(default=GATE_BUDGET)
    #: the same at a help desk
    search_budget_desk: Mapped[int] = mapped_column(default=DESK_BUDGET)
    #: gates tell whom they refuse how to reach the delegation's coordinators
    gates_call_coordinators: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: so long after somebody registered by a link their badge is sent
    badge_delay_s: Mapped[int] = mapped_column(default=BADGE_DELAY_S)
    #: whether people may ask for their badge on a public page, by their e-mail or telephone
    finds_badges: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: latitude and longitude of the place in degrees, "34.0009,-6.8466"; "" where only its name
    #: is known
    map_point: Mapped[str] = mapped_column(default="", server_default="")
    #: who answers for the personal data, and how to reach them
    organiser: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    #: their postal address, and the number under which the CNDP knows this use of the data
    organiser_address: Mapped[str] = mapped_column(default="", server_default="")
    cndp_number: Mapped[str] = mapped_column(default="", server_default="")
    #: days after the event until personal data are erased
    retention_days: Mapped[int] = mapped_column(default=30)
    #: the event's name reveals an opinion: keep it out of subjects and file names
    sensitive: Mapped[bool] = mapped_column(default=True)
    #: PNG or SVG for printed badges; loaded only where it is asked for by name
    logo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    #: the colour of the event's name on badges, dark enough to be read on white
    colour: Mapped[str | None]
    #: tells whether the key at hand is the one that the badges were made with
    key_check: Mapped[bytes]
    #: grows with every change that the gate list shows; taken first by every registration,
    #: so that registrations of one event queue behind one another
    list_version: Mapped[int] = mapped_column(default=0)
    #: since when its gates rehearse; None: they do not
    rehearsal_since: Mapped[datetime | None]
    created_at: Mapped[datetime]
    #: when the personal data were erased
    purged_at: Mapped[datetime | None]


class EventDay(Base):
    """A day of an event; `checkin.services.events.days` keeps it as the event's dates are."""

    __tablename__ = "event_day"
    __table_args__ = (
        CheckConstraint("day >= 1", name="day"),
        CheckConstraint("doors_close_at IS NULL OR doors_close_at > doors_open_at", name="doors"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    #: from 1; admissions and the counts of arrivals name it
    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    doors_open_at: Mapped[datetime | None]
    doors_close_at: Mapped[datetime | None]
    reserve_from: Mapped[datetime | None]


class MessageText(Base):
    """An event's own text for a message in one language, with placeholders in braces."""

    __tablename__ = "message_text"
    __table_args__ = (one_of("language", LANGUAGES),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    #: which sentence, as `badges.texts.Texts` calls it
    name: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
