"""Write an event's records into a file: CSV, XLSX or JSON, row by row as they are read."""

from __future__ import annotations

from typing import Any

from checkin.db.models import Event, Lane
from checkin.services.export.whole import FORMATS, write_export
from checkin.worker.context import JobContext, Kind


def write(context: JobContext) -> dict[str, Any]:
    """Write the event of the job; the argument `format` is one of the `FORMATS`.

    `language` is that of the headings of days; a job of an earlier version has none.

    Returns:
        `format`.
    """
    form, language = context.arguments["format"], context.arguments.get("language")
    now, progress = context.clock(), context.progress
    with context.database.snapshot() as session:
        event = session.get_one(Event, context.claimed.event_id)
        with context.add_file(f"{_file_name(event)}.{form}", FORMATS[form].mime) as file:
            write_export(session, event, form, file, now=now, language=language, progress=progress)
    return {"format": form}


EVENT_EXPORT = Kind("event_export", Lane.OFFICE, write, downloaded="event.export")


def _file_name(event: Event) -> str:
    day = f"{event.starts_at:%Y-%m-%d}"
    return f"participants-{day}" if event.sensitive else f"{event.slug}-{day}"
