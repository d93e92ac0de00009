"""Valid rows, of which a test makes one column invalid at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import insert, select, update

from checkin.db.models import (
    Admission,
    Badge,
    Category,
    Conflict,
    Delegation,
    Device,
    Duplicate,
    Event,
    GateCategory,
    Lease,
    Message,
    OpeningHours,
    Operator,
    Pairing,
    Participant,
    Scan,
)
from tests.support import factories
from tests.support.factories import NOW


@dataclass(frozen=True)
class House:
    """Keys of two events' rows, to be mixed up."""

    event: int
    delegation: int
    category: int
    gate: int
    device: int
    participant: int
    twin: int
    badge: object
    scan: int
    other_delegation: int
    other_category: int
    other_gate: int
    other_device: int
    other_participant: int

    @property
    def second_scan(self) -> int:
        """A key for another scan, far from those that the database gives next."""
        return self.scan + 1_000


def a_house(database):
    event, other = factories.an_event(database), factories.an_event(database, "other")
    device, other_device = (factories.a_device(database, of) for of in (event, other))
    delegation = factories.a_delegation(database, event, quota=1)
    person = factories.a_participant(database, event)
    elsewhere = factories.a_delegation(database, event, "Tiflet", quota=1)
    twin = factories.a_participant(database, event, delegation=elsewhere)
    stranger = factories.a_participant(database, other)
    factories.scan(database, device, factories.code_of(event, person.badge_id))
    with database.read() as session:
        first_scan = session.scalars(select(Scan.id)).one()
    return House(
        event=event.id,
        delegation=delegation.id,
        category=factories.a_category(database, event).id,
        gate=device.gate_id,
        device=device.id,
        participant=person.participant_id,
        twin=twin.participant_id,
        badge=person.badge_id,
        scan=first_scan,
        other_delegation=factories.a_delegation(database, other).id,
        other_category=factories.a_category(database, other).id,
        other_gate=other_device.gate_id,
        other_device=other_device.id,
        other_participant=stranger.participant_id,
    )


def participant(house, **wrong):
    return insert(Participant).values(
        {
            "event_id": house.event,
            "delegation_id": house.delegation,
            "category_id": house.category,
            "name": "Driss",
            "folded": "driss",
            "folded_name": "driss",
            "language": "fr",
            "standing": "confirmed",
            "blocked": False,
            "registered_by": "form",
            "registered_at": NOW,
        }
        | wrong
    )


def scan(house, **wrong):
    return insert(Scan).values(
        {
            "scan_id": uuid4(),
            "event_id": house.event,
            "gate_id": house.gate,
            "device_id": house.device,
            "code_hash": b"c" * 32,
            "body_hash": b"b" * 32,
            "direction": "entry",
            "source": "camera",
            "scanned_at": NOW,
            "corrected_at": NOW,
            "received_at": NOW,
            "skew_ms": 0,
            "status": "ok",
            "reason": None,
            "forced": False,
        }
        | wrong
    )


def admission(house, **wrong):
    """A second admission of the participant, who has left, by a scan that counted nobody."""
    return insert(Admission).values(
        {
            "event_id": house.event,
            "participant_id": house.participant,
            "delegation_id": house.delegation,
            "gate_id": house.gate,
            "device_id": house.device,
            "scan_pk": house.second_scan,
            "day": 1,
            "entry_no": 2,
            "without_place": False,
            "admitted_at": NOW,
        }
        | wrong
    )


def badge(house, **wrong):
    return insert(Badge).values(
        {
            "id": uuid4(),
            "event_id": house.event,
            "participant_id": house.participant,
            "issue": 2,
            "token_hash": b"t" * 32,
            "issued_at": NOW,
            "revoked_at": NOW,
            "list_version": 1,
        }
        | wrong
    )


def operator(house, **wrong):
    return insert(Operator).values(
        {
            "email": "amina@example.org",
            "name": "Amina",
            "role": "viewer",
            "password_hash": "x",
            "language": "fr",
            "created_at": NOW,
        }
        | wrong
    )


def message(house, **wrong):
    return insert(Message).values(
        {
            "event_id": house.event,
            "participant_id": house.participant,
            "badge_id": house.badge,
            "address": "amina@example.org",
            "message_id": "<1@marhaba>",
            "state": "queued",
            "attempts": 0,
            "created_at": NOW,
            "next_try_at": NOW,
        }
        | wrong
    )


def device_row(house, **wrong):
    values = {"event_id": house.event, "gate_id": house.gate, "name": "x", "software": "x"}
    return insert(Device).values(values | {"token_hash": b"d" * 32, "paired_at": NOW} | wrong)


def pairing(house, **wrong):
    values = {"event_id": house.event, "gate_id": house.gate, "code_hash": b"p" * 32}
    return insert(Pairing).values(values | {"created_at": NOW, "expires_at": NOW} | wrong)


def of_gate(house, **wrong):
    values = {"event_id": house.event, "gate_id": house.gate, "category_id": house.category}
    return insert(GateCategory).values(values | wrong)


def hours(house, **wrong):
    values = {"event_id": house.event, "gate_id": None, "category_id": house.category}
    times = {"opens_at": NOW, "closes_at": NOW + timedelta(hours=1)}
    return insert(OpeningHours).values(values | times | wrong)


def conflict(house, **wrong):
    values = {"event_id": house.event, "scan_pk": house.scan, "reason": "already_redeemed"}
    return insert(Conflict).values(values | {"created_at": NOW} | wrong)


def duplicate(house, **wrong):
    values = {"event_id": house.event, "participant_id": house.participant, "twin_id": house.twin}
    return insert(Duplicate).values(values | {"same": "name", "created_at": NOW} | wrong)


def lease(house, **wrong):
    values = {"id": uuid4(), "event_id": house.event, "device_id": house.device, "hall": 2}
    life = {"granted_at": NOW, "expires_at": NOW + timedelta(minutes=10)}
    return insert(Lease).values(values | life | {"hall_used": 0} | wrong)


def event_row(**values):
    return update(Event).where(Event.slug == "rabat-2025").values(values)


def delegation_row(house, **values):
    return update(Delegation).where(Delegation.id == house.delegation).values(values)


def named(model, house, folded):
    values = {"event_id": house.event, "name": folded, "folded": folded}
    if model is Delegation:
        values |= {"quota": 1, "places_taken": 0, "last_reserve_no": 0}
    if model is Category:
        values |= {"colour": "#000000"}
    return insert(model).values(values)
