"""Write out who was registered and who came."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any, TextIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.models import Admission, Category, Delegation, Event, Gate, Participant
from checkin.services.arrivals import first_entry

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
        )
        .join(Delegation, Delegation.id == Participant.delegation_id)
        .join(Category, Category.id == Participant.category_id)
        .outerjoin(Admission, first_entry())
        .outerjoin(Gate, Gate.id == Admission.gate_id)
        .where(Participant.event_id == event.id)
        .order_by(Delegation.name, Participant.id)
    )
    for row in session.execute(statement):
        yield dict(zip(COLUMNS, map(_plain, row), strict=True))


def write_csv(file: TextIO, rows: Iterator[dict[str, Any]]) -> int:
    """Write rows as CSV that a spreadsheet opens without running anything; return their number."""
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    count = 0
    for row in rows:
        writer.writerow({name: harmless(value) for name, value in row.items()})
        count += 1
    return count


def harmless(value: Any) -> Any:
    """Keep a spreadsheet from taking a text for a formula (OWASP, CSV injection)."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    return value


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
