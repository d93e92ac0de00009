"""Badges at a desk, from the command line: replace, take away, print; and how they look."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, cast, get_args

import click
from sqlalchemy.orm import Session

from badges.pdf import Design
from checkin.cli.office import (
    NUMBER,
    Office,
    event_option,
    in_office,
    json_option,
    now,
    say,
    say_json,
)
from checkin.cli.telling import is_told, tell_option
from checkin.domain.network.addresses import one_line
from checkin.services.badges.issue import Reissued, reissue_badge, revoke_badge
from checkin.services.badges.page import page_address
from checkin.services.badges.printing import ByHand, print_badge, system_printer
from checkin.services.events.events import event_named
from checkin.services.events.look import printable_logo, set_colour, set_logo

person_argument = click.argument("participant_id", type=NUMBER)
reason_option = click.option("--reason", required=True, help="lost, leaked, …: it is written down")
design_option = click.option("--design", type=click.Choice(get_args(Design)))


@click.command("reissue")
@person_argument
@reason_option
@tell_option
@event_option
@json_option
@in_office
def reissue(
    office: Office,
    participant_id: int,
    reason: str,
    tell: bool | None,
    event_slug: str | None,
    as_json: bool,
) -> None:
    """Replace a lost or leaked badge: the old code is refused at once."""
    event = office.event(event_slug)
    how: dict[str, Any] = {"keys": office.keys, "reason": reason, "now": now()}

    def work(session: Session, *, told: bool = True) -> Reissued:
        return reissue_badge(session, event, participant_id, is_told=told, **how)

    told = is_told(office, tell, lambda session: int(work(session).told))
    done = office.write(partial(work, told=told))
    address = office.public_address()
    page = None
    if problem := address.problem:
        click.echo(f"no link to hand over: {one_line(problem)}", err=True)
    else:
        page = page_address(office.keys, address.url, done.badge_id)
    if as_json:
        say_json({"issue": done.issue, "told": done.told, "page": page})
        return
    say(f"no. {participant_id}: issue {done.issue} replaces the badge before it")
    say("its message waits in the outbox" if done.told else "no message: hand the badge over")
    if page:
        say(f"its page, to send: {page}")


@click.command("revoke")
@person_argument
@reason_option
@event_option
@in_office
def revoke(office: Office, participant_id: int, reason: str, event_slug: str | None) -> None:
    """Take a badge away without giving another."""
    event = office.event(event_slug)
    done = office.write(
        lambda session: revoke_badge(session, event, participant_id, reason=reason, now=now())
    )
    say(f"no. {participant_id}: {'the badge is revoked' if done else 'no badge works: no change'}")


@click.command("print")
@person_argument
@design_option
@click.option("--copies", type=click.IntRange(1, 20), default=1, show_default=True)
@click.option("--printer", "queue", metavar="NAME", help="default: CHECKIN_PRINTER, the system's")
@event_option
@in_office
def print_one(
    office: Office,
    participant_id: int,
    design: str | None,
    copies: int,
    queue: str | None,
    event_slug: str | None,
) -> None:
    """Print one badge; without a printer, open it to be printed by hand."""
    by_hand = ByHand(office.settings.home / "badges" / f"badge-{participant_id}.pdf")
    done = print_badge(
        office.database,
        partial(event_named, slug=office.event(event_slug).slug),
        participant_id,
        keys=office.keys,
        printer=system_printer(queue or office.settings.printer) or by_hand,
        design=cast(Design, design or office.settings.print_design),
        now=now(),
        copies=copies,
    )
    if done.printer is by_hand:
        say(f"no printer here: print {by_hand.path}, which is open now")
    say(f"no. {participant_id}: {copies} printed now, {done.copies} in all")


@click.command("look")
@click.option("--logo", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--no-logo", is_flag=True, help="take the logo away")
@click.option("--colour", metavar="#RRGGBB", help="of the event's name on badges")
@event_option
@in_office
def look(
    office: Office, logo: Path | None, no_logo: bool, colour: str | None, event_slug: str | None
) -> None:
    """Give an event's badges a logo (PNG or SVG) and a colour."""
    event = office.event(event_slug)
    if logo is None and colour is None and not no_logo:
        raise click.UsageError("say what to change: --logo FILE, --no-logo or --colour '#1b6e4b'")

    checked = printable_logo(logo.read_bytes()) if logo else None

    def work(session: Session) -> None:
        if checked is not None or no_logo:
            set_logo(session, event, checked, now=now())
        if colour is not None:
            set_colour(session, event, colour, now=now())

    office.write(work)
    say(f"the badges of {event.slug} have their new look")


DESK_COMMANDS = (reissue, revoke, print_one, look)
