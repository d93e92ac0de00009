"""Insert new participants with their places, badges and messages, one or thousands at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from checkin.db.models import Badge, Event, Participant
from checkin.domain.common.names import folded_both
from checkin.domain.people.registration import Registration
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.protocol.codes import token_for, token_hash
from checkin.services.common.keys import Keys
from checkin.services.people.badge_messages import Row, message_row, queue_messages
from checkin.services.people.reserve_list import reserve_numbers, take_places


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
    source: str,
    keys: Keys,
    version: int,
    now: datetime,
    operator_id: int | None = None,
) -> list[tuple[Row, Row]]:
    """Insert participants in order, each with a badge, and a message if they have an address.

    The caller holds the lock on the event's row (`next_list_version`).

    Returns:
        For each participant their columns and those of their badge.
    """
    rows = [_participant_row(event, person, source, now, operator_id) for person in people]
    _give_places(session, event, rows, version, now)
    for row, participant_id in zip(rows, _new_ids(session, len(rows)), strict=True):
        row["id"] = participant_id
    session.connection().execute(insert(Participant), rows)
    badges = [_badge_row(event, row, keys, version, now) for row in rows]
    session.connection().execute(insert(Badge), badges)
    enrolled = list(zip(rows, badges, strict=True))
    messages = [
        message_row(event, row["id"], row["email"], badge["id"], now)
        for row, badge in enrolled
        if row["email"] and not row["no_mail"] and row["standing"] == RegistrationStatus.CONFIRMED
    ]
    queue_messages(session, messages)
    return enrolled


def _participant_row(
    event: Event, person: Enrolment, source: str, now: datetime, operator_id: int | None
) -> Row:
    registration = person.registration
    folded, folded_name = folded_both(registration.name, registration.name_ar)
    return {
        "event_id": event.id,
        "delegation_id": person.delegation_id,
        "category_id": person.category_id,
        **registration.own(),
        "folded": folded,
        "folded_name": folded_name,
        "language": registration.language or event.language,
        "standing": RegistrationStatus.CONFIRMED,
        "reserve_no": None,
        "blocked": False,
        "registered_by": source,
        "registered_at": now,
        "registrar_id": operator_id,
    }


def _new_ids(session: Session, count: int) -> Sequence[int]:
    """Reserve the next participant ids, in order.

    They are taken beforehand, because rows that return their ids are inserted one by one. On
    SQLite this transaction is the only writer, so the next ids are those that SQLite would give.
    """
    if session.get_bind().dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(Participant.__tablename__, "id")
        numbers = func.generate_series(1, count).alias("numbers")
        return session.scalars(select(func.nextval(sequence)).select_from(numbers)).all()
    last: int = session.execute(select(func.coalesce(func.max(Participant.id), 0))).scalar_one()
    return range(last + 1, last + 1 + count)


def _give_places(
    session: Session, event: Event, rows: Sequence[Row], version: int, now: datetime
) -> None:
    """Confirm people while their delegation has places; put the others on the reserve list."""
    wanted = Counter(row["delegation_id"] for row in rows)
    places = {
        of: take_places(session, event, of, count, version, now) for of, count in wanted.items()
    }
    numbers = {of: reserve_numbers(session, of, count - places[of]) for of, count in wanted.items()}
    for row in rows:
        of = row["delegation_id"]
        if places[of] > 0:
            places[of] -= 1
        else:
            row["standing"], row["reserve_no"] = RegistrationStatus.RESERVE, next(numbers[of])


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
