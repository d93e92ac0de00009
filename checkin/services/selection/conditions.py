"""Turn a selection among the people of an event into conditions of a query."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from checkin.db.models import Badge, BusPassenger, Event, Participant
from checkin.domain.people.name_search import NameQuery
from checkin.domain.people.selection import ANY_BUS, NO_BUS, Selection, Standing
from checkin.domain.people.sought import Sought, sought
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.mail.delivery_report import UNREACHED, Delivery, delivery_is
from checkin.services.people.delegations import has_come
from checkin.services.people.name_search import PERSON_OF, parts_of_names, record, spelt_alike
from checkin.services.people.registering.unchecked import IS_TO_BE_CHECKED

#: what a coordinator sees somebody as, who does not know who is to be checked
_SEEN_AS: ColumnElement[str] = func.coalesce(Participant.unchecked_as, Participant.standing)
_IS_CHECKED = or_(
    Participant.unchecked_as.is_(None), Participant.unchecked_as == RegistrationStatus.CANCELED
)


def conditions(
    session: Session, event: Event, chosen: Selection, *, seen_at: datetime | None
) -> list[ColumnElement[bool]]:
    """Return the conditions on `Participant` that choose a selection's people.

    Args:
        seen_at: when a coordinator asks, who does not know who is to be checked; None: an organiser
            does.
    """
    found: list[ColumnElement[bool]] = [
        Participant.event_id == event.id,
        Participant.merged_into.is_(None),
    ]
    if chosen.text:
        found.append(Participant.id.in_(_records(session, event.id, chosen.text)))
    if chosen.delegation is not None:
        found.append(Participant.delegation_id == chosen.delegation)
    if chosen.category is not None:
        found.append(Participant.category_id == chosen.category)
    if chosen.standing is not None:
        found.append(_stands(chosen.standing, is_coordinators=seen_at is not None))
    if chosen.arrived is not None:
        found.append(has_come() if chosen.arrived else ~has_come())
    if chosen.flagged is not None:
        is_flagged = Participant.flags.is_not(None)
        found.append(is_flagged if chosen.flagged else ~is_flagged)
    return [*found, *_on_bus(chosen.bus), *_delivered(event, chosen.delivered, seen_at)]


def _stands(standing: Standing, *, is_coordinators: bool) -> ColumnElement[bool]:
    if standing is Standing.BLOCKED:
        return Participant.blocked.is_(True)
    if standing is Standing.TO_CHECK:
        return IS_TO_BE_CHECKED
    if is_coordinators:
        return _SEEN_AS.in_((str(standing),))
    return and_(Participant.standing == str(standing), _IS_CHECKED)


def _on_bus(bus: str) -> list[ColumnElement[bool]]:
    rides = exists().where(BusPassenger.participant_id == Participant.id)
    if bus == NO_BUS:
        return [~rides]
    if bus == ANY_BUS:
        return [rides]
    return [rides.where(BusPassenger.bus_id == int(bus))] if bus else []


def _delivered(event: Event, delivered: str, seen_at: datetime | None) -> list[ColumnElement[bool]]:
    if delivered == "unreached":
        return [delivery_is(event, UNREACHED, seen_at)]
    if delivered in set(Delivery):
        return [delivery_is(event, {Delivery(delivered)}, seen_at)]
    return []


def _records(session: Session, event_id: int, text: str) -> Any:
    """Return the query for the people of whom some record is what is searched for."""
    people, wanted = select(PERSON_OF).where(record.event_id == event_id), sought(text)
    if wanted.token_hash is not None:
        badges = select(Badge.participant_id).where(Badge.token_hash == wanted.token_hash)
        return people.where(record.id.in_(badges))
    if wanted.words:
        return people.where(_named(session, text))
    return people.where(or_(*_contacts(wanted)))


def _contacts(wanted: Sought) -> list[ColumnElement[bool]]:
    found = []
    if wanted.number is not None:
        found.append(record.id == wanted.number)
    if wanted.phone_ending is not None:
        found.append(record.phone.endswith(wanted.phone_ending))
    if wanted.phone is not None:
        found.append(record.phone == wanted.phone)
    if wanted.email is not None:
        found.append(record.email == wanted.email)
    return found


def _named(session: Session, text: str) -> ColumnElement[bool]:
    query = NameQuery(text)
    named = or_(parts_of_names(session, query), spelt_alike(session, query.spellings))
    # A desk asks for number 12 as readily as for somebody's name.
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    return or_(record.id == int(text), named) if is_number else named
