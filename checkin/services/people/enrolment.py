"""Write new participants with their places, badges and messages, one or ten thousand at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from checkin.db.models import Badge, Delegation, Event, Message, Participant
from checkin.domain.common.names import folded_both
from checkin.domain.people.registration import Registration
from checkin.domain.scanning.verdict import Standing
from checkin.protocol.codes import token_for, token_hash
from checkin.services.common.keys import Keys
from checkin.services.people.places import free_places

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A valid registration whose delegation and category were found."""

    registration: Registration
    delegation_id: int
    category_id: int


def enrol(
    session: Session,
    event: Event,
    people: Sequence[Enrolment],
    *,
    door: str,
    keys: Keys,
    version: int,
    now: datetime,
) -> list[tuple[Row, Row]]:
    """Insert people, in order, with a badge each, and a message for those who have an address.

    The caller holds the event's row (`next_list_version`).

    Returns:
        The participant's and the badge's columns of each.
    """
    rows = [_participant_row(event, person, door, now) for person in people]
    _give_places(session, rows, now)
    for row, participant_id in zip(rows, _new_ids(session, len(rows)), strict=True):
        row["id"] = participant_id
    session.connection().execute(insert(Participant), rows)
    badges = [_badge_row(event, row, keys, version, now) for row in rows]
    session.connection().execute(insert(Badge), badges)
    enrolled = list(zip(rows, badges, strict=True))
    messages = [
        _message_row(event, row["id"], row["email"], badge["id"], now)
        for row, badge in enrolled
        if row["email"] and row["standing"] == Standing.CONFIRMED
    ]
    _queue(session, messages)
    return enrolled


def take_places(session: Session, delegation_id: int, wanted: int, now: datetime) -> int:
    """Take up to `wanted` places of a quota and return how many there were.

    Places that are lent to a device now, or that somebody of the reserve list sits on, are not
    there. One statement checks and counts, so two clerks cannot both take the last place.
    """
    if wanted == 1:
        one = session.execute(
            update(Delegation)
            .where(Delegation.id == delegation_id, free_places(now) > 0)
            .values(places_taken=Delegation.places_taken + 1)
            .returning(Delegation.id)
        ).first()
        return 1 if one else 0
    free = session.execute(
        select(free_places(now)).where(Delegation.id == delegation_id).with_for_update()
    ).scalar_one()
    taken: int = max(0, min(free, wanted))
    session.execute(
        update(Delegation)
        .where(Delegation.id == delegation_id)
        .values(places_taken=Delegation.places_taken + taken)
    )
    return taken


def queue_badge_messages(
    session: Session, event: Event, participant_ids: Iterable[int], now: datetime
) -> int:
    """Put one message with the badge into the outbox for each of these who has an address."""
    ids = list(participant_ids)
    rows: list[Row] = []
    for start in range(0, len(ids), 500):  # SQLite takes only so many parameters
        chunk = ids[start : start + 500]
        found = session.execute(
            select(Participant.id, Participant.email, Badge.id.label("badge_id"))
            .join(Badge, Badge.participant_id == Participant.id)
            .where(
                Participant.id.in_(chunk),
                Participant.email.is_not(None),
                Badge.revoked_at.is_(None),
            )
        )
        rows += [_message_row(event, r.id, r.email, r.badge_id, now) for r in found]
    _queue(session, rows)
    return len(rows)


def _queue(session: Session, rows: Sequence[Row]) -> None:
    if rows:
        session.connection().execute(insert(Message), rows)


def _participant_row(event: Event, person: Enrolment, door: str, now: datetime) -> Row:
    registration = person.registration
    name, name_ar = registration.name, registration.name_ar
    folded, folded_name = folded_both(name, name_ar)
    return {
        "event_id": event.id,
        "delegation_id": person.delegation_id,
        "category_id": person.category_id,
        "name": name,
        "name_ar": name_ar,
        "folded": folded,
        "folded_name": folded_name,
        "email": registration.email,
        "phone": registration.phone,
        "language": registration.language or event.language,
        "note": registration.note,
        "standing": Standing.CONFIRMED,
        "reserve_no": None,
        "blocked": False,
        "registered_by": door,
        "registered_at": now,
    }


def _new_ids(session: Session, count: int) -> Sequence[int]:
    """Take the next ids of participants, in order.

    Beforehand, because rows that return their ids are inserted one by one. On SQLite this
    transaction is the only one that writes, and the next ids are those that it would give.
    """
    if session.get_bind().dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(Participant.__tablename__, "id")
        numbers = func.generate_series(1, count).alias("numbers")
        return session.scalars(select(func.nextval(sequence)).select_from(numbers)).all()
    last: int = session.execute(select(func.coalesce(func.max(Participant.id), 0))).scalar_one()
    return range(last + 1, last + 1 + count)


def _give_places(session: Session, rows: Sequence[Row], now: datetime) -> None:
    """Confirm the first of each delegation while there are places, and number the others."""
    wanted = Counter(row["delegation_id"] for row in rows)
    places = {of: take_places(session, of, count, now) for of, count in wanted.items()}
    numbers = {of: reserve_numbers(session, of, count - places[of]) for of, count in wanted.items()}
    for row in rows:
        of = row["delegation_id"]
        if places[of] > 0:
            places[of] -= 1
        else:
            row["standing"], row["reserve_no"] = Standing.RESERVE, next(numbers[of])


def reserve_numbers(session: Session, delegation_id: int, count: int) -> Iterator[int]:
    """Take the next numbers of a delegation's reserve list."""
    if count == 0:
        return iter(())
    last: int = session.execute(
        update(Delegation)
        .where(Delegation.id == delegation_id)
        .values(last_reserve_no=Delegation.last_reserve_no + count)
        .returning(Delegation.last_reserve_no)
    ).scalar_one()
    return iter(range(last - count + 1, last + 1))


def _badge_row(event: Event, participant: Row, keys: Keys, version: int, now: datetime) -> Row:
    badge_id = uuid4()
    token = token_for(keys.for_event(event.slug), badge_id, 1)
    return {
        "id": badge_id,
        "event_id": event.id,
        "participant_id": participant["id"],
        "issue": 1,
        "token_hash": token_hash(token),
        "issued_at": now,
        "list_version": version,
    }


def _message_row(
    event: Event, participant_id: int, email: str, badge_id: object, now: datetime
) -> Row:
    return {
        "event_id": event.id,
        "participant_id": participant_id,
        "badge_id": badge_id,
        "address": email,
        "message_id": f"<{uuid4().hex}@marhaba>",
        "created_at": now,
        "next_try_at": now,
    }
