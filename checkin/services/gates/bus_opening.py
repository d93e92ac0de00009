"""Open the list of a bus at a gate: by its leader's badge, or from a search.

Whoever has a device and the leader's badge has the list already, sealed in the gate list; so that
opening costs nothing, and is logged. From a search a device is shown the passengers as by any
other search, within its budget.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.db.models import (
    Admission,
    Badge,
    Bus,
    BusLeader,
    BusPassenger,
    Delegation,
    Event,
    Participant,
)
from checkin.domain.common.names import fold_name
from checkin.errors import NotFound
from checkin.protocol.codes import parse_code, token_hash
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys
from checkin.services.gates.bus_lists import bus_contents
from checkin.services.gates.devices import PairedDevice
from checkin.services.gates.gate_list import list_readers
from checkin.services.gates.searching import UsedUp, show_people
from checkin.services.people.delegations import first_entry
from checkin.services.people.search import badges_with_holders

#: so many buses does one search show
BUSES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class FoundBus:
    """A bus as the gates' search shows it; it names nobody."""

    id: int
    name: str
    delegation_id: int
    delegation: str
    delegation_ar: str | None
    passengers: int


@dataclass(frozen=True, slots=True)
class FoundBuses:
    """The first buses that a text finds.

    Attributes:
        leaders: the ids of those by whose names some of them were found. A bus names nobody, but
            what was typed and found it does, so that they count as shown.
    """

    buses: Sequence[FoundBus]
    leaders: Sequence[int]


def open_by_badge(
    session: Session, device: PairedDevice, code: str, *, keys: Keys, now: datetime
) -> Mapping[str, Any]:
    """Return the list of the bus that the holder of a badge leads, with who has come in.

    Raises:
        NotFound: the code is of no working badge of a leader of this event.
    """
    token = parse_code(code)
    bus_id = token and session.scalar(
        badges_with_holders()
        .with_only_columns(BusLeader.bus_id)
        .join(BusLeader, BusLeader.participant_id == Participant.id)
        .where(
            Badge.token_hash == token_hash(token),
            Badge.event_id == device.event_id,
            Badge.revoked_at.is_(None),
        )
    )
    if not bus_id:
        raise NotFound("this badge opens no list of a bus")
    content = _content(session, device, bus_id, keys, now)
    _note(session, device, content, now, by_badge=True)
    return content


def open_from_search(
    session: Session,
    device: PairedDevice,
    bus_id: int,
    *,
    keys: Keys,
    now: datetime,
    granted_by: int | None = None,
) -> Mapping[str, Any] | UsedUp:
    """Return the list of a bus, whose passengers count as shown; or that they may not be.

    Args:
        granted_by: the supervisor who lets the device be shown as many people again, if it has to.

    Raises:
        NotFound: the event has no such bus.
    """
    bus = session.get(Bus, bus_id)
    if bus is None or bus.event_id != device.event_id:
        raise NotFound(f"no bus has the number {bus_id}")
    content = _content(session, device, bus_id, keys, now)
    people = [one["participant"]["id"] for one in content["people"]]
    refused = show_people(
        session, device, people, letters=0, now=now, granted_by=granted_by, all_of_bus=True
    )
    if refused is not None:
        return refused
    _note(session, device, content, now, by_badge=False)
    return content


def find_buses(session: Session, event_id: int, text: str) -> FoundBuses:
    """Return the first buses whose name, delegation and leaders have all of these words.

    The leader who is written with a bus is left out: nobody can count as shown for that name.
    """
    words = fold_name(text).split()
    rows = session.execute(
        select(Bus, Delegation, func.count(BusPassenger.participant_id))
        .join(Delegation, Delegation.id == Bus.delegation_id)
        .outerjoin(BusPassenger, BusPassenger.bus_id == Bus.id)
        .where(Bus.event_id == event_id)
        .group_by(Bus.id, Delegation.id)
        .order_by(Delegation.name, Bus.name)
    )
    led = _leaders_names(session, event_id)
    found = [
        (FoundBus(bus.id, bus.name, of.id, of.name, of.name_ar, passengers), named_by)
        for bus, of, passengers in rows
        if (named_by := _named_by(words, (bus.name, of.name, of.name_ar), led[bus.id])) is not None
    ][:BUSES_SHOWN]
    return FoundBuses([bus for bus, _ in found], [one for _, named_by in found for one in named_by])


def _named_by(
    words: Sequence[str], public: Sequence[str | None], leaders: Mapping[int, str]
) -> Sequence[int] | None:
    """Return the leaders by whose names a bus has all of these words; None where it has not.

    Args:
        public: the names of the bus and its delegation, which tell nothing of anybody.
        leaders: the folded names of its leaders by their ids.
    """
    folded = " ".join(fold_name(text) for text in public if text)
    left = [word for word in words if word not in folded]
    if not all(any(word in name for name in leaders.values()) for word in left):
        return None
    return [one for one, name in leaders.items() if any(word in name for word in left)]


def _leaders_names(session: Session, event_id: int) -> Mapping[int, Mapping[int, str]]:
    names: defaultdict[int, dict[int, str]] = defaultdict(dict)
    rows = session.execute(
        select(BusLeader.bus_id, Participant.id, Participant.folded)
        .join(Participant, Participant.id == BusLeader.participant_id)
        .where(BusLeader.event_id == event_id)
    )
    for bus_id, participant_id, folded in rows:
        if bus_id is not None:
            names[bus_id][participant_id] = folded
    return names


def _content(
    session: Session, device: PairedDevice, bus_id: int, keys: Keys, now: datetime
) -> dict[str, Any]:
    event = session.get_one(Event, device.event_id)
    token_of, tell = list_readers(session, event, keys)
    contents = bus_contents(session, event.id, [bus_id], token_of=token_of, tell=tell)
    content = contents[bus_id]
    arrived = _arrivals(session, bus_id, device.day_at(now))
    for one in content["people"]:
        one["arrived_at"] = arrived.get(one["participant"]["id"])
    return content


def _arrivals(session: Session, bus_id: int, day: int) -> Mapping[int, datetime]:
    rows = session.execute(
        select(BusPassenger.participant_id, Admission.admitted_at)
        .join(Participant, Participant.id == BusPassenger.participant_id)
        .join(Admission, first_entry(day=day))
        .where(BusPassenger.bus_id == bus_id)
    )
    return {participant_id: at for participant_id, at in rows}  # noqa: C416 - likewise


def _note(
    session: Session,
    device: PairedDevice,
    content: Mapping[str, Any],
    now: datetime,
    *,
    by_badge: bool,
) -> None:
    told = {"bus_id": content["bus"]["id"], "people": len(content["people"]), "by_badge": by_badge}
    of = {"device_id": device.id, "gate": device.gate_name, "name": content["bus"]["name"]}
    note(session, device.event_id, "bus.open", now, **of, **told)
