"""Create and look up events, their delegations and their categories."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from badges.spec import Shape
from badges.typesetting.category_looks import CategoryLook, next_look
from checkin.command_names import organiser_command
from checkin.db.models import Category, Delegation, Event
from checkin.domain.common.names import clean_name, fold_name
from checkin.domain.people.public_badges import BADGE_DELAY_S
from checkin.domain.people.searching import DESK_BUDGET, GATE_BUDGET
from checkin.domain.scanning.facts import Reentry, WithoutBadge
from checkin.errors import InvalidRequest, NotFound
from checkin.protocol.time_zones import UnknownTimeZone, time_zone
from checkin.services.common.keys import Keys
from checkin.services.events.days import set_days
from checkin.words.languages import DEFAULT_LANGUAGE


@dataclass(frozen=True, slots=True)
class EventSpec:
    """The settings with which an event is created. All moments are timezone-aware."""

    slug: str
    name: str
    venue: str
    timezone: str
    starts_at: datetime
    ends_at: datetime
    name_ar: str | None = None
    venue_ar: str | None = None
    doors_open_at: datetime | None = None
    doors_close_at: datetime | None = None
    grace_s: int = 0
    reserve_from: datetime | None = None
    reserve_until: datetime | None = None
    capacity: int | None = None
    reentry: Reentry | str = Reentry.SINGLE
    language: str = DEFAULT_LANGUAGE
    sensitive: bool = True
    organiser: str = ""
    contact: str = ""
    organiser_address: str = ""
    cndp_number: str = ""
    retention_days: int = 30
    without_badge: WithoutBadge | str = WithoutBadge.EVERYONE
    gates_may_search: bool = True
    search_while_closed: bool = False
    gates_call_coordinators: bool = False
    search_budget_gate: int = GATE_BUDGET
    search_budget_desk: int = DESK_BUDGET
    badge_delay_s: int = BADGE_DELAY_S
    finds_badges: bool = False
    map_point: str = ""


def create_event(session: Session, spec: EventSpec, keys: Keys, *, now: datetime) -> Event:
    """Create an event.

    Raises:
        InvalidRequest: the slug or the time zone is invalid, or the slug is taken.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,49}", spec.slug):
        raise InvalidRequest(f"{spec.slug!r} is no slug: use small letters, digits and hyphens")
    if session.scalar(select(Event.id).where(Event.slug == spec.slug)):
        raise InvalidRequest(f"there is an event {spec.slug} already")
    try:
        time_zone(spec.timezone)
    except UnknownTimeZone:
        raise InvalidRequest(
            f"{spec.timezone!r} is not a time zone: write one like Africa/Casablanca"
        ) from None
    values = {name: getattr(spec, name) for name in EventSpec.__slots__}
    event = Event(**values, key_check=keys.check_of_event(spec.slug), created_at=now)
    session.add(event)
    session.flush()
    set_days(session, event)
    return event


def event_named(session: Session, slug: str | None) -> Event:
    """Return the event with this slug; without a slug, the only event.

    Raises:
        NotFound: no event has this slug, or no slug was given and there is not exactly one event.
    """
    events = session.scalars(select(Event).order_by(Event.starts_at)).all()
    if slug is None and len(events) == 1:
        return events[0]
    for event in events:
        if event.slug == slug:
            return event
    known = ", ".join(event.slug for event in events)
    if not events:
        raise NotFound(f"there is no event yet: run `{organiser_command()} demo` or create one")
    if slug is None:
        raise NotFound(f"there are several events: add --event and one of {known}")
    raise NotFound(f"no event is called {slug!r}; events: {known}")


def add_delegation(
    session: Session, event: Event, name: str, quota: int, name_ar: str | None = None
) -> Delegation:
    """Add a delegation with its quota of places.

    Raises:
        InvalidRequest: the quota is negative, or a delegation has this name already.
    """
    name = clean_name(name)
    if quota < 0:
        raise InvalidRequest(f"the quota of {name} is {quota}: give 0 or more")
    if name in {d.name for d in delegations_of(session, event)}:
        raise InvalidRequest(f"there is a delegation {name} already")
    delegation = Delegation(
        event_id=event.id,
        name=name,
        name_ar=clean_name(name_ar) if name_ar else None,
        folded=fold_name(name),
        quota=quota,
    )
    session.add(delegation)
    session.flush()
    return delegation


def delegation_named(session: Session, event: Event, name: str) -> Delegation:
    """Return the delegation with this name, in either script.

    Raises:
        NotFound: there is none; the sentence names those that exist.
    """
    known = delegations_of(session, event)
    for delegation in known:
        if fold_name(name) in (delegation.folded, fold_name(delegation.name_ar or "")):
            return delegation
    names = ", ".join(delegation.name for delegation in known)
    raise NotFound(f"no delegation is called {name!r}; delegations: {names or 'none yet'}")


def add_category(
    session: Session,
    event: Event,
    name: str,
    name_ar: str | None = None,
    *,
    look: CategoryLook | None = None,
) -> Category:
    """Add a category after the others.

    Args:
        look: its colour and its shape; None: those that the fewest others have.
    """
    others = categories_of(session, event)
    look = look or next_category_look(others)
    category = Category(
        event_id=event.id,
        name=name,
        name_ar=name_ar,
        folded=fold_name(name),
        colour=look.colour,
        shape=look.shape,
        position=len(others),
    )
    session.add(category)
    session.flush()
    return category


def next_category_look(categories: Iterable[Category]) -> CategoryLook:
    """Return the colour and the shape of a category that comes after these of its event."""
    return next_look(CategoryLook(one.colour, cast(Shape, one.shape)) for one in categories)


def delegations_of(session: Session, event: Event) -> Sequence[Delegation]:
    """Return the delegations of an event by name."""
    return session.scalars(
        select(Delegation).where(Delegation.event_id == event.id).order_by(Delegation.name)
    ).all()


def categories_of(session: Session, event: Event) -> Sequence[Category]:
    """Return the categories of an event in their order."""
    return session.scalars(
        select(Category)
        .where(Category.event_id == event.id)
        .order_by(Category.position, Category.id)
    ).all()


class CategoryName(NamedTuple):
    """A category's name in both scripts."""

    name: str
    name_ar: str | None


def category_names(session: Session, event_id: int) -> Sequence[CategoryName]:
    """Return the names of an event's categories in their order."""
    query = (
        select(Category.name, Category.name_ar)
        .where(Category.event_id == event_id)
        .order_by(Category.position, Category.id)
    )
    return [CategoryName(*row) for row in session.execute(query)]


def only_category(session: Session, event: Event) -> str:
    """Return the name of the event's only category, "" where there are several or none.

    It is what people are registered as without being asked; among several, somebody chooses.
    """
    known = categories_of(session, event)
    return known[0].name if len(known) == 1 else ""


def category_id_named(session: Session, event: Event, name: str | None) -> int:
    """Return the id of the category with this name, in either script; without one, of the last.

    Raises:
        InvalidRequest: there is no such category; the sentence names those that exist.
    """
    known = categories_of(session, event)
    if name is None and known:
        return known[-1].id
    for category in known:
        names = (category.name, category.name_ar or "")
        if name is not None and fold_name(name) in map(fold_name, names):
            return category.id
    raise InvalidRequest(
        f"category: {name or 'none given'}; known: {', '.join(c.name for c in known) or 'none'}"
    )
