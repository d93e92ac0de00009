"""Badges: their codes, their sheets, their messages."""

from __future__ import annotations

import csv
import re
import sys
from dataclasses import astuple
from pathlib import Path
from typing import TextIO, cast, get_args

import click

from badges.cover import cover_of
from badges.pdf import Design, badge_sheets_pdf
from checkin.cli.delivery import bounces, status
from checkin.cli.office import Office, event_option, in_office, say
from checkin.cli.sending import pause, progress_bar, resume, send
from checkin.db.models import Delegation, Event
from checkin.domain.common.names import fold_name
from checkin.services.badges.specs import BadgeCode, badge_codes, badge_specs
from checkin.services.common.private_files import only_ours
from checkin.services.events.events import delegation_named, delegations_of
from checkin.services.events.look import look_of

_COLUMNS = ("participant_id", "delegation", "category", "status", "name", "code")


@click.group()
def badges() -> None:
    """Codes, sheets to print, and e-mails."""


@badges.command("codes")
@click.option("--csv", "target", metavar="FILE", required=True, help="- for standard output")
@event_option
@in_office
def codes(office: Office, target: str, event_slug: str | None) -> None:
    """Write every working code as CSV. Whoever has this file can enter: keep it safe."""
    event = office.event(event_slug)
    with office.database.read() as session:
        lines = list(badge_codes(session, event, office.keys))
    if target == "-":
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
        _write_codes(sys.stdout, lines)
        return
    with open(target, "w", encoding="utf-8", newline="", opener=only_ours) as file:
        _write_codes(file, lines)
    say(f"{len(lines)} codes written to {target}")


def _write_codes(file: TextIO, lines: list[BadgeCode]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(astuple(line) for line in lines)


@badges.command("pdf")
@click.option("--delegation", "delegation_name", metavar="NAME", help="only this delegation")
@click.option("--out", "folder", type=click.Path(path_type=Path), help="default: badges/ in home")
@click.option(
    "--design",
    type=click.Choice(get_args(Design)),
    default="sheet",
    show_default=True,
    help="sheet: 8 an A4 page; a6: 4, upright; card: 10 of 86 × 54 mm",
)
@click.option("--resume", is_flag=True, help="leave the files alone that are there already")
@event_option
@in_office
def pdf(
    office: Office,
    delegation_name: str | None,
    folder: Path | None,
    design: str,
    resume: bool,
    event_slug: str | None,
) -> None:
    """Write sheets of badges to print with a cover, one PDF per delegation.

    Ctrl-C ends it with every file whole; --resume then goes on where it was.
    """
    event = office.event(event_slug)
    folder = folder or office.settings.home / "badges"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with office.database.read() as session:
        if delegation_name is None:
            wanted = list(delegations_of(session, event))
        else:
            wanted = [delegation_named(session, event, delegation_name)]
    for delegation in wanted:
        path = folder / _file_name(delegation)
        if resume and path.exists():
            say(f"{delegation.name}: left as it is, {path}")
        else:
            _write_sheets(office, event, delegation, path, cast(Design, design))


def _file_name(delegation: Delegation) -> str:
    name = re.sub("[^a-z0-9]+", "-", fold_name(delegation.name))
    return f"badges-{name or delegation.id}.pdf"


def _write_sheets(
    office: Office, event: Event, delegation: Delegation, path: Path, design: Design
) -> None:
    with office.database.read() as session:
        look = look_of(session, event)
        specs = badge_specs(session, event, office.keys, delegation_id=delegation.id)
    if not specs:
        say(f"{delegation.name}: nobody is confirmed, no file written")
        return
    with progress_bar(len(specs), delegation.name) as bar:
        content = badge_sheets_pdf(
            specs,
            design=design,
            look=look,
            cover=cover_of(specs),
            progress=lambda done, _total: bar.update(done - bar.pos),
        )
    partial = path.with_suffix(".part")
    with open(partial, "wb", opener=only_ours) as file:
        file.write(content)
    partial.replace(path)
    say(f"{delegation.name}: {len(specs)} badges in {path}")


for command in (send, pause, resume, status, bounces):
    badges.add_command(command)
