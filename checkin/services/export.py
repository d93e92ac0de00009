"""Write out who was registered and who came."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.models import (
    Admission,
    Application,
    Bus,
    BusPassenger,
    Category,
    Consent,
    ConsentText,
    Delegation,
    Event,
    Gate,
    Participant,
    Scan,
)
from checkin.services.arrivals import first_entry
from checkin.services.buses import bus_counts
from checkin.services.events import delegations_of

COLUMNS = (
    "participant_id",
    "delegation",
    "category",
    "status",
    "name",
    "name_ar",
    "email",
    "phone",
    "language",
    "arrived_at",
    "gate",
    "left_at",
    "consented_at",
    "consent_text",
    "bus",
)

#: columns of a scan as they are exported beside its gate
_OF_SCANS = (
    *("participant_id", "device_id", "direction", "source", "scanned_at", "corrected_at"),
    *("received_at", "status", "reason", "decided_status", "decided_reason"),
    *("forced", "force_reason", "annulled_at", "annul_reason"),
)


def participant_rows(session: Session, event: Event) -> Iterator[dict[str, Any]]:
    """Return one row per participant, with their arrival where they came."""
    statement = (
        select(
            Participant.id,
            Delegation.name.label("delegation"),
            Category.name.label("category"),
            Participant.standing,
            Participant.name,
            Participant.name_ar,
            Participant.email,
            Participant.phone,
            Participant.language,
            Admission.admitted_at,
            Gate.name.label("gate"),
            Admission.exited_at,
            Consent.given_at,
            Consent.text_id,
            Bus.name.label("bus"),
        )
        .join(Delegation, Delegation.id == Participant.delegation_id)
        .join(Category, Category.id == Participant.category_id)
        .outerjoin(Admission, first_entry())
        .outerjoin(Gate, Gate.id == Admission.gate_id)
        .outerjoin(Consent, Consent.participant_id == Participant.id)
        .outerjoin(BusPassenger, BusPassenger.participant_id == Participant.id)
        .outerjoin(Bus, Bus.id == BusPassenger.bus_id)
        .where(Participant.event_id == event.id)
        .order_by(Delegation.name, Participant.id)
    )
    for row in session.execute(statement):
        yield dict(zip(COLUMNS, map(_plain, row), strict=True))


def application_rows(session: Session, event: Event) -> Iterator[dict[str, Any]]:
    """Return one row per person who applied by a link and waits for a decision."""
    statement = (
        select(Application, Delegation.name.label("delegation"))
        .join(Delegation, Delegation.id == Application.delegation_id)
        .where(Application.event_id == event.id)
        .order_by(Application.id)
    )
    for found, delegation in session.execute(statement):
        fields = ("name", "name_ar", "email", "phone", "language")
        yield {
            "delegation": delegation,
            **{name: getattr(found, name) for name in fields},
            "consented_at": _plain(found.applied_at),
            "consent_text": found.consent_text_id,
        }


def bus_rows(session: Session, event: Event) -> Iterator[dict[str, Any]]:
    """Return one row per bus, with who leads it."""
    for one in bus_counts(session, event.id):
        bus = one.bus
        yield {
            "delegation": one.delegation.name,
            "bus": bus.name,
            "leader": bus.leader,
            "leader_phone": bus.leader_phone,
            "seats": bus.seats,
            "passengers": one.passengers,
            "arrived": one.arrived,
        }


def consent_texts(session: Session, event: Event) -> dict[str, str]:
    """Return the words that people of an event agreed to, by version."""
    used = (
        select(Consent.text_id)
        .where(Consent.event_id == event.id)
        .union(select(Application.consent_text_id).where(Application.event_id == event.id))
    )
    rows = session.scalars(select(ConsentText).where(ConsentText.id.in_(used)))
    return {row.id: row.text for row in rows}


def scan_rows(session: Session, event: Event) -> Iterator[dict[str, Any]]:
    """Return one row per scan, in the order of time, refused ones and annulled ones too."""
    statement = (
        select(Scan, Gate.name.label("gate"))
        .join(Gate, Gate.id == Scan.gate_id)
        .where(Scan.event_id == event.id)
        .order_by(Scan.corrected_at, Scan.id)
    )
    for scan, gate in session.execute(statement):
        yield {
            "scan_id": str(scan.scan_id),
            "gate": gate,
            **{name: _plain(getattr(scan, name)) for name in _OF_SCANS},
        }


def quota_rows(session: Session, event: Event) -> Iterator[dict[str, Any]]:
    """Return one row per delegation, with its quota."""
    for one in delegations_of(session, event):
        yield {"delegation": one.name, "delegation_ar": one.name_ar, "quota": one.quota}


def whole_export(session: Session, event: Event) -> dict[str, Any]:
    """Return everything that was recorded of an event and its people, ready for JSON."""
    return {
        "event": event.slug,
        "delegations": list(quota_rows(session, event)),
        "participants": list(participant_rows(session, event)),
        "applications": list(application_rows(session, event)),
        "buses": list(bus_rows(session, event)),
        "scans": list(scan_rows(session, event)),
        "consent_texts": consent_texts(session, event),
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
