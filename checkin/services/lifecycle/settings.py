"""Create an event, and change its settings; devices get them with the next gate list."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.db.models import ArrivalTally, Event
from checkin.domain.common.problems import FieldProblem, InvalidValue
from checkin.domain.events.details import EventDetails, is_demos_slug
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys
from checkin.services.common.list_version import bump_list_version_of_all, next_list_version
from checkin.services.common.locks import stop_admissions
from checkin.services.events.days import day_rows, set_days, today
from checkin.services.events.events import EventSpec, add_category, create_event
from checkin.services.people.places import lent_hall

#: the category that a new event has, so that people can be registered at once
FIRST_CATEGORY = ("Participant", "مشارك")


def open_event(
    session: Session,
    slug: str,
    details: EventDetails,
    keys: Keys,
    *,
    operator_id: int,
    now: datetime,
) -> Event:
    """Create an event with one category.

    Raises:
        InvalidValue: another event has this slug.
    """
    refuse_taken_slug(session, slug)
    event = create_event(session, EventSpec(slug=slug, **asdict(details)), keys, now=now)
    add_category(session, event, *FIRST_CATEGORY)
    note(session, event.id, "event.add", now, operator_id=operator_id, slug=slug)
    return event


def refuse_taken_slug(session: Session, slug: str) -> None:
    """Refuse a slug for a new event that another one has, or that is the demo's.

    Whatever bears the demo's is told to be invented, and removed with one button.

    Raises:
        InvalidValue: that is so.
    """
    if is_demos_slug(slug) or session.scalar(select(Event.id).where(Event.slug == slug)):
        raise InvalidValue("slug_taken", slug)


class CapacityBelowPeople(InvalidValue):
    """A capacity below the number of people inside, together with those whom leases may let in."""

    def __init__(self, capacity: int, inside: int, lent: int) -> None:
        """Remember how many are inside, and how many leases may let in."""
        super().__init__("capacity_below_people", str(capacity), str(inside + lent))
        self.inside, self.lent = inside, lent


def change_event(
    session: Session,
    event: Event,
    details: EventDetails,
    *,
    operator_id: int,
    now: datetime,
    is_too_small: bool = False,
) -> None:
    """Change an event's settings, and log which of them changed.

    Waits for admissions under way, so that the people in the hall are counted correctly.

    Args:
        is_too_small: the organiser knows that the new capacity is below the number of people
            inside: then nobody else is let in until enough of them have left.

    Raises:
        CapacityBelowPeople: the organiser may not know it.
        FieldProblem: of several days the first or the last one would end before it begins, or its
            doors would close before they open, or never do.
    """
    stop_admissions(session.connection(), event.id)
    session.refresh(event)
    changed = {
        name: value for name, value in asdict(details).items() if value != getattr(event, name)
    }
    if not changed:
        return
    if changed.get("capacity") is not None and not is_too_small:
        _refuse_below_people(session, event, changed["capacity"], now)
    version = next_list_version(session, event.id)  # the gate list's head carries the policy
    if "gates_call_coordinators" in changed:
        bump_list_version_of_all(session, event.id, version)  # each entry has the telephone
    for name, value in changed.items():
        setattr(event, name, value)
    _refuse_disorder(session, event)
    set_days(session, event)
    shown = {name: _plain(value) for name, value in changed.items()}
    note(session, event.id, "event.change", now, operator_id=operator_id, changed=shown)


def _refuse_disorder(session: Session, event: Event) -> None:
    """Refuse dates of an event that are none of its first or its last day; of one day all may be.

    Each of several days has doors, so that these are closed overnight.
    """
    days = day_rows(session, event.id)
    first, last = days[0], days[-1]
    if first is last:
        return
    for column, begins, ends in (
        ("starts_at", event.starts_at, first.ends_at),
        ("ends_at", last.starts_at, event.ends_at),
        ("doors_open_at", event.doors_open_at, first.doors_close_at),
        ("doors_close_at", last.doors_open_at, event.doors_close_at),
    ):
        if begins is None or ends is None:
            raise FieldProblem(column, "missing_text", "")
        if ends <= begins:
            wrong = f"{getattr(event, column):%Y-%m-%d %H:%M}"
            raise FieldProblem(column, "not_within_its_day", wrong)


def _refuse_below_people(session: Session, event: Event, capacity: int, now: datetime) -> None:
    inside = select(func.coalesce(func.sum(ArrivalTally.inside), 0)).where(
        ArrivalTally.event_id == event.id, ArrivalTally.day == today(session, event.id, now)
    )
    people, lent = session.execute(select(inside.scalar_subquery(), lent_hall(event.id, now))).one()
    if capacity < people + lent:
        raise CapacityBelowPeople(capacity, people, lent)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
