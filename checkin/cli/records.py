"""After the event: take the records out, and erase the personal data."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy.orm import Session

from checkin.cli.office import (
    Office,
    event_option,
    in_office,
    json_option,
    now,
    only_ours,
    say,
    say_json,
)
from checkin.db.models import Event
from checkin.services.export import COLUMNS, participant_rows, whole_export
from checkin.services.purge import purge_event
from checkin.services.spreadsheet_writing import write_csv, xlsx_bytes


@click.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@event_option
@in_office
def export(office: Office, file: Path, event_slug: str | None) -> None:
    """Write every participant and their arrival to FILE (.csv, .xlsx; .json holds all else too)."""
    write = _WRITERS.get(file.suffix)
    if write is None:
        raise click.BadParameter(
            "the file's name must end in .csv, .xlsx or .json", param_hint="FILE"
        )
    event = office.event(event_slug)
    with office.database.read() as session:
        count = write(session, event, file)
    say(f"{count} participants written to {file}")


def _write_csv(session: Session, event: Event, file: Path) -> int:
    # The byte order mark tells spreadsheets that this is UTF-8.
    with open(file, "w", encoding="utf-8-sig", newline="", opener=only_ours) as out:
        return write_csv(out, COLUMNS, participant_rows(session, event))


def _write_xlsx(session: Session, event: Event, file: Path) -> int:
    rows = list(participant_rows(session, event))
    with open(file, "wb", opener=only_ours) as out:
        out.write(xlsx_bytes(COLUMNS, rows))
    return len(rows)


def _write_json(session: Session, event: Event, file: Path) -> int:
    whole = whole_export(session, event)
    with open(file, "w", encoding="utf-8", opener=only_ours) as out:
        json.dump(whole, out, ensure_ascii=False)
    return len(whole["participants"])


_WRITERS = {".csv": _write_csv, ".xlsx": _write_xlsx, ".json": _write_json}


@click.command("purge")
@click.option("--yes", is_flag=True, help="do it: nothing brings the data back")
@click.option("--early", is_flag=True, help="although the event has not ended")
@event_option
@json_option
@in_office
def purge(office: Office, yes: bool, early: bool, event_slug: str | None, as_json: bool) -> None:
    """Erase the personal data of an event. Counts per delegation, gate and hour stay."""
    event = office.event(event_slug)
    if not yes:
        raise click.UsageError(f"this erases everyone of {event.slug}: say --yes to do it")
    receipt = purge_event(office.database, event, office.settings.home, now=now(), early=early)
    if as_json:
        say_json({**asdict(receipt), "purged_at": receipt.purged_at.isoformat()})
        return
    say(f"erased of {receipt.event} at {receipt.purged_at:%Y-%m-%d %H:%M} UTC:")
    for table, count in receipt.rows.items():
        say(f"  {table}: {count}")
    say(f"  files: {receipt.files}")
    say(f"devices revoked, to wipe their list at their next contact: {receipt.devices}")
