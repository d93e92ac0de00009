"""Find participants: by parts of a name, as pages of a list, by id or e-mail, and with badges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, or_, select, text
from sqlalchemy.orm import Session, aliased

from checkin.db.models import Admission, Badge, Category, Delegation, Event, Participant
from checkin.domain.common.contacts import normalise_email, normalise_phone
from checkin.domain.common.names import fold_name
from checkin.domain.common.problems import InvalidValue
from checkin.domain.people.fields import CONTACTS, ShownIn, own_in
from checkin.errors import InvalidRequest, NotFound
from checkin.services.people.delegations import first_entry

_SHOWN = own_in(ShownIn.SEARCH)
MIN_LETTERS = 3
MAX_FOUND = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A participant as the gates' search shows them.

    Attributes:
        own: the participant's own values that a search shows, by the key of their field.
    """

    id: int
    own: Mapping[str, str | None]
    category: str
    delegation_id: int
    delegation: str
    delegation_ar: str | None
    standing: str
    blocked: bool


def search_participants(
    session: Session, event_id: int, query: str, *, delegation_id: int | None = None
) -> Sequence[Found]:
    """Return up to 20 participants whose names contain every word of `query`.

    Accents, case, Arabic letter variants and vowel signs make no difference. Whoever has two
    records that were merged is found by the names of both.

    Args:
        delegation_id: look only in this delegation.

    Raises:
        InvalidRequest: the query has fewer than 3 letters.
    """
    words = fold_name(query).split()
    if sum(map(len, words)) < MIN_LETTERS:
        raise InvalidRequest(f"give at least {MIN_LETTERS} letters of the name")
    statement = _matching(session, words).where(
        Participant.event_id == event_id, Participant.merged_into.is_(None)
    )
    if delegation_id is not None:
        statement = statement.where(Participant.delegation_id == delegation_id)
    rows = session.execute(statement.order_by(Participant.folded).limit(MAX_FOUND))
    return [_found(*row) for row in rows]


def _found(number: int, *values: Any) -> Found:
    own, others = values[: len(_SHOWN)], values[len(_SHOWN) :]
    return Found(number, dict(zip(_SHOWN, own, strict=True)), *others)


def _matching(session: Session, words: Sequence[str]) -> Select[*tuple[Any, ...]]:
    found: Select[*tuple[Any, ...]] = (
        select(
            Participant.id,
            *(getattr(Participant, key) for key in _SHOWN),
            Category.name,
            Delegation.id,
            Delegation.name,
            Delegation.name_ar,
            Participant.standing,
            Participant.blocked,
        )
        .join(Category, Category.id == Participant.category_id)
        .join(Delegation, Delegation.id == Participant.delegation_id)
    )
    return found.where(Participant.id.in_(_called(session, words)))


_record = aliased(Participant, name="record")
#: whom a record is about: the person whom it was merged into, or its own
PERSON_OF = func.coalesce(_record.merged_into, _record.id)


def _called(session: Session, words: Sequence[str]) -> Select[Any]:
    """Return the ids of the people of whom some record has all of these words in its names."""
    found: Select[Any] = select(PERSON_OF)
    long = [word for word in words if len(word) >= MIN_LETTERS]
    if session.get_bind().dialect.name == "sqlite" and long:
        # The trigram index of the first migration; it finds words of three letters or more.
        phrases = " AND ".join('"' + word.replace('"', '""') + '"' for word in long)
        indexed: Select[*tuple[Any, ...]] = select(literal_column("rowid")).select_from(
            text("participant_search")
        )
        indexed = indexed.where(
            text("participant_search MATCH :phrases").bindparams(phrases=phrases)
        )
        found = found.where(_record.id.in_(indexed))
        words = [word for word in words if len(word) < MIN_LETTERS]
    for word in words:
        found = found.where(_record.folded.contains(word, autoescape=True))
    return found


PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A participant as the list shows them."""

    participant: Participant
    delegation: Delegation
    category: Category
    arrived_at: datetime | None


@dataclass(frozen=True, slots=True)
class ParticipantPage:
    """One page of the list of participants.

    Attributes:
        total: how many participants the whole list has.
        number: the number of this page, from 1.
    """

    people: tuple[Listed, ...]
    total: int
    number: int

    @property
    def last(self) -> int:
        """The number of the list's last page, 1 for an empty list."""
        return max(1, -(-self.total // PAGE_SIZE))


def participant_page(
    session: Session, event_id: int, *, text: str = "", delegation_id: int | None = None, page: int
) -> ParticipantPage:
    """Return one page of an event's participants, by name.

    Args:
        text: letters of a name in either script, spelt as people do; "" for everybody.
        delegation_id: only this delegation's people; None for all.
        page: from 1; beyond the last page the last one is returned.
    """
    wanted = _wanted(event_id, text, delegation_id)
    total = session.scalar(select(func.count()).select_from(Participant).where(*wanted)) or 0
    number = min(max(page, 1), max(1, -(-total // PAGE_SIZE)))
    rows = session.execute(_rows(wanted).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    people = tuple(Listed(person, of, kind, at) for person, of, kind, at in rows)
    return ParticipantPage(people, total, number)


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
    wanted = _wanted(event_id, "" if contacts else text, delegation_id)
    wanted += [getattr(Participant, key) == contact for key, contact in contacts.items()]
    return _listed(session, [*wanted, Participant.id != besides])


def people_alike(
    session: Session, person: Participant, *, delegation_id: int | None
) -> Sequence[Listed]:
    """Return up to 20 people of the event who share a participant's name, e-mail or phone."""
    same = [
        getattr(Participant, key) == value
        for key in ("folded_name", *CONTACTS)
        if (value := getattr(person, key))
    ]
    wanted = _wanted(person.event_id, "", delegation_id)
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
    wanted = (_record.event_id == event.id, _record.email == address)
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


def _wanted(event_id: int, text: str, delegation_id: int | None) -> list[ColumnElement[bool]]:
    wanted = [Participant.event_id == event_id, Participant.merged_into.is_(None)]
    if words := fold_name(text).split():
        named = (_record.folded.contains(word, autoescape=True) for word in words)
        of_event = _record.event_id == event_id
        wanted.append(Participant.id.in_(select(PERSON_OF).where(of_event, *named)))
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
        .outerjoin(Admission, first_entry())
        .where(*wanted)
        .order_by(Participant.folded_name, Participant.id)
    )


#: what is told of a badge and its holder
WHO = (
    Badge.id.label("badge_id"),
    Badge.event_id,
    Badge.revoked_at,
    Participant.id.label("participant_id"),
    *(getattr(Participant, key) for key in own_in(ShownIn.GATE_LIST)),
    Participant.standing,
    Participant.blocked,
    Category.name.label("category"),
    Category.name_ar.label("category_ar"),
    Delegation.id.label("delegation_id"),
    Delegation.name.label("delegation"),
    Delegation.name_ar.label("delegation_ar"),
)


def badges_with_holders(*more: Any) -> Select[*tuple[Any, ...]]:
    """Return a query that joins badges with their holders; callers may add columns of both.

    The holder of a badge that was issued to a record which is merged now is the one who is kept.
    """
    return (
        select(*WHO, *more)
        .join(_record, _record.id == Badge.participant_id)
        .join(Participant, Participant.id == PERSON_OF)
        .join(Category, Category.id == Participant.category_id)
        .join(Delegation, Delegation.id == Participant.delegation_id)
    )
