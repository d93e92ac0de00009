"""The events that an operator may see, the retention of their data, and their time zones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.models import Delegation, Event, Operator
from checkin.errors import NotFound
from checkin.services.accounts.own_delegation import own_delegation
from checkin.services.events.events import event_named


def visible_events(session: Session, operator: Operator) -> Sequence[Event]:
    """Return the events an operator may see, the latest first."""
    wanted = select(Event).order_by(Event.starts_at.desc())
    if (own := own_delegation(operator)) is not None:
        wanted = wanted.join(Delegation).where(Delegation.id == own)
    return session.scalars(wanted).all()


def visible_event(session: Session, operator: Operator, slug: str) -> Event:
    """Return the event with this slug.

    Raises:
        NotFound: no event has this slug, or the coordinator belongs to another event.
    """
    event = event_named(session, slug)
    if (own := own_delegation(operator)) is not None:
        delegation = session.get(Delegation, own)
        if delegation is None or delegation.event_id != event.id:
            raise NotFound(f"no event is called {slug!r}")
    return event


def keeps_too_long(event: Event, now: datetime) -> bool:
    """Say whether an event's personal data should have been erased by now."""
    due = event.ends_at + timedelta(days=event.retention_days)
    return event.purged_at is None and now > due


def timezones_in_use(session: Session) -> Sequence[str]:
    """Return the time zones of all events, without repetition."""
    return session.scalars(select(Event.timezone).distinct().order_by(Event.timezone)).all()


def house_timezone(session: Session) -> str:
    """Return the latest event's time zone, in which times that belong to no event are shown."""
    latest = select(Event.timezone).order_by(Event.starts_at.desc()).limit(1)
    return session.scalar(latest) or "UTC"
