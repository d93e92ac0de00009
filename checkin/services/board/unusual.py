"""The devices of an event that do something unusually fast, for the organisers to look at."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from checkin.db.models import BusLeader, BusPassenger, Device, Gate, Scan
from checkin.domain.board.unusual import BUS_LASTS, WINDOW, Unusual, refs_are_unusual
from checkin.domain.scanning.verdict import Source
from checkin.services.common.moments import minute_of
from checkin.services.gates.searching import unusual_searches


@dataclass(frozen=True, slots=True)
class UnusualDevice:
    """A device by its name and its gate's, and what it does, to how many badges or people."""

    device: str
    gate: str
    does: Unusual
    count: int


def unusual_devices(session: Session, event_id: int, now: datetime) -> tuple[UnusualDevice, ...]:
    """Return the devices that were unusually fast within the last minutes, by what they do."""
    searches = (
        UnusualDevice(one.device, one.gate, Unusual.SEARCHES, one.people)
        for one in unusual_searches(session, event_id, now)
    )
    return (*_unusual_refs(session, event_id, now), *searches)


def _unusual_refs(session: Session, event_id: int, now: datetime) -> tuple[UnusualDevice, ...]:
    devices = _with_unusual_refs(session, event_id, now)
    if not devices:
        return ()
    rows = session.execute(
        select(Device.id, Device.name, Gate.name.label("gate"))
        .join(Gate, Gate.id == Device.gate_id)
        .where(Device.id.in_(devices))
        .order_by(Gate.name, Device.id)
    )
    return tuple(UnusualDevice(row.name, row.gate, Unusual.REFS, devices[row.id]) for row in rows)


def _rides_with_its_leader(now: datetime) -> ColumnElement[bool]:
    """Say whether a scan is of a bus whose leader's badge the same device has read lately.

    Fifty people of a bus are let in within a second: that is no unusual pace.
    """
    of_leader = aliased(Scan)
    return and_(
        Scan.source == Source.BUS,
        exists()
        .where(
            of_leader.device_id == Scan.device_id,
            of_leader.source != Source.BUS,
            of_leader.received_at > now - BUS_LASTS,
            BusLeader.participant_id == of_leader.participant_id,
            BusPassenger.bus_id == BusLeader.bus_id,
            BusPassenger.participant_id == Scan.participant_id,
        )
        .correlate(Scan),
    )


def _with_unusual_refs(session: Session, event_id: int, now: datetime) -> dict[int, int]:
    """Return how many refs each of these devices has sent, by its id."""
    minute = minute_of(session, Scan.corrected_at)
    rows = session.execute(
        select(
            Scan.device_id,
            func.count().label("read"),
            func.count().filter(Scan.decided_status.is_(None)).label("live"),
        )
        .where(
            Scan.event_id == event_id,
            Scan.by_ref,
            Scan.received_at > now - WINDOW,
            ~_rides_with_its_leader(now),
        )
        .group_by(Scan.device_id, minute)
    )
    by_device = defaultdict(list)
    for row in rows:
        by_device[row.device_id].append((row.live, row.read))
    return {
        device: sum(read for _, read in minutes)
        for device, minutes in by_device.items()
        if refs_are_unusual(
            live=sum(live for live, _ in minutes), most_a_minute=max(read for _, read in minutes)
        )
    }
