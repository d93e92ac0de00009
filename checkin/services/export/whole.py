"""The whole export: all records of an event as one JSON document (its shape: docs/export.md).

It is written row by row as it is read, so that its size does not take up memory; the same holds
for the tables of participants, CSV and XLSX.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.db.models import Event
from checkin.services.export import sections
from checkin.services.export.people import (
    Rows,
    people_and_arrivals,
    plain_rows,
    readable_table,
)
from checkin.services.spreadsheets.writing import (
    BinaryFile,
    Progress,
    RowCount,
    TextFile,
    write_csv,
    write_xlsx,
)
from checkin.words.languages import spoken

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

#: passes rows on, and may count them
Passing = Callable[[Iterable[Mapping[str, Any]]], Iterable[Mapping[str, Any]]]

FORMAT, VERSION = "marhaba-event", 1

SECTIONS: dict[str, Callable[[int], Rows]] = {
    "days": sections.days,
    "delegations": sections.delegations,
    "categories": sections.categories,
    "gates": sections.gates,
    "gate_categories": sections.gate_categories,
    "flags": sections.flags,
    "opening_hours": sections.opening_hours,
    "devices": sections.devices,
    "hubs": sections.hubs,
    "help_calls": sections.help_calls,
    "message_texts": sections.message_texts,
    "mail_switch": sections.mail_switch,
    "participants": sections.participants,
    "merged_records": sections.merged_records,
    "badges": sections.badges,
    "badge_prints": sections.badge_prints,
    "messages": sections.messages,
    "outreach": sections.outreach,
    "announcements": sections.announcements,
    "announcement_texts": sections.announcement_texts,
    "announcement_people": sections.announcement_people,
    "applications": sections.applications,
    "links": sections.links,
    "consent_texts": sections.consent_texts,
    "buses": sections.buses,
    "bus_leaders": sections.bus_leaders,
    "scans": sections.scans,
    "admissions": sections.admissions,
    "conflicts": sections.conflicts,
    "duplicates": sections.duplicates,
    "walk_ins": sections.walk_ins,
    "leases": sections.leases,
    "lease_places": sections.lease_places,
    "entry_stops": sections.entry_stops,
    "hourly_arrivals": sections.hourly_arrivals,
    "activity": sections.activity,
}


def write_whole(
    session: Session,
    event: Event,
    file: SupportsWrite[str],
    *,
    now: datetime,
    passing: Passing = iter,
) -> dict[str, int]:
    """Write the JSON document to a file, each row on a line of its own.

    Args:
        session: from `Database.snapshot`, so that all sections see the same moment.
        passing: every row of a section goes through it.

    Returns:
        How many rows each section has.
    """
    [itself] = plain_rows(session, sections.event_itself(event.id))
    head = {"format": FORMAT, "version": VERSION, "exported_at": now.isoformat(), "event": itself}
    file.write(_json(head)[:-1])
    counts = {}
    for name, statement in SECTIONS.items():
        file.write(f',\n"{name}": [')
        counts[name] = _write_rows(file, passing(plain_rows(session, statement(event.id))))
        file.write("]")
    file.write("}\n")
    return counts


def _write_rows(file: SupportsWrite[str], rows: Iterable[Mapping[str, Any]]) -> int:
    count = 0
    for row in rows:
        file.write(",\n" if count else "\n")
        file.write(_json(row))
        count += 1
    return count


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """When an export was asked for, and in which language people read its headings."""

    at: datetime
    language: str


#: writes an event into a file and returns how many participants it has
Writer = Callable[[Session, Event, BinaryFile, Asked, Passing], int]


@dataclass(frozen=True, slots=True)
class Format:
    """A format of the export.

    Attributes:
        mime: its media type.
        statements: the queries whose rows it holds, for an event's id.
    """

    mime: str
    statements: Callable[[int], list[Rows]]
    write: Writer


def write_export(
    session: Session,
    event: Event,
    form: str,
    file: BinaryFile,
    *,
    now: datetime,
    language: str | None = None,
    progress: Progress = lambda _done, _total: None,
) -> int:
    """Write an event into a file in one of the `FORMATS`; return how many participants it has.

    Args:
        session: from `Database.snapshot`, so that all rows are of the same moment.
        language: of the headings that people read; None: the event's.
        progress: called after each row.
    """
    total = sum(_count(session, one) for one in FORMATS[form].statements(event.id))
    asked = Asked(now, language or event.language)
    return FORMATS[form].write(session, event, file, asked, RowCount(total, progress))


def _count(session: Session, statement: Rows) -> int:
    rows = statement.order_by(None).subquery()
    return session.scalars(select(func.count()).select_from(rows)).one()


def _people(event_id: int) -> list[Rows]:
    return [people_and_arrivals(event_id)]


def _all_sections(event_id: int) -> list[Rows]:
    return [statement(event_id) for statement in SECTIONS.values()]


def _csv_file(
    session: Session, event: Event, file: BinaryFile, asked: Asked, passing: Passing
) -> int:
    table = readable_table(session, event, asked.language)
    separator = spoken(asked.language).list_separator
    return write_csv(file, table.columns, passing(table.rows), separator)


def _xlsx_file(
    session: Session, event: Event, file: BinaryFile, asked: Asked, passing: Passing
) -> int:
    table = readable_table(session, event, asked.language)
    from_right = spoken(asked.language).is_from_right
    return write_xlsx(file, table.columns, passing(table.rows), right_to_left=from_right)


def _json_file(
    session: Session, event: Event, file: BinaryFile, asked: Asked, passing: Passing
) -> int:
    text = TextFile(file)
    return write_whole(session, event, text, now=asked.at, passing=passing)["participants"]


#: by the ending of the file's name
FORMATS: dict[str, Format] = {
    "csv": Format("text/csv; charset=utf-8", _people, _csv_file),
    "xlsx": Format(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _people, _xlsx_file
    ),
    "json": Format("application/json", _all_sections, _json_file),
}
