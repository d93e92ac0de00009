"""Give out the badges of people who have registered by a link, once somebody has looked at them.

No badge leaves before: whoever invents registrations with the name or the telephone of others would
learn by the badges which of these are registered. See ADR 25.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import Session

from checkin.db.models import Delegation, Event, Participant
from checkin.domain.messages.kinds import MessageKind
from checkin.domain.people.public_badges import NOT_YET
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.common.activity import note
from checkin.services.common.list_version import next_list_version
from checkin.services.people.badge_messages import queue_badge_messages
from checkin.services.people.registering.unchecked import IS_SEEN_AS_REGISTERED, badge_given_from

#: registered by a link, and nobody has given the badge out
IS_TO_BE_GIVEN_OUT = and_(Participant.badge_from == NOT_YET, IS_SEEN_AS_REGISTERED)


def count_to_give_out(session: Session, delegation: Delegation) -> int:
    """Return how many of a delegation wait for their badges to be given out.

    Those are among them who are to be checked, as their coordinator sees them.
    """
    wanted = (Participant.delegation_id == delegation.id, IS_TO_BE_GIVEN_OUT)
    return session.scalars(select(func.count(Participant.id)).where(*wanted)).one()


def give_out_badges(
    session: Session,
    event: Event,
    delegation: Delegation,
    *,
    now: datetime,
    operator_id: int | None = None,
) -> int:
    """Give out the badges of a delegation's link after the event's delay, and mail them then.

    Whoever is to be checked has none, and gets none by this.

    Returns:
        How many were given out, as the delegation's coordinator sees it.
    """
    next_list_version(session, event.id)
    given = session.execute(
        update(Participant)
        .where(Participant.delegation_id == delegation.id, IS_TO_BE_GIVEN_OUT)
        .values(badge_from=badge_given_from(event, now))
        .returning(Participant.id, Participant.standing)
    ).all()
    if given:
        confirmed = [one.id for one in given if one.standing == RegistrationStatus.CONFIRMED]
        queue_badge_messages(session, event, confirmed, now, MessageKind.CONFIRMED)
        who = {"operator_id": operator_id, "delegation_id": delegation.id}
        note(session, event.id, "badges.give_out", now, **who, count=len(given))
    return len(given)
