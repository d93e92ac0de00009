"""Who leads a bus, so that their badge opens its list at a gate, and when such a list changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from checkin.db.models import Bus, BusLeader, BusPassenger, Participant
from checkin.services.common.activity import note
from checkin.services.common.list_version import next_list_version


def appoint_leaders(
    session: Session,
    bus: Bus,
    participant_ids: Sequence[int],
    *,
    now: datetime,
    operator_id: int | None = None,
) -> int:
    """Let these passengers lead their bus, and nobody else; who does not ride in it is left out.

    Returns:
        How many lead it now.
    """
    version = next_list_version(session, bus.event_id)
    _dismiss(session, leaders_of(session, bus.id), version)
    return add_leaders(session, bus, participant_ids, version, now=now, operator_id=operator_id)


def add_leaders(
    session: Session,
    bus: Bus,
    participant_ids: Sequence[int],
    version: int,
    *,
    now: datetime,
    operator_id: int | None = None,
) -> int:
    """Let these passengers lead their bus, too; who does not ride in it is left out.

    Args:
        version: of the gate list, which the caller has increased.

    Returns:
        How many lead it now.
    """
    riding = session.scalars(
        select(BusPassenger.participant_id).where(
            BusPassenger.bus_id == bus.id, BusPassenger.participant_id.in_(participant_ids)
        )
    ).all()
    for one in riding:
        lead(session, bus, one, version)
    leaders = list(leaders_of(session, bus.id))
    who: dict[str, Any] = {
        "bus_id": bus.id,
        "delegation_id": bus.delegation_id,
        "leaders": leaders,
    }
    note(session, bus.event_id, "bus.leaders", now, operator_id=operator_id, name=bus.name, **who)
    return len(leaders)


def lead(session: Session, bus: Bus, participant_id: int, version: int) -> None:
    """Let a passenger of a bus lead it, from this version of the gate list on."""
    row = {"event_id": bus.event_id, "bus_id": bus.id, "list_version": version}
    session.merge(BusLeader(participant_id=participant_id, **row))
    session.flush()


def leads(session: Session, participant_id: int) -> bool:
    """Say whether somebody leads a bus."""
    found = session.get(BusLeader, participant_id, populate_existing=True)
    return found is not None and found.bus_id is not None


def leaders_by_bus(session: Session, delegation_id: int) -> Mapping[int, Sequence[Participant]]:
    """Return who leads each bus of a delegation, by the bus's id, in the order of their names."""
    rows = session.execute(
        select(Bus.id, Participant)
        .join(BusLeader, BusLeader.bus_id == Bus.id)
        .join(Participant, Participant.id == BusLeader.participant_id)
        .where(Bus.delegation_id == delegation_id)
        .order_by(Participant.name, Participant.id)
    )
    found: defaultdict[int, list[Participant]] = defaultdict(list)
    for bus_id, participant in rows:
        found[bus_id].append(participant)
    return found


def leaders_of(session: Session, bus_id: int) -> Sequence[int]:
    """Return the ids of the participants who lead a bus."""
    return session.scalars(
        select(BusLeader.participant_id)
        .where(BusLeader.bus_id == bus_id)
        .order_by(BusLeader.participant_id)
    ).all()


def note_leaving(session: Session, participant_ids: Sequence[int], version: int) -> None:
    """Note that these people leave their buses: they lead none, and the lists are others now."""
    _dismiss(session, participant_ids, version)
    left = select(BusPassenger.bus_id).where(BusPassenger.participant_id.in_(participant_ids))
    note_changed(session, session.scalars(left.distinct()).all(), version)


def note_changed(session: Session, bus_ids: Sequence[int], version: int) -> None:
    """Put the lists of these buses into this version of the gate list."""
    session.execute(
        update(BusLeader).where(BusLeader.bus_id.in_(bus_ids)).values(list_version=version)
    )


def _dismiss(session: Session, participant_ids: Sequence[int], version: int) -> None:
    session.execute(
        update(BusLeader)
        .where(BusLeader.participant_id.in_(participant_ids), BusLeader.bus_id.is_not(None))
        .values(bus_id=None, list_version=version)
    )
