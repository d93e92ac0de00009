"""The export of an event's participants and arrivals, one row per person, for spreadsheets.

Of an event of several days the table has a further column for each of them.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

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
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.protocol.time_zones import time_zone
from checkin.services.events.days import day_rows
from checkin.services.people.delegations import first_arrival, first_entry
from checkin.words.export_columns import arrival_heading, heading, said

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
            Participant.unchecked_as,
        )
        .select_from(Participant)
        .join(Delegation, Delegation.id == Participant.delegation_id)
        .join(Category, Category.id == Participant.category_id)
        .outerjoin(Admission, first_arrival())
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


@dataclass(frozen=True, slots=True)
class PeopleTable:
    """The table of an event's people, as CSV and XLSX have it.

    Attributes:
        columns: the headings in their order.
        rows: one for each person, by heading; they are read while they are taken.
    """

    columns: Sequence[str]
    rows: Iterator[dict[str, Any]]


def people_table(session: Session, event: Event, language: str) -> PeopleTable:
    """Return the people of an event with their first arrival, and that of each of several days.

    Args:
        language: of the headings of the days.
    """
    statement, zone = people_and_arrivals(event.id), time_zone(event.timezone)
    headings = {column.name: column.name for column in statement.selected_columns}
    days = day_rows(session, event.id)
    for one in days if len(days) > 1 else ():
        name, starts_at = f"arrived_on_{one.day}", one.starts_at.astimezone(zone)
        statement = _with_arrival(statement, one.day, name)
        headings[name] = arrival_heading(one.day, starts_at, language)
    rows = plain_rows(session, statement)
    named = ({headings[name]: value for name, value in row.items()} for row in rows)
    return PeopleTable(tuple(headings.values()), named)


def readable_table(session: Session, event: Event, language: str) -> PeopleTable:
    """Return that table as people read it: headings and states as words, moments as local times.

    Moments are datetimes without a zone, on the event's clocks, which spreadsheets know as dates.
    """
    table, zone = people_table(session, event, language), time_zone(event.timezone)
    fixed = {column.name for column in people_and_arrivals(event.id).selected_columns}
    headings = {
        name: heading(name, language) if name in fixed else name
        for name in table.columns
        if name != "unchecked_as"
    }
    moments = {name for name in headings if name in _MOMENTS or name not in fixed}

    def read(row: dict[str, Any]) -> dict[str, Any]:
        if row["unchecked_as"] in _WAITS_AS and row["status"] == RegistrationStatus.CANCELED:
            row = {**row, "status": "to_check"}
        return {
            over: _local(row[name], zone) if name in moments else said(name, row[name], language)
            for name, over in headings.items()
        }

    return PeopleTable(tuple(headings.values()), map(read, table.rows))


_MOMENTS = frozenset({"arrived_at", "left_at", "consented_at"})
_WAITS_AS = (RegistrationStatus.CONFIRMED, RegistrationStatus.RESERVE)


def _local(moment: str | None, zone: tzinfo) -> datetime | None:
    if moment is None:
        return None
    return datetime.fromisoformat(moment).astimezone(zone).replace(tzinfo=None)


def _with_arrival(statement: Rows, day: int, name: str) -> Rows:
    """Return a query of participants with when they came in on a day as a further column."""
    of_day = aliased(Admission)
    joined = statement.outerjoin(of_day, first_entry(of_day, day=day))
    return joined.add_columns(of_day.admitted_at.label(name))


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
