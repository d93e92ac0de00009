"""An event's logo and colour on its badges."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from badges.look import Look, checked_colour, checked_logo
from badges.spec import BadgeError
from checkin.db.models import Event
from checkin.errors import InvalidRequest
from checkin.services.activity import note


def look_of(session: Session, event: Event) -> Look:
    """Return how an event's badges look."""
    logo, colour = session.execute(
        select(Event.logo, Event.colour).where(Event.id == event.id)
    ).one()
    return Look(logo=logo, colour=colour) if colour else Look(logo=logo)


def set_logo(session: Session, event: Event, content: bytes | None, *, now: datetime) -> None:
    """Give an event's badges a logo, or take it away.

    Raises:
        InvalidRequest: it cannot be printed; the sentence says why and what to do.
    """
    try:
        logo = None if content is None else checked_logo(content)
    except BadgeError as fault:
        raise InvalidRequest(str(fault)) from fault
    session.execute(update(Event).where(Event.id == event.id).values(logo=logo))
    note(session, event.id, "event.logo", now, size=len(logo or b""))


def set_colour(session: Session, event: Event, colour: str | None, *, now: datetime) -> None:
    """Give the event's name on badges a colour, or the usual grey.

    Raises:
        InvalidRequest: it is no colour, or words in it could not be read on white.
    """
    try:
        colour = None if colour is None else checked_colour(colour)
    except BadgeError as fault:
        raise InvalidRequest(str(fault)) from fault
    session.execute(update(Event).where(Event.id == event.id).values(colour=colour))
    note(session, event.id, "event.colour", now, colour=colour)
