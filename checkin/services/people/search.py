"""Find participants: as gates search for them, as pages of a list, by id, and with badges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from checkin.db.models import (
    Admission,
    Badge,
    Bus,
    BusPassenger,
    Category,
    Delegation,
    Event,
    Participant,
)
from checkin.domain.common.contacts import normalise_email, normalise_phone
from checkin.domain.common.names import fold_name
from checkin.domain.common.problems import InvalidValue
from checkin.domain.events.days import FIRST_DAY
from checkin.domain.people.fields import CONTACTS, ShownIn, own_in
from checkin.domain.people.name_search import NameQuery
from checkin.domain.people.searching import SHOWN_AT_ONCE
from checkin.domain.people.sought import MIN_LETTERS, Sought, shown_ending, sought
from checkin.errors import InvalidRequest, NotFound
from checkin.services.people.delegations import first_arrival, first_entry
from checkin.services.people.name_search import (
    PERSON_OF,
    namesakes,
    parts_of_names,
    people_named,
    record,
    spelt_alike,
)

_SHOWN = own_in(ShownIn.SEARCH)
MAX_FOUND = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A participant as the gates' search shows them, told apart from others of the same name.

    Attributes:
        own: the participant's own values that a search shows, by the key of their field.
        bus: the name of their bus.
        phone_ending: the last two digits of their telephone.
        arrived_at: when they first came in on the day of the search; None: not yet.
    """

    id: int
    own: Mapping[str, str | None]
    category: str
    category_ar: str | None
    delegation_id: int
    delegation: str
    delegation_ar: str | None
    standing: str
    blocked: bool
    bus: str | None
    phone_ending: str | None
    arrived_at: datetime | None


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """The first people whom a search finds, and how many more there are."""

    people: Sequence[Found]
    more: int


def search_participants(
    session: Session, event_id: int, query: str, *, day: int = FIRST_DAY, most: int = SHOWN_AT_ONCE
) -> FoundPeople:
    """Return the participants whom a text finds, the likeliest first.

    It is an e-mail, a telephone, the last four digits of one, the number on a badge, or its code
    (`checkin.domain.people.sought`); or their names hold every word of it, or a part, or are other
    spellings of it, in either script; where nobody's are, they sound like it. Whoever has two
    records that were merged is found by both. Whoever is to be checked by an organiser first is
    not found.

    Args:
        day: the event's day of which is told who has arrived.
        most: so many are returned; the others are counted.

    Raises:
        InvalidRequest: the query has fewer than 3 letters.
    """
    wanted = sought(query)
    if wanted.is_nothing:
        raise InvalidRequest(f"give at least {MIN_LETTERS} letters of the name")
    if not wanted.words:
        return _people_in(session, event_id, _records_of(event_id, wanted), day, most)
    named = people_named(session, NameQuery(query), *_visible(event_id), most=most)
    rows = session.execute(_shown(day).where(Participant.id.in_(named.ids)))
    people = {row[0]: _found(*row) for row in rows}
    return FoundPeople([people[number] for number in named.ids], named.more)


def people_shown(
    session: Session, event_id: int, people: Sequence[int], *, day: int = FIRST_DAY
) -> Sequence[Found]:
    """Return these people as a search shows them, by name."""
    return _people_in(session, event_id, people, day, len(people)).people


def _visible(event_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on whom a search of this event may show."""
    return (
        Participant.event_id == event_id,
        Participant.merged_into.is_(None),
        Participant.unchecked_as.is_(None),
    )


def _people_in(session: Session, event_id: int, ids: Any, day: int, most: int) -> FoundPeople:
    matching = _shown(day).where(Participant.id.in_(ids), *_visible(event_id))
    rows = session.execute(matching.order_by(Participant.folded).limit(most + 1)).all()
    people = [_found(*row) for row in rows[:most]]
    if len(rows) <= most:
        return FoundPeople(people, 0)
    total = session.scalars(matching.with_only_columns(func.count())).one()
    return FoundPeople(people, total - most)


def _found(number: int, *values: Any) -> Found:
    own, others = values[: len(_SHOWN)], values[len(_SHOWN) :]
    *known, phone, arrived_at = others
    told = {"phone_ending": shown_ending(phone), "arrived_at": arrived_at}
    return Found(number, dict(zip(_SHOWN, own, strict=True)), *known, **told)


def _shown(day: int) -> Select[*tuple[Any, ...]]:
    """Return the query for people with what a search shows of them, and when they came that day."""
    return (
        select(
            Participant.id,
            *(getattr(Participant, key) for key in _SHOWN),
            Category.name,
            Category.name_ar,
            Delegation.id,
            Delegation.name,
            Delegation.name_ar,
            Participant.standing,
            Participant.blocked,
            Bus.name,
            Participant.phone,
            Admission.admitted_at,
        )
        .join(Category, Category.id == Participant.category_id)
        .join(Delegation, Delegation.id == Participant.delegation_id)
        .outerjoin(BusPassenger, BusPassenger.participant_id == Participant.id)
        .outerjoin(Bus, Bus.id == BusPassenger.bus_id)
        .outerjoin(Admission, first_entry(day=day))
    )


#: the record by which `people_with_badges` looks for a person
RECORD_ID = record.id


def _records_of(event_id: int, wanted: Sought) -> Select[Any]:
    """Return the ids of the people of whom some record is what is searched for, but for a name."""
    of_event = select(PERSON_OF).where(record.event_id == event_id)
    if wanted.token_hash is not None:
        badges = select(Badge.participant_id).where(Badge.token_hash == wanted.token_hash)
        return of_event.where(record.id.in_(badges))
    if wanted.number is not None:
        return of_event.where(or_(*_numbered(wanted)))
    contact = {"email": wanted.email, "phone": wanted.phone}
    return of_event.where(*(getattr(record, key) == it for key, it in contact.items() if it))


def _numbered(wanted: Sought) -> list[ColumnElement[bool]]:
    found = [record.id == wanted.number]
    if wanted.phone_ending is not None:
        found.append(record.phone.endswith(wanted.phone_ending))
    return found


@dataclass(frozen=True, slots=True)
class Listed:
    """A participant as a short list of people who may be meant shows them."""

    participant: Participant
    delegation: Delegation
    category: Category
    arrived_at: datetime | None


def people_found(
    session: Session, event_id: int, text: str, *, delegation_id: int | None, besides: int
) -> Sequence[Listed]:
    """Return up to 20 people of an event with this e-mail, phone, or parts of a name.

    Args:
        delegation_id: only this delegation's people; None for all.
        besides: the id of a participant to leave out.

    Raises:
        InvalidRequest: it is no contact, and has fewer than 3 letters of a name.
    """
    contacts = _contacts_in(text)
    if not contacts and sum(map(len, fold_name(text).split())) < MIN_LETTERS:
        raise InvalidRequest(f"give at least {MIN_LETTERS} letters of the name")
    wanted = _wanted(session, event_id, "" if contacts else text, delegation_id)
    wanted += [getattr(Participant, key) == contact for key, contact in contacts.items()]
    return _listed(session, [*wanted, Participant.id != besides])


def people_alike(
    session: Session, person: Participant, *, delegation_id: int | None
) -> Sequence[Listed]:
    """Return up to 20 people of the event who share a participant's name, e-mail or phone.

    A name may be spelt in another way.
    """
    same = [
        getattr(Participant, key) == value
        for key in ("folded_name", *CONTACTS)
        if (value := getattr(person, key))
    ]
    names = [name for name in (person.name, person.name_ar) if name]
    alike = [one.id for one, _theirs in namesakes(session, person.event_id, names)]
    same.append(Participant.id.in_(alike))
    wanted = _wanted(session, person.event_id, "", delegation_id)
    return _listed(session, [*wanted, or_(*same), Participant.id != person.id])


def _contacts_in(text: str) -> dict[str, str]:
    """Return what is written as a contact by the key of its field: an e-mail, or a phone."""
    for key, reader in (("email", normalise_email), ("phone", normalise_phone)):
        try:
            return {key: reader(text)}
        except InvalidValue:
            continue
    return {}


def _listed(session: Session, wanted: list[ColumnElement[bool]]) -> Sequence[Listed]:
    rows = session.execute(_rows(wanted).limit(MAX_FOUND))
    return [Listed(person, of, kind, at) for person, of, kind, at in rows]


def participant_in(
    session: Session, event_id: int, participant_id: int, delegation_id: int | None
) -> Participant | None:
    """Return a participant of an event, and of a delegation where one is given, or None."""
    person = session.get(Participant, participant_id)
    if person is None or person.event_id != event_id:
        return None
    return person if delegation_id in (None, person.delegation_id) else None


def participant_by_id(
    session: Session, event: Event, participant_id: int, delegation_id: int | None
) -> Participant:
    """Return a participant of an event, and of that delegation where one is given.

    Raises:
        NotFound: no participant has this id, or they belong to another delegation.
    """
    person = participant_in(session, event.id, participant_id, delegation_id)
    if person is None:
        raise NotFound(f"no participant has the number {participant_id}")
    return person


def participant_called(session: Session, event: Event, who: str) -> Participant:
    """Return the participant with this number or this e-mail address.

    Raises:
        InvalidRequest: `who` is neither, or several participants have this address.
        NotFound: no participant of the event has this id or address.
    """
    if who.isascii() and who.isdigit() and len(who) < 10:
        return participant_by_id(session, event, int(who), None)
    try:
        address = normalise_email(who)
    except InvalidValue:
        raise InvalidRequest(f"{who!r} is neither a number nor an e-mail address") from None
    wanted = (record.event_id == event.id, record.email == address)
    found = session.scalars(
        select(Participant)
        .where(Participant.id.in_(select(PERSON_OF).where(*wanted)))
        .order_by(Participant.id)
    ).all()
    if not found:
        raise NotFound(f"no participant has the address {address}")
    if len(found) > 1:
        numbers = ", ".join(str(one.id) for one in found)
        raise InvalidRequest(f"several people have the address {address}: give one of {numbers}")
    return found[0]


def _wanted(
    session: Session, event_id: int, text: str, delegation_id: int | None
) -> list[ColumnElement[bool]]:
    wanted = [Participant.event_id == event_id, Participant.merged_into.is_(None)]
    query = NameQuery(text)
    if query.letters:
        named = or_(parts_of_names(session, query), spelt_alike(session, query.spellings))
        of_event = record.event_id == event_id
        wanted.append(Participant.id.in_(select(PERSON_OF).where(of_event, named)))
    if delegation_id is not None:
        wanted.append(Participant.delegation_id == delegation_id)
    return wanted


def _rows(
    wanted: list[ColumnElement[bool]],
) -> Select[Participant, Delegation, Category, datetime | None]:
    return (
        select(Participant, Delegation, Category, Admission.admitted_at)
        .join(Delegation, Delegation.id == Participant.delegation_id)
        .join(Category, Category.id == Participant.category_id)
        .outerjoin(Admission, first_arrival())
        .where(*wanted)
        .order_by(Participant.folded_name, Participant.id)
    )


#: what is told of a participant at a gate
PERSON = (
    Participant.id.label("participant_id"),
    *(getattr(Participant, key) for key in own_in(ShownIn.GATE_LIST)),
    *(Participant.standing, Participant.blocked, Participant.flags),
    Category.name.label("category"),
    Category.name_ar.label("category_ar"),
    Delegation.id.label("delegation_id"),
    Delegation.name.label("delegation"),
    Delegation.name_ar.label("delegation_ar"),
    Delegation.coordinator_phone,
)
#: what is told of a badge and its holder
WHO = (Badge.id.label("badge_id"), Badge.revoked_at, Participant.event_id, *PERSON)


def badges_with_holders(*more: Any) -> Select[*tuple[Any, ...]]:
    """Return a query that joins badges with their holders; callers may add columns of both.

    The holder of a badge that was issued to a record which is merged now is the one who is kept.
    """
    return (
        select(*WHO, *more)
        .join(record, record.id == Badge.participant_id)
        .join(Participant, Participant.id == PERSON_OF)
        .join(Category, Category.id == Participant.category_id)
        .join(Delegation, Delegation.id == Participant.delegation_id)
    )


def people_with_badges(*more: Any) -> Select[*tuple[Any, ...]]:
    """Return a query for records of people with their working badge, where they have one.

    It has the columns of `badges_with_holders`. The id to look for is `RECORD_ID`: of a record that
    was merged the person who is kept is returned. Whoever is to be checked first is not found.
    """
    working = and_(Badge.participant_id == Participant.id, Badge.revoked_at.is_(None))
    return (
        select(*WHO, *more)
        .select_from(record)
        .join(Participant, Participant.id == PERSON_OF)
        .join(Category, Category.id == Participant.category_id)
        .join(Delegation, Delegation.id == Participant.delegation_id)
        .outerjoin(Badge, working)
        .where(Participant.unchecked_as.is_(None))
    )
