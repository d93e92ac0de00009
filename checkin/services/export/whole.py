"""The whole export: all records of an event as one JSON document (its shape: docs/export.md).

It is written row by row as it is read, so that its size does not take up memory.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any, TextIO

from sqlalchemy.orm import Session

from checkin.db.models import Event
from checkin.services.export import sections
from checkin.services.export.people import COLUMNS, Rows, participant_rows, plain_rows
from checkin.services.spreadsheets.writing import write_csv, write_xlsx

FORMAT, VERSION = "marhaba-event", 1

SECTIONS: dict[str, Callable[[int], Rows]] = {
    "delegations": sections.delegations,
    "categories": sections.categories,
    "gates": sections.gates,
    "gate_categories": sections.gate_categories,
    "devices": sections.devices,
    "message_texts": sections.message_texts,
    "mail_switch": sections.mail_switch,
    "participants": sections.participants,
    "badges": sections.badges,
    "badge_prints": sections.badge_prints,
    "messages": sections.messages,
    "applications": sections.applications,
    "links": sections.links,
    "consent_texts": sections.consent_texts,
    "buses": sections.buses,
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


def write_whole(session: Session, event: Event, file: TextIO, *, now: datetime) -> dict[str, int]:
    """Write the JSON document to a file, each row on a line of its own.

    Args:
        session: from `Database.snapshot`, so that all sections see the same moment.

    Returns:
        How many rows each section has.
    """
    [itself] = plain_rows(session, sections.event_itself(event.id))
    head = {"format": FORMAT, "version": VERSION, "exported_at": now.isoformat(), "event": itself}
    file.write(_json(head)[:-1])
    counts = {}
    for name, statement in SECTIONS.items():
        file.write(f',\n"{name}": [')
        counts[name] = _write_rows(file, plain_rows(session, statement(event.id)))
        file.write("]")
    file.write("}\n")
    return counts


def _write_rows(file: TextIO, rows: Iterable[Mapping[str, Any]]) -> int:
    count = 0
    for row in rows:
        file.write(",\n" if count else "\n")
        file.write(_json(row))
        count += 1
    return count


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


#: writes an event into a file and returns how many participants it has
Writer = Callable[[Session, Event, IO[bytes], datetime], int]


def _csv_file(session: Session, event: Event, file: IO[bytes], _now: datetime) -> int:
    # The byte order mark tells spreadsheets that this is UTF-8.
    with _as_text(file, "utf-8-sig") as text:
        return write_csv(text, COLUMNS, participant_rows(session, event))


def _xlsx_file(session: Session, event: Event, file: IO[bytes], _now: datetime) -> int:
    return write_xlsx(file, COLUMNS, participant_rows(session, event))


def _json_file(session: Session, event: Event, file: IO[bytes], now: datetime) -> int:
    with _as_text(file, "utf-8") as text:
        return write_whole(session, event, text, now=now)["participants"]


@contextmanager
def _as_text(file: IO[bytes], encoding: str) -> Iterator[TextIO]:
    text = io.TextIOWrapper(file, encoding, newline="")
    yield text
    text.flush()
    text.detach()  # else the file would be closed with it


#: by the ending of the file's name
WRITERS: dict[str, Writer] = {"csv": _csv_file, "xlsx": _xlsx_file, "json": _json_file}
