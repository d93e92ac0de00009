"""After the event: take the records out, and erase the personal data."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from checkin.cli.office import (
    Office,
    complain,
    event_option,
    in_office,
    json_option,
    now,
    say,
    say_json,
)
from checkin.services.common.activity import note
from checkin.services.common.private_files import only_ours
from checkin.services.export.whole import FORMATS, write_export
from checkin.services.lifecycle.purge import Receipt, purge_event
from checkin.services.lifecycle.repeated_purges import repeat_purges
from checkin.services.lifecycle.retention import Keepable

#: where an administrator reads on
LOG_ADVICE = "see “Back up” in docs/operating.md"


@click.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@event_option
@in_office
def export(office: Office, file: Path, event_slug: str | None) -> None:
    """Write every participant and their arrival to FILE (.csv, .xlsx), or everything (.json)."""
    form, at = file.suffix.removeprefix("."), now()
    if form not in FORMATS:
        raise click.BadParameter(
            "the file's name must end in .csv, .xlsx or .json", param_hint="FILE"
        )
    event = office.event(event_slug)
    with office.database.snapshot() as session, open(file, "wb", opener=only_ours) as out:
        count = write_export(session, event, form, out, now=at)
    office.write(lambda session: note(session, event.id, "event.export", at, format=form))
    say(f"{count} participants written to {file}")


@click.command("purge")
@click.option("--yes", is_flag=True, help="do it: nothing brings the data back")
@click.option("--early", is_flag=True, help="although the event has not ended")
@click.option(
    "--keep",
    "kept",
    type=click.Choice([str(one) for one in Keepable]),
    multiple=True,
    help="what is not erased; repeat for several",
)
@event_option
@json_option
@in_office
def purge(
    office: Office,
    yes: bool,
    early: bool,
    kept: tuple[str, ...],
    event_slug: str | None,
    as_json: bool,
) -> None:
    """Erase the personal data of an event. Counts per delegation, gate and hour stay."""
    event = office.event(event_slug)
    if not yes:
        raise click.UsageError(f"this erases everyone of {event.slug}: say --yes to do it")
    keep, home = {Keepable(name) for name in kept}, office.settings.home
    receipt = purge_event(office.database, event, home, now=now(), early=early, keep=keep)
    if as_json:
        say_json(_body(receipt))
    else:
        _say_receipt(receipt)


def _body(receipt: Receipt) -> dict[str, object]:
    copies = [{**asdict(one), "at": one.at.isoformat()} for one in receipt.copies]
    return {**asdict(receipt), "purged_at": receipt.purged_at.isoformat(), "copies": copies}


def _say_receipt(receipt: Receipt) -> None:
    say(f"erased of {receipt.event} at {receipt.purged_at:%Y-%m-%d %H:%M} UTC:")
    for table, count in receipt.rows.items():
        say(f"  {table}: {count}")
    say(f"  files: {receipt.files}")
    say(f"  automatic backups: {receipt.backups}")
    say(f"devices revoked, to wipe their list at their next contact: {receipt.devices}")
    for one in receipt.copies:
        days = (receipt.purged_at - one.at).days
        say(f"taken out before, to be erased by hand: {one.kind} {one.form}, {days} days old")
    if not receipt.log_is_clean:
        complain(f"warning: erased names still lie in the database's log: {LOG_ADVICE}")


def erase_again(office: Office) -> None:
    """Repeat the purges of events whose people a restored backup has brought back."""
    for receipt in repeat_purges(office.database, office.settings.home, now=now()):
        complain(f"the personal data of {receipt.event} had been erased, and are so again")
