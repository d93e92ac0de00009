"""Copy an event to another day: what was laid down for it, and never what happened at it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from checkin.db.models import (
    Base,
    Bus,
    Category,
    Delegation,
    Event,
    EventDay,
    Flag,
    Gate,
    GateCategory,
    MessageText,
    OpeningHours,
)
from checkin.domain.events.shifting import days_between, shifted
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys
from checkin.services.events.days import day_rows
from checkin.services.events.events import EventSpec, add_category, create_event
from checkin.services.lifecycle.first_steps import skip_step, skipped_steps
from checkin.services.lifecycle.settings import FIRST_CATEGORY, refuse_taken_slug


class Part(StrEnum):
    """What of an event is copied with it, if it is wanted; its settings always are."""

    CATEGORIES = "categories"
    DELEGATIONS = "delegations"
    BUSES = "buses"
    GATES = "gates"
    FLAGS = "flags"
    TEXTS = "texts"
    LOOK = "look"
    STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that is wanted: what the new event is called, and its first day."""

    slug: str
    name: str
    name_ar: str | None
    day: date
    parts: Collection[Part]


#: moments of an event's settings, which move to the new day
_MOMENTS = (
    *("starts_at", "ends_at", "doors_open_at", "doors_close_at"),
    *("reserve_from", "reserve_until"),
)
_DAY_MOMENTS = ("starts_at", "ends_at", "doors_open_at", "doors_close_at", "reserve_from")
#: what a row gets anew
_OWN = frozenset({"id", "event_id"})
#: a delegation's counts belong to the people whom it had
_COUNTED = frozenset({"places_taken", "last_reserve_no"})

Ids = Mapping[int, int]


def copy_event(
    session: Session, source: Event, copied: Copied, keys: Keys, *, operator_id: int, now: datetime
) -> Event:
    """Create an event like another one, on another day.

    People, badges, scans, devices, accounts and links for registering stay where they are.

    Raises:
        InvalidValue: another event has this slug.
    """
    refuse_taken_slug(session, copied.slug)
    by = days_between(source.starts_at, copied.day, source.timezone)
    event = create_event(session, _spec(source, copied, by), keys, now=now)
    _copy_days(session, source, event, by)
    parts = set(copied.parts)
    categories = _copy_categories(session, source, event, wanted=Part.CATEGORIES in parts)
    if Part.DELEGATIONS in parts:
        delegations = _copy_rows(session, Delegation, source, event, without=_COUNTED)
        if Part.BUSES in parts:
            _copy_rows(session, Bus, source, event, delegation_id=delegations)
    gates: Ids = {}
    if Part.GATES in parts:
        gates = _copy_rows(session, Gate, source, event)
        _copy_rows(session, GateCategory, source, event, gate_id=gates, category_id=categories)
    _copy_hours(session, source, event, by, gates, categories)
    if Part.FLAGS in parts:
        _copy_rows(session, Flag, source, event)
    if Part.TEXTS in parts:
        _copy_rows(session, MessageText, source, event)
    if Part.LOOK in parts:
        event.logo, event.colour = source.logo, source.colour
    if Part.STEPS in parts:
        for step in sorted(skipped_steps(session, source)):
            skip_step(session, event, step, operator_id=operator_id, now=now)
    told: dict[str, Any] = {"source": source.slug, "slug": event.slug, "parts": sorted(parts)}
    note(session, event.id, "event.copy", now, operator_id=operator_id, **told)
    session.flush()
    return event


def _spec(source: Event, copied: Copied, by: timedelta) -> EventSpec:
    values = {name: getattr(source, name) for name in EventSpec.__slots__}
    values |= {name: shifted(values[name], by, source.timezone) for name in _MOMENTS}
    values |= {"slug": copied.slug, "name": copied.name, "name_ar": copied.name_ar}
    return EventSpec(**values)


def _copy_days(session: Session, source: Event, event: Event, by: timedelta) -> None:
    """Give an event the days of another one; it has its first one already."""
    [first] = day_rows(session, event.id)
    for day in day_rows(session, source.id):
        copy = first if day.day == first.day else EventDay(event_id=event.id, day=day.day)
        for name in _DAY_MOMENTS:
            setattr(copy, name, shifted(getattr(day, name), by, source.timezone))
        session.add(copy)
    session.flush()


def _copy_categories(session: Session, source: Event, event: Event, *, wanted: bool) -> Ids:
    """Copy the categories; an event that gets none has one, so that people can be registered."""
    if wanted:
        return _copy_rows(session, Category, source, event)
    add_category(session, event, *FIRST_CATEGORY)
    return {}


def _copy_hours(
    session: Session, source: Event, event: Event, by: timedelta, gates: Ids, categories: Ids
) -> None:
    """Copy the hours of the gates and the categories that were copied."""
    rows = session.scalars(select(OpeningHours).where(OpeningHours.event_id == source.id))
    for hours in rows.all():
        gate, category = gates.get(hours.gate_id or 0), categories.get(hours.category_id or 0)
        if gate or category:
            opens, closes = (
                shifted(at, by, source.timezone) for at in (hours.opens_at, hours.closes_at)
            )
            session.add(
                OpeningHours(
                    event_id=event.id,
                    gate_id=gate,
                    category_id=category,
                    opens_at=opens,
                    closes_at=closes,
                )
            )
    session.flush()


def _copy_rows(
    session: Session,
    table: type[Base],
    source: Event,
    event: Event,
    *,
    without: Iterable[str] = (),
    **ids: Ids,
) -> Ids:
    """Copy the rows of a table from one event to another.

    Args:
        without: columns that begin anew.
        ids: for columns that name other rows, the copies of these by their ids; a row of which
            something named was not copied is left out.

    Returns:
        The ids of the copies by those of the rows, where the table has ids.
    """
    columns = {column.name for column in table.__table__.columns} - {*_OWN, *without}
    order = inspect(table).primary_key
    found = session.scalars(
        select(table).where(table.__table__.c.event_id == source.id).order_by(*order)
    ).all()
    copies: dict[int, Any] = {}
    for at, row in enumerate(found):
        values = {name: getattr(row, name) for name in columns}
        values |= {name: known.get(values[name]) for name, known in ids.items()}
        if None in (values[name] for name in ids):
            continue
        copy = table(event_id=event.id, **values)
        session.add(copy)
        copies[getattr(row, "id", at)] = copy
    session.flush()
    return {was: getattr(copy, "id", was) for was, copy in copies.items()}
