"""The delegation that a page is about, if the operator may see it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from checkin.db.models import Delegation, Event
from checkin.services.events.visibility import visible_event
from checkin.services.people.delegations import visible_delegation
from checkin.web.site.sessions import current_operator


def opened_delegation(session: Session, slug: str, delegation_id: int) -> tuple[Event, Delegation]:
    """Return the event and the delegation of an address.

    Raises:
        NotFound: there are none such, or they are not the operator's to see.
    """
    operator = current_operator()
    event = visible_event(session, operator, slug)
    return event, visible_delegation(session, operator, event, delegation_id)
