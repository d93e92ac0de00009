"""The export of an event's participants and arrivals, one row per person, for spreadsheets."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from checkin.db.models import (
    Admission,
    Bus,
    BusPassenger,
    Category,
    Consent,
    Delegation,
    Event,
    Gate,
    Participant,
)
from checkin.domain.people.fields import ShownIn, own_in
from checkin.services.people.delegations import first_entry

#: a statement whose columns carry the names of an export
Rows: TypeAlias = "Select[*tuple[Any, ...]]"

#: so many rows are held at a time, however many there are
_AT_A_TIME = 1000


def participants_and_arrivals(event_id: int) -> Rows:
    """Return the query for an event's participants, with their arrival if they arrived."""
    return (
        select(
            Participant.id.label("participant_id"),
            Delegation.name.label("delegation"),
            Category.name.label("category"),
            Participant.standing.label("status"),
            *(getattr(Participant, key) for key in own_in(ShownIn.EXPORT)),
            Admission.admitted_at.label("arrived_at"),
            Gate.name.label("gate"),
            Admission.exited_at.label("left_at"),
            Consent.given_at.label("consented_at"),
            Consent.text_id.label("consent_text"),
            Bus.name.label("bus"),
        )
        .select_from(Participant)
        .join(Delegation, Delegation.id == Participant.delegation_id)
        .join(Category, Category.id == Participant.category_id)
        .outerjoin(Admission, first_entry())
        .outerjoin(Gate, Gate.id == Admission.gate_id)
        .outerjoin(Consent, Consent.participant_id == Participant.id)
        .outerjoin(BusPassenger, BusPassenger.participant_id == Participant.id)
        .outerjoin(Bus, Bus.id == BusPassenger.bus_id)
        .where(Participant.event_id == event_id)
        .order_by(Delegation.name, Participant.id)
    )


def people_and_arrivals(event_id: int) -> Rows:
    """Return that query without the records that were merged into others: a row for each person."""
    return participants_and_arrivals(event_id).where(Participant.merged_into.is_(None))


#: of the tables in CSV and XLSX, in this order
COLUMNS = tuple(column.name for column in participants_and_arrivals(0).selected_columns)


def participant_rows(session: Session, event: Event) -> Iterator[dict[str, Any]]:
    """Return one row per participant of an event, with their arrival if they arrived."""
    return plain_rows(session, people_and_arrivals(event.id))


def plain_rows(session: Session, statement: Rows) -> Iterator[dict[str, Any]]:
    """Run a query and return its rows as dicts by column, with moments, ids and bytes as text."""
    with session.execute(statement.execution_options(yield_per=_AT_A_TIME)) as found:
        for row in found.mappings():
            yield {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value) if isinstance(value, UUID) else value
