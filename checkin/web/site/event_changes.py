"""The operator of this request changes an event that they may see: one transaction, one place."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.db.models import Delegation, Event
from checkin.services.events.visibility import visible_event
from checkin.services.people.delegations import visible_delegation
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database


class Change(Protocol):
    """What a service does to an event, and notes who did it and when."""

    def __call__(
        self, session: Session, event: Event, /, *, operator_id: int, now: datetime
    ) -> object:
        """Change it in this session."""


def change_event(slug: str, change: Change) -> int:
    """Commit a change of an event and return the event's key, for those who are to be told."""
    operator, now = current_operator(), datetime.now(UTC)

    def work(session: Session) -> int:
        event = visible_event(session, operator, slug)
        change(session, event, operator_id=operator.id, now=now)
        return event.id

    return in_transaction(database(), work)


def opened_delegation(session: Session, slug: str, delegation_id: int) -> tuple[Event, Delegation]:
    """Return the event and the delegation of an address.

    Raises:
        NotFound: there are none such, or they are not the operator's to see.
    """
    operator = current_operator()
    event = visible_event(session, operator, slug)
    return event, visible_delegation(session, operator, event, delegation_id)
