"""Places and reserve lists: take and free places, number those who wait, and confirm them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, exists, func, select, update
from sqlalchemy.orm import Session

from checkin.db.models import Delegation, Event, Participant
from checkin.domain.messages.kinds import MessageKind
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.common.activity import note
from checkin.services.common.list_version import bump_list_version, next_list_version
from checkin.services.people.badge_messages import queue_badge_messages
from checkin.services.people.delegations import first_entry
from checkin.services.people.places import IS_UNCONFIRMED, free_places


def free_place(session: Session, delegation_id: int) -> None:
    """Give one confirmed place back to the delegation."""
    session.execute(
        update(Delegation)
        .where(Delegation.id == delegation_id)
        .values(places_taken=Delegation.places_taken - 1)
    )


def moves_up_until(event: Event) -> datetime:
    """Return until when people of the event's reserve lists are confirmed, and told so."""
    return event.reserve_until or event.ends_at


def move_up(
    session: Session, event: Event, delegation_id: int, version: int, now: datetime
) -> Sequence[int]:
    """Confirm people of a delegation's reserve list, in their order, while it has free places.

    Nobody is confirmed any more once the reserve list has ended (`moves_up_until`).
    """
    if now >= moves_up_until(event):
        return []
    waiting = session.scalars(
        select(Participant)
        .where(
            Participant.delegation_id == delegation_id,
            Participant.standing == RegistrationStatus.RESERVE,
        )
        .order_by(Participant.reserve_no)
    ).all()
    count = 0
    # A person who came in on a lent place has one already, so the next person is confirmed.
    while taken := _take_free_places(session, delegation_id, len(waiting) - count, now):
        for person in waiting[count : count + taken]:
            person.standing, person.reserve_no = RegistrationStatus.CONFIRMED, None
        session.flush()
        count += taken
    ids = [person.id for person in waiting[:count]]
    bump_list_version(session, ids, version)
    queue_badge_messages(session, event, ids, now, MessageKind.CONFIRMED)
    for participant_id in ids:
        note(session, event.id, "participant.move_up", now, participant_id=participant_id)
    return ids


# Built once: to build them costs more than to run them, while others wait for the event's row.
_OF = Delegation.id == bindparam("delegation_id")
_TAKE_ONE = (
    update(Delegation)
    .where(_OF, free_places(bindparam("now")) > 0)
    .values(places_taken=Delegation.places_taken + 1)
    .returning(Delegation.id)
)
_FREE = select(free_places(bindparam("now"))).where(_OF).with_for_update()


def take_places(
    session: Session, event: Event, delegation_id: int, wanted: int, version: int, now: datetime
) -> int:
    """Take up to `wanted` places for newcomers to a delegation, and return how many were taken.

    Whoever waits there is confirmed first; while somebody still waits, newcomers get no place.
    The caller holds the lock on the event's row.
    """
    if still_waited_for(session, event, delegation_id, version, now):
        return 0
    return _take_free_places(session, delegation_id, wanted, now)


def still_waited_for(
    session: Session, event: Event, delegation_id: int, version: int, now: datetime
) -> bool:
    """Confirm who waits for a place of a delegation, and say whether somebody still waits."""
    if not _is_waited_for(session, delegation_id):
        return False
    move_up(session, event, delegation_id, version, now)
    return _is_waited_for(session, delegation_id)


def _is_waited_for(session: Session, delegation_id: int) -> bool:
    found = session.execute(_WAITS_IN, {"delegation_id": delegation_id}).first()
    return found is not None


def _take_free_places(session: Session, delegation_id: int, wanted: int, now: datetime) -> int:
    """Take up to `wanted` free places of a delegation's quota, and return how many were taken.

    Places kept for gates, lent to a device now, or used by an admitted person of the reserve list,
    are not free. One statement checks and counts, so two clerks cannot both take the last place.
    """
    asked = {"delegation_id": delegation_id, "now": now}
    if wanted == 1:
        return 1 if session.execute(_TAKE_ONE, asked).first() else 0
    free = session.execute(_FREE, asked).scalar_one()
    taken: int = max(0, min(free, wanted))
    session.execute(
        update(Delegation)
        .where(Delegation.id == delegation_id)
        .values(places_taken=Delegation.places_taken + taken)
    )
    return taken


def reserve_numbers(session: Session, delegation_id: int, count: int) -> Iterator[int]:
    """Return the next `count` numbers of a delegation's reserve list, and mark them as used."""
    if count == 0:
        return iter(())
    last: int = session.execute(
        update(Delegation)
        .where(Delegation.id == delegation_id)
        .values(last_reserve_no=Delegation.last_reserve_no + count)
        .returning(Delegation.last_reserve_no)
    ).scalar_one()
    return iter(range(last - count + 1, last + 1))


_IS_LISTED = and_(Participant.standing == RegistrationStatus.RESERVE, IS_UNCONFIRMED)
# Who came in from the reserve list uses a place already, and waits for none.
_WAITS = and_(_IS_LISTED, ~exists().where(first_entry()).correlate(Participant))
#: somebody waits for a place of the delegation, for a statement about Delegation
IS_WAITED_FOR = exists().where(Participant.delegation_id == Delegation.id, _WAITS)
_WAITS_IN = (
    select(Participant.id)
    .where(Participant.delegation_id == bindparam("delegation_id"), _WAITS)
    .limit(1)
)
#: somebody can be confirmed; whoever came in from the list is, on the place that they use
_MOVES_UP = and_(
    exists().where(Participant.delegation_id == Delegation.id, _IS_LISTED),
    free_places(bindparam("now")) > 0,
)
_WAITED_FOR = select(Delegation.id).where(Delegation.event_id == bindparam("event_id"), _MOVES_UP)


def move_up_everywhere(session: Session, event: Event, now: datetime) -> Sequence[int]:
    """Confirm people of every delegation's reserve list while it has free places.

    The caller holds the lock on the event's row.

    Returns:
        The ids of the participants who were confirmed.
    """
    if now >= moves_up_until(event):
        return []
    asked = {"event_id": event.id, "now": now}
    delegations = session.scalars(_WAITED_FOR, asked).all()
    if not delegations:
        return []
    version = next_list_version(session, event.id)
    return [one for of in delegations for one in move_up(session, event, of, version, now)]


_EVENTS_WAITED_FOR = (
    select(Event.id)
    .where(
        Event.purged_at.is_(None),
        func.coalesce(Event.reserve_until, Event.ends_at) > bindparam("now"),
        exists().where(Delegation.event_id == Event.id, _MOVES_UP),
    )
    .order_by(Event.id)
)


def events_to_move_up(session: Session, now: datetime) -> Sequence[int]:
    """Return the ids of the events in which somebody waits although a place is free."""
    return session.scalars(_EVENTS_WAITED_FOR, {"now": now}).all()
