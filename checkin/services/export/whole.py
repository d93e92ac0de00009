"""Everything that was recorded of an event, as one JSON document; docs/export.md tells its shape.

It is written as it is read, row by row, so that its size is nobody's memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TextIO

from sqlalchemy.orm import Session

from checkin.db.models import Event
from checkin.services.export.people import plain_rows
from checkin.services.export.sections import SECTIONS, event_itself

FORMAT, VERSION = "marhaba-event", 1


def write_whole(session: Session, event: Event, file: TextIO, *, now: datetime) -> dict[str, int]:
    """Write the document, each row on a line of its own.

    Args:
        session: one that sees one moment (`Database.snapshot`), so that the sections agree.

    Returns:
        How many rows each section has.
    """
    [itself] = plain_rows(session, event_itself(event.id))
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
