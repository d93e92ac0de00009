"""The lists of buses in the gate list, which the badges of their leaders open at a gate.

Each working badge of a leader has an entry of its own in the gate list. A list is as new as the
newest of its passengers' entries, of the leader's badge, and of the bus itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from checkin.db.models import Badge, Bus, BusLeader, BusPassenger, Delegation, Participant
from checkin.domain.scanning.reasons import Reason
from checkin.protocol.gate_list import SealedEntry, Tombstone, badge_ref, bus_tag
from checkin.services.people.search import badges_with_holders

#: returns the token of the badge that a row is about
TokenOf = Callable[[Row[Any]], bytes]
#: returns what an entry of the gate list tells of the holder of the badge that a row is about
Tell = Callable[[Row[Any]], Mapping[str, Any]]
#: seals the list of a bus for the token of its leader's badge, as of a version
Seal = Callable[[bytes, int, Mapping[str, Any]], SealedEntry]


def bus_lists_since(
    session: Session, event_id: int, since: int, *, token_of: TokenOf, tell: Tell, seal: Seal
) -> tuple[list[Tombstone], list[SealedEntry]]:
    """Return what a device that has the gate list up to `since` has to forget, and to learn."""
    leaders = _leaders_since(session, event_id, since)
    wanted = {row.bus_id for row, _ in leaders if _opens_list(row)}
    contents = bus_contents(session, event_id, wanted, token_of=token_of, tell=tell)
    tombstones, entries = [], []
    for row, version in leaders:
        token = token_of(row)
        if _opens_list(row):
            entries.append(seal(token, version, contents[row.bus_id]))
        else:
            tombstones.append(Tombstone(bus_tag(token), Reason.REVOKED))
    return tombstones, entries


def bus_contents(
    session: Session, event_id: int, bus_ids: Collection[int], *, token_of: TokenOf, tell: Tell
) -> dict[int, dict[str, Any]]:
    """Return the lists of these buses: bus, delegation, and passengers by name.

    Each passenger has the ref of a working badge, and what its entry tells but the delegation,
    which is the same for all. Whoever has no badge is on no list.
    """
    if not bus_ids:  # as nearly always, when a device asks for what has changed
        return {}
    buses = session.execute(
        select(Bus.id, Bus.name, Delegation.id, Delegation.name, Delegation.name_ar)
        .join(Delegation, Delegation.id == Bus.delegation_id)
        .where(Bus.id.in_(bus_ids))
    ).all()
    people = _people_by_bus(session, event_id, bus_ids, token_of=token_of, tell=tell)
    return {
        bus_id: {
            "bus": {"id": bus_id, "name": name},
            "delegation": {"id": of, "name": of_name, "name_ar": of_name_ar},
            "people": people[bus_id],
        }
        for bus_id, name, of, of_name, of_name_ar in buses
    }


def _leaders_since(session: Session, event_id: int, since: int) -> list[tuple[Row[Any], int]]:
    """Return the badges of all who lead or have led a bus, with the version of their list."""
    newest = _newest_by_bus(session, event_id)
    rows = session.execute(
        badges_with_holders(
            Badge.issue,
            Badge.list_version,
            BusLeader.bus_id,
            BusLeader.list_version.label("bus_version"),
        )
        .join(BusLeader, BusLeader.participant_id == Participant.id)
        .where(Badge.event_id == event_id)
        .order_by(Badge.list_version, Badge.id)
    )
    versions = [
        (row, max(row.list_version, row.bus_version, newest.get(row.bus_id, 0))) for row in rows
    ]
    return [(row, version) for row, version in versions if version > since]


def _newest_by_bus(session: Session, event_id: int) -> Mapping[int, int]:
    rows = session.execute(
        select(BusPassenger.bus_id, func.max(Badge.list_version))
        .join(Badge, Badge.participant_id == BusPassenger.participant_id)
        .where(
            BusPassenger.event_id == event_id,
            BusPassenger.bus_id.in_(select(BusLeader.bus_id).where(BusLeader.event_id == event_id)),
        )
        .group_by(BusPassenger.bus_id)
    )
    return {bus_id: newest for bus_id, newest in rows}  # noqa: C416 - a row is no pair to mypy


def _opens_list(row: Row[Any]) -> bool:
    return row.bus_id is not None and row.revoked_at is None


def _people_by_bus(
    session: Session, event_id: int, bus_ids: Iterable[int], *, token_of: TokenOf, tell: Tell
) -> Mapping[int, Sequence[dict[str, Any]]]:
    rows = session.execute(
        badges_with_holders(
            Badge.issue, Participant.category_id, Delegation.quota, BusPassenger.bus_id
        )
        .join(BusPassenger, BusPassenger.participant_id == Participant.id)
        .where(
            Badge.event_id == event_id,
            BusPassenger.bus_id.in_(bus_ids),
            Badge.revoked_at.is_(None),
        )
        .order_by(Participant.folded_name, Participant.id, Badge.id)
    )
    people: defaultdict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
    for row in rows:  # whoever was merged may hold two badges: one of them is enough
        told = {"ref": badge_ref(token_of(row)), **tell(row)}
        told.pop("delegation")
        people[row.bus_id].setdefault(row.participant_id, told)
    return defaultdict(list, {bus: list(of.values()) for bus, of in people.items()})
