"""Searches for names from a gate: who may, what a device is shown, and how much of it in an hour.

People whom a device was shown and who were not let in within two minutes are counted in the
database, so that the nodes of a server agree. `checkin/domain/people/searching.py` decides. Only a
live scan of a badge's code says that somebody was let in: a device has the reference of every
badge, and could say of everybody that it had let them in without the network. It knows the id of
everybody whom it was shown, too, so that an admission from the search gives nobody back.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from checkin.db.models import Admission, Device, Event, Gate, Participant, Scan, ShownPerson
from checkin.domain.people.searching import (
    BUDGET_LASTS,
    UNUSUAL_WITHIN,
    NoSearch,
    Showing,
    Spent,
    is_unusual,
)
from checkin.domain.scanning.verdict import WITHOUT_BADGE
from checkin.errors import SearchClosed, SearchNotAllowed
from checkin.services.common.activity import note
from checkin.services.gates.devices import PairedDevice

_log = logging.getLogger(__name__)
#: people an hour, for a statement that joins a device's gate and its event
BUDGET = case(
    (or_(Gate.help_desk, Device.desk_salt.is_not(None)), Event.search_budget_desk),
    else_=Event.search_budget_gate,
)


@dataclass(frozen=True, slots=True)
class UsedUp:
    """A device's budget of people shown is used up; a supervisor may give as many again."""

    wait: timedelta


@dataclass(frozen=True, slots=True)
class UnusualSearches:
    """A device that searches at an unusual pace: people shown lately and not let in."""

    device: str
    gate: str
    people: int


def refuse_search(device: PairedDevice, now: datetime) -> None:
    """Refuse a search from a device that may not search, or not now.

    Raises:
        SearchNotAllowed, SearchClosed: it may not.
    """
    refusal = device.searching.refusal(now)
    if refusal is NoSearch.DEVICE:
        raise SearchNotAllowed("this device may not search: an organiser can allow it")
    if refusal is NoSearch.CLOSED:
        raise SearchClosed("the doors are closed: an organiser can let devices search")


def show_people(
    session: Session,
    device: PairedDevice,
    people: Sequence[int],
    *,
    letters: int,
    now: datetime,
    granted_by: int | None = None,
    walk_in: bool = False,
    all_of_bus: bool = False,
) -> UsedUp | None:
    """Count people as shown to a device, and log it; or return that they may not be shown.

    What is refused is logged, too, and counts one of the people who were found.

    Args:
        people: their ids.
        letters: how many letters were searched for.
        granted_by: the supervisor who lets the device be shown as many people again, if it has to.
        walk_in: nobody searched: a walk-in was to be registered.
        all_of_bus: they are the people of a bus, whom a supervisor shows however many they are.
    """
    _lock(session, device)
    spent, budget = _spent(session, device, now), device.searching.budget
    wait = spent.wait(people, budget, now)
    if wait is not None and granted_by is not None:
        _grant(session, device, granted_by, now)
        wait = None if all_of_bus else Spent((), now).wait(people, budget, now)
    counts = people if wait is None else spent.cost_of_refusal(people, budget)
    _record(session, device, counts, now)
    told: dict[str, Any] = {"letters": letters, "found": list(counts)}
    if wait is not None:
        told["refused"] = True
    note(
        session,
        device.event_id,
        "participant.ask_walk_in" if walk_in else "participant.search",
        now,
        device_id=device.id,
        **told,
    )
    _note_unusual(session, device, spent.recently(now), now)
    return UsedUp(wait) if wait is not None else None


def record_shown(
    session: Session, device: PairedDevice, shown: Mapping[int, datetime], now: datetime
) -> None:
    """Count the people whom a help desk has shown without the network, and log them.

    It was within its own count of the budget; what it showed counts here from then on, too. Whoever
    was shown since counts from that later moment: told to be earlier, they would be given back.

    Args:
        shown: when each was last shown, by their ids; later than now is now, and whoever is not of
            the event is left out.
    """
    _lock(session, device)
    of_event = (Participant.event_id == device.event_id, Participant.id.in_(shown))
    known = session.scalars(select(Participant.id).where(*of_event).order_by(Participant.id)).all()
    counted = _last_shown(session, device, known)
    for one in known:
        if shown[one] > counted.get(one, now - BUDGET_LASTS):
            _record(session, device, [one], min(shown[one], now))
    note(
        session,
        device.event_id,
        "participant.search_offline",
        now,
        device_id=device.id,
        found=list(known),
    )


def _last_shown(
    session: Session, device: PairedDevice, people: Sequence[int]
) -> Mapping[int, datetime]:
    rows = session.execute(
        select(ShownPerson.participant_id, ShownPerson.shown_at).where(
            ShownPerson.device_id == device.id, ShownPerson.participant_id.in_(people)
        )
    )
    return {number: at for number, at in rows}  # noqa: C416 - a row is no pair to mypy


def was_shown(session: Session, device: PairedDevice, participant_id: int, now: datetime) -> bool:
    """Say whether a device was shown a person within the time of a budget."""
    shown = select(ShownPerson.shown_at).where(
        ShownPerson.device_id == device.id,
        ShownPerson.participant_id == participant_id,
        ShownPerson.shown_at > now - BUDGET_LASTS,
    )
    return session.scalar(shown) is not None


def show_scanned_person(
    session: Session,
    device: PairedDevice,
    participant_id: int,
    *,
    now: datetime,
    granted_by: int | None = None,
) -> UsedUp | None:
    """Count a person as shown whom a device names without a search, or return that it may not.

    Raises:
        SearchNotAllowed, SearchClosed: the device may be shown nobody.
    """
    refuse_search(device, now)
    person = session.get(Participant, participant_id)
    is_known = person and person.event_id == device.event_id and person.unchecked_as is None
    people = [participant_id] if is_known else []
    return show_people(session, device, people, letters=0, now=now, granted_by=granted_by)


def unusual_searches(session: Session, event_id: int, now: datetime) -> tuple[UnusualSearches, ...]:
    """Return the devices of an event that search at an unusual pace now."""
    found: defaultdict[tuple[str, str, int, int], list[Showing]] = defaultdict(list)
    of_event = (ShownPerson.event_id == event_id, ShownPerson.shown_at > now - UNUSUAL_WITHIN)
    whose = (Device.name, Gate.name.label("gate"), Device.id, BUDGET.label("budget"))
    query = (
        _showings(*of_event)
        .add_columns(*whose)
        .join(Device, Device.id == ShownPerson.device_id)
        .join(Gate, Gate.id == Device.gate_id)
        .join(Event, Event.id == ShownPerson.event_id)
        .group_by(*whose)
        .order_by(Gate.name, Device.name, Device.id)
    )
    for participant_id, shown_at, let_in_at, *device in session.execute(query):
        found[tuple(device)].append(Showing(participant_id, shown_at, let_in_at))
    lately = {device: Spent(showings).recently(now) for device, showings in found.items()}
    return tuple(
        UnusualSearches(name, gate, people)
        for (name, gate, _id, budget), people in lately.items()
        if is_unusual(people, budget)
    )


def _showings(*which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the query for people shown, when, and when a live scan of a code next let them in."""
    let_in = and_(
        Admission.participant_id == ShownPerson.participant_id,
        Admission.admitted_at >= ShownPerson.shown_at,
        Admission.annulled_at.is_(None),
    )
    live = and_(
        Scan.id == Admission.scan_pk,
        Scan.received_at >= ShownPerson.shown_at,
        Scan.decided_status.is_(None),
        ~Scan.by_ref,
        Scan.source.not_in(WITHOUT_BADGE),
    )
    return (
        select(
            ShownPerson.participant_id,
            ShownPerson.shown_at,
            func.min(Scan.corrected_at).label("let_in_at"),
        )
        .outerjoin(Admission, let_in)
        .outerjoin(Scan, live)
        .where(*which)
        .group_by(ShownPerson.device_id, ShownPerson.participant_id, ShownPerson.shown_at)
    )


def _lock(session: Session, device: PairedDevice) -> None:
    # Two searches of one device count one after the other, also on two nodes.
    own = select(Device.id).where(Device.id == device.id).with_for_update(key_share=True)
    session.execute(own)


def _spent(session: Session, device: PairedDevice, now: datetime) -> Spent:
    lately = (ShownPerson.device_id == device.id, ShownPerson.shown_at > now - BUDGET_LASTS)
    showings = [Showing(*row) for row in session.execute(_showings(*lately))]
    granted_at = session.scalars(
        select(Device.search_granted_at).where(Device.id == device.id)
    ).one()
    return Spent(showings, granted_at)


def _grant(session: Session, device: PairedDevice, granted_by: int, now: datetime) -> None:
    session.execute(update(Device).where(Device.id == device.id).values(search_granted_at=now))
    who = {"operator_id": granted_by, "device_id": device.id}
    note(session, device.event_id, "device.search_granted", now, **who, gate=device.gate_name)


def _record(session: Session, device: PairedDevice, people: Sequence[int], now: datetime) -> None:
    again_or_over = or_(
        ShownPerson.participant_id.in_(people), ShownPerson.shown_at <= now - BUDGET_LASTS
    )
    session.execute(delete(ShownPerson).where(ShownPerson.device_id == device.id, again_or_over))
    of = {"device_id": device.id, "event_id": device.event_id, "shown_at": now}
    session.add_all(ShownPerson(participant_id=one, **of) for one in people)
    session.flush()


def _note_unusual(session: Session, device: PairedDevice, before: int, now: datetime) -> None:
    budget, people = device.searching.budget, _spent(session, device, now).recently(now)
    if is_unusual(before, budget) or not is_unusual(people, budget):
        return
    note(
        session,
        device.event_id,
        "device.search_unusual",
        now,
        device_id=device.id,
        gate=device.gate_name,
        people=people,
    )
    _log.warning("device %s searches at an unusual pace: %s people shown", device.id, people)
