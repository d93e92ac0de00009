"""The look of an event's badges: its logo and colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from badges.look import (
    PLAIN,
    Look,
    LookError,
    LookProblem,
    checked_colour,
    checked_hue,
)
from checkin.db.models import Event
from checkin.errors import InvalidRequest
from checkin.services.common.activity import note
from checkin.services.events.events import categories_of
from checkin.services.uploads.logos import read_logo


class LookRefused(InvalidRequest):
    """A logo or a colour that cannot be used.

    Attributes:
        problem: the kind of problem, which the page puts in the reader's language.
        value: the figure or the text that is wrong.
    """

    def __init__(self, fault: LookError) -> None:
        super().__init__(str(fault))
        self.problem: LookProblem = fault.problem
        self.value = fault.value


def look_of(session: Session, event: Event) -> Look:
    """Return how an event's badges look."""
    logo, colour = session.execute(
        select(Event.logo, Event.colour).where(Event.id == event.id)
    ).one()
    return Look(logo=logo, colour=colour) if colour else Look(logo=logo)


@dataclass(frozen=True, slots=True)
class NewLook:
    """What is to be changed of an event's look.

    Attributes:
        logo: as `printable_logo` has returned it; None keeps the one there is.
        is_without_logo: the event is to have none.
        colour: of the event's name; None keeps the one there is.
        category_colours: the colours of categories' bands, by id.
    """

    logo: bytes | None = None
    is_without_logo: bool = False
    colour: str | None = None
    category_colours: Mapping[int, str] = field(default_factory=dict)


def printable_logo(content: bytes) -> bytes:
    """Return an uploaded logo as it is kept, a PNG.

    A process of its own draws it, which takes up to some seconds: do it outside of a transaction.

    Raises:
        LookRefused: the logo cannot be printed; the sentence says why and what to do.
    """
    try:
        return read_logo(content)
    except LookError as fault:
        raise LookRefused(fault) from fault


def change_look(
    session: Session, event: Event, new: NewLook, *, now: datetime, operator_id: int | None = None
) -> None:
    """Change an event's look, all of it or nothing.

    Raises:
        LookRefused: a colour cannot be used.
    """
    if new.is_without_logo or new.logo is not None:
        logo = None if new.is_without_logo else new.logo
        set_logo(session, event, logo, now=now, operator_id=operator_id)
    if new.colour is not None:
        colour = None if new.colour == PLAIN.colour else new.colour
        set_colour(session, event, colour, now=now, operator_id=operator_id)
    set_category_colours(session, event, new.category_colours, now=now, operator_id=operator_id)


def set_logo(
    session: Session,
    event: Event,
    logo: bytes | None,
    *,
    now: datetime,
    operator_id: int | None = None,
) -> None:
    """Set the logo of an event's badges, or remove it.

    Args:
        logo: as `printable_logo` has returned it.
    """
    session.execute(update(Event).where(Event.id == event.id).values(logo=logo))
    note(session, event.id, "event.logo", now, operator_id=operator_id, size=len(logo or b""))


def set_colour(
    session: Session,
    event: Event,
    colour: str | None,
    *,
    now: datetime,
    operator_id: int | None = None,
) -> None:
    """Set the colour of the event's name on badges, or restore the usual grey.

    Raises:
        LookRefused: it is not a colour, or text in it could not be read on white.
    """
    try:
        colour = None if colour is None else checked_colour(colour)
    except LookError as fault:
        raise LookRefused(fault) from fault
    session.execute(update(Event).where(Event.id == event.id).values(colour=colour))
    note(session, event.id, "event.colour", now, operator_id=operator_id, colour=colour)


def set_category_colours(
    session: Session,
    event: Event,
    colours: Mapping[int, str],
    *,
    now: datetime,
    operator_id: int | None = None,
) -> None:
    """Set the colours of categories' bands, by id; the text's colour follows by contrast.

    Raises:
        LookRefused: one of them is not a colour.
    """
    changed = {}
    for category in categories_of(session, event):
        try:
            colour = checked_hue(colours.get(category.id, category.colour))
        except LookError as fault:
            raise LookRefused(fault) from fault
        if colour != category.colour:
            category.colour = changed[category.name] = colour
    session.flush()
    if changed:
        note(session, event.id, "category.colours", now, operator_id=operator_id, colours=changed)
