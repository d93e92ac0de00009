"""Remove the demo's event with all that belongs to it, as if it had never been made."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from checkin.db.models import Base, Delegation, Event, Operator, Role
from checkin.domain.events.details import DEMO_SLUG, is_demo
from checkin.errors import NotFound
from checkin.services.backups.epochs import note_erased_scans
from checkin.services.common.activity import note
from checkin.services.common.locks import stop_admissions

_EVENT = "event_id"


def remove_demo(session: Session, *, operator_id: int, now: datetime) -> None:
    """Delete the demo's event: its people are invented, so nothing of it has to be kept.

    Accounts that were opened for its delegations' coordinators are disabled, because the activity
    log of the installation may name them. Devices that were paired with it are unknown afterwards.

    Raises:
        NotFound: there is no demo.
    """
    event = session.scalar(select(Event).where(Event.slug == DEMO_SLUG))
    if event is None or not is_demo(event.slug, event.contact):
        raise NotFound("there is no demo")
    stop_admissions(session.connection(), event.id)
    _close_accounts(session, event, now)
    note_erased_scans(session)
    for table in reversed(Base.metadata.sorted_tables):  # children first
        if _EVENT in table.c:
            session.execute(delete(table).where(table.c[_EVENT] == event.id))
    session.delete(event)
    session.flush()
    note(session, None, "demo.remove", now, operator_id=operator_id)


def _close_accounts(session: Session, event: Event, now: datetime) -> None:
    theirs = select(Operator).join(Delegation, Delegation.id == Operator.delegation_id)
    for account in session.scalars(theirs.where(Delegation.event_id == event.id)):
        account.role, account.delegation_id = Role.VIEWER, None
        account.disabled_at = account.disabled_at or now
    session.flush()
