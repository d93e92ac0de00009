"""Places and reserve lists: take and free places, number those who wait, and confirm them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.orm import Session

from checkin.db.models import Delegation, Event, Participant
from checkin.domain.messages.kinds import MessageKind
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.common.activity import note
from checkin.services.common.list_version import bump_list_version, next_list_version
from checkin.services.people.badge_messages import queue_badge_messages
from checkin.services.people.delegations import has_come
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
    session: Session,
    event: Event,
    delegation_id: int,
    version: int,
    now: datetime,
    *,
    is_told: bool = True,
) -> Sequence[int]:
    """Confirm people of a delegation's reserve list, in their order, while it has free places.

    Nobody is confirmed any more once the reserve list has ended (`moves_up_until`). Whoever is to
    be checked takes their turn: they seem confirmed then, and the place is held for them until an
    organiser has decided, so that who waits behind them shows nobody what they are.

    Args:
        is_told: whether they are written to that they have a place; else their badge waits in the
            outbox, as after an import.

    Returns:
        The ids of those who are confirmed now, or seem so.
    """
    if now >= moves_up_until(event):
        return []
    moved: list[Participant] = []
    # A person who came in on a lent place has one already, so that more may be free afterwards.
    while free := places_to_move_up(session, delegation_id, now):
        turn = session.scalars(_IN_LINE.limit(free), {"delegation_id": delegation_id}).all()
        if not turn:
            break
        _confirm(session, delegation_id, turn)
        moved += turn
    ids = [person.id for person in moved]
    bump_list_version(session, ids, version)
    kind = MessageKind.CONFIRMED if is_told else MessageKind.BADGE
    queue_badge_messages(session, event, ids, now, kind)
    for participant_id in ids:
        note(session, event.id, "participant.move_up", now, participant_id=participant_id)
    return ids


def places_to_move_up(session: Session, delegation_id: int, now: datetime) -> int:
    """Return how many places of a delegation are free, and held for nobody who is to be checked."""
    asked = {"delegation_id": delegation_id, "now": now}
    free: int = session.execute(_FREE_TO_MOVE_UP, asked).scalar_one()
    return max(0, free)


def _confirm(session: Session, delegation_id: int, people: Sequence[Participant]) -> None:
    """Confirm people of the reserve list; those who are to be checked only seem so."""
    checked = [person for person in people if person.unchecked_as is None]
    for person in people:
        if person.unchecked_as is None:
            person.standing, person.reserve_no = RegistrationStatus.CONFIRMED, None
        else:
            person.unchecked_as, person.unchecked_no = RegistrationStatus.CONFIRMED, None
    session.flush()
    session.execute(
        update(Delegation)
        .where(Delegation.id == delegation_id)
        .values(places_taken=Delegation.places_taken + len(checked))
    )


def seems_to_be(standing: RegistrationStatus) -> ColumnElement[bool]:
    """Return the condition that a participant is to be checked, and seems to stand so meanwhile."""
    return and_(
        Participant.unchecked_as == standing, Participant.merged_into.is_(None), IS_UNCONFIRMED
    )


_WAITS_SEEN = Participant.standing == RegistrationStatus.RESERVE
_SEEMS_TO_WAIT = seems_to_be(RegistrationStatus.RESERVE)
#: who waits in a delegation, in their order
_IN_LINE = (
    select(Participant)
    .where(
        Participant.delegation_id == bindparam("delegation_id"),
        or_(_WAITS_SEEN, _SEEMS_TO_WAIT),
    )
    .order_by(func.coalesce(Participant.reserve_no, Participant.unchecked_no))
)


def _held_places() -> Any:
    """Count the places held for who seems confirmed and is to be checked, for a delegation."""
    return (
        select(func.count(Participant.id))
        .where(
            Participant.delegation_id == Delegation.id, seems_to_be(RegistrationStatus.CONFIRMED)
        )
        .correlate(Delegation)
        .scalar_subquery()
    )


# Built once: to build them costs more than to run them, while others wait for the event's row.
_OF = Delegation.id == bindparam("delegation_id")
_TAKE_ONE = (
    update(Delegation)
    .where(_OF, free_places(bindparam("now")) > 0)
    .values(places_taken=Delegation.places_taken + 1)
    .returning(Delegation.id)
)
# Scans refer to the row and go on: only who gives places of it away waits.
_FREE = select(free_places(bindparam("now"))).where(_OF).with_for_update(key_share=True)
_TO_MOVE_UP = free_places(bindparam("now")) - _held_places()
_FREE_TO_MOVE_UP = select(_TO_MOVE_UP).where(_OF).with_for_update(key_share=True)


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


def take_held_place(session: Session, delegation_id: int, now: datetime) -> bool:
    """Take a free place for somebody for whom it was held, before all who wait."""
    return bool(_take_free_places(session, delegation_id, 1, now))


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
#: a participant waits for a place, for a statement about Participant
WAITS = and_(_IS_LISTED, ~has_come())
#: somebody waits for a place of the delegation, for a statement about Delegation
IS_WAITED_FOR = exists().where(Participant.delegation_id == Delegation.id, WAITS)
_WAITS_IN = (
    select(Participant.id)
    .where(Participant.delegation_id == bindparam("delegation_id"), WAITS)
    .limit(1)
)
#: somebody can be confirmed; whoever came in from the list is, on the place that they use
_MOVES_UP = and_(
    or_(
        exists().where(Participant.delegation_id == Delegation.id, _IS_LISTED),
        exists().where(Participant.delegation_id == Delegation.id, _SEEMS_TO_WAIT),
    ),
    _TO_MOVE_UP > 0,
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
