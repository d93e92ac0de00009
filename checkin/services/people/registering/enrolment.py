"""Insert new participants with their places, badges and messages, one or thousands at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from checkin.db.models import Badge, Event, Participant
from checkin.domain.channels.reach import Contact
from checkin.domain.integrations.webhooks import WebhookKind
from checkin.domain.messages.kinds import MessageKind
from checkin.domain.people.registration import Registration
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.protocol.codes import token_for, token_hash
from checkin.protocol.gate_list import tag_bytes
from checkin.services.common.keys import Keys
from checkin.services.common.outside_events import tell_webhooks_of_many
from checkin.services.people.badge_messages import (
    Row,
    channels_of,
    message_row,
    queue_messages,
)
from checkin.services.people.names import compared_names
from checkin.services.people.registering.unchecked import seem_registered
from checkin.services.people.reserve_list import reserve_numbers, take_places

_CONFIRMED = RegistrationStatus.CONFIRMED


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A valid registration whose delegation and category were found.

    Attributes:
        unchecked: it may be somebody of another delegation: an organiser has to check it first.
        compared: the columns by which the names are compared, worked out at once: before anybody
            waits for the lock.
    """

    registration: Registration
    delegation_id: int
    category_id: int
    unchecked: bool = False
    compared: Mapping[str, str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        named = self.registration
        object.__setattr__(self, "compared", compared_names(named.name, named.name_ar))


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
    badge_from: datetime | None = None,
    told_by: MessageKind = MessageKind.BADGE,
    place_taken: bool = False,
) -> list[tuple[Row, Row | None]]:
    """Insert participants in order, each with a badge, and a message if they have an address.

    Whoever is to be checked gets neither, and no place. The caller holds the lock on the event's
    row (`next_list_version`).

    Args:
        badge_from: until then nobody is given the badges; None: they may be at once.
        told_by: the kind of the messages that bring the badges.
        place_taken: each of them has a place already, which was lent to the hub that let them in.

    Returns:
        For each participant their columns and those of their badge, or None where they get none.
    """
    rows = [_participant_row(event, person, source, now, operator_id) for person in people]
    for row in rows:
        row["badge_from"] = badge_from
    if not place_taken:
        _give_places(session, event, rows, version, now)
    for row, participant_id in zip(rows, _new_ids(session, len(rows)), strict=True):
        row["id"] = participant_id
    session.connection().execute(insert(Participant), rows)
    ids = [row["id"] for row in _checked(rows)]
    badges = give_badges(session, event, ids, keys, version, now)
    enrolled = [(row, badges.get(row["id"])) for row in rows]
    reach = channels_of(session, event)
    confirmed = [(row, badge) for row, badge in enrolled if badge and row["standing"] == _CONFIRMED]
    ways = [(row, badge, reach.first(_contact(row))) for row, badge in confirmed]
    messages = [
        message_row(event, row["id"], way, badge["id"], now, told_by, badge_from)
        for row, badge, way in ways
        if way is not None
    ]
    queue_messages(session, messages)
    told = [registered_data(row) for row in _checked(rows)]
    tell_webhooks_of_many(session.connection(), event.id, WebhookKind.REGISTERED, now, told)
    return enrolled


def _contact(row: Row) -> Contact:
    return Contact(row["email"], row["phone"], wants_none=bool(row["no_mail"]))


def registered_data(row: Row) -> Row:
    """Return what webhooks are told of a registration, from a participant's columns."""
    return {
        "participant_id": row["id"],
        "delegation_id": row["delegation_id"],
        "category_id": row["category_id"],
        "status": str(row["standing"]),
    }


def give_badges(
    session: Session, event: Event, ids: Sequence[int], keys: Keys, version: int, now: datetime
) -> dict[int, Row]:
    """Insert the first badge of each of these participants; return its columns by their ids."""
    badges = [_badge_row(event, one, keys, version, now) for one in ids]
    if badges:
        session.connection().execute(insert(Badge), badges)
    return {badge["participant_id"]: badge for badge in badges}


def _checked(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["unchecked_as"] is None]


def _participant_row(
    event: Event, person: Enrolment, source: str, now: datetime, operator_id: int | None
) -> Row:
    registration = person.registration
    return {
        "event_id": event.id,
        "delegation_id": person.delegation_id,
        "category_id": person.category_id,
        **registration.own(),
        **person.compared,
        "language": registration.language or event.language,
        "standing": RegistrationStatus.CANCELED if person.unchecked else _CONFIRMED,
        "canceled_at": now if person.unchecked else None,
        "unchecked_as": _CONFIRMED if person.unchecked else None,
        "unchecked_no": None,
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
    # The numbers that were ever given, also to people who are not there any more, and those that a
    # restore has passed over.
    given = text("SELECT seq FROM sqlite_sequence WHERE name = 'participant'")
    there: int = session.execute(select(func.coalesce(func.max(Participant.id), 0))).scalar_one()
    last = max(there, session.scalar(given) or 0)
    return range(last + 1, last + 1 + count)


def _give_places(
    session: Session, event: Event, rows: Sequence[Row], version: int, now: datetime
) -> None:
    """Confirm people while their delegation has places; put the others on the reserve list."""
    for delegation_id in {row["delegation_id"] for row in rows if row["unchecked_as"]}:
        theirs = [row for row in rows if row["delegation_id"] == delegation_id]
        seem_registered(session, event, delegation_id, theirs, version, now)
    rows = _checked(rows)
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


def _badge_row(event: Event, participant_id: int, keys: Keys, version: int, now: datetime) -> Row:
    badge_id = uuid4()
    token = token_for(keys.for_event(event.slug), badge_id, 1)
    return {
        "id": badge_id,
        "event_id": event.id,
        "participant_id": participant_id,
        "issue": 1,
        "token_hash": token_hash(token),
        "ref": tag_bytes(token),
        "issued_at": now,
        "list_version": version,
    }
