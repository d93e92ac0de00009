"""Participants at the gates, from the command line: blocked, and let in again."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from checkin.cli.office import Office, event_option, in_office, now, say
from checkin.services.people.registering.blocking import block, unblock
from checkin.services.people.search import participant_called

who_argument = click.argument("who", metavar="NUMBER_OR_EMAIL")


@click.group()
def participant() -> None:
    """Block participants at the gates, and let them pass again."""


@participant.command("block")
@who_argument
@click.option("--reason", required=True, help="why, in a few words: the person's page shows it")
@event_option
@in_office
def block_one(office: Office, who: str, reason: str, event_slug: str | None) -> None:
    """Let every gate refuse a participant from the next scan on."""
    event = office.event(event_slug)

    def work(session: Session) -> tuple[int, bool]:
        person = participant_called(session, event, who)
        return person.id, block(session, event, person.id, reason=reason, now=now())

    number, done = office.write(work)
    if not done:
        say(f"no. {number}: is blocked already: no change")
        return
    say(f"no. {number}: blocked; the next scan is refused")
    say("gates without the network learn it with their next list")


@participant.command("unblock")
@who_argument
@event_option
@in_office
def unblock_one(office: Office, who: str, event_slug: str | None) -> None:
    """Let a blocked participant pass again."""
    event = office.event(event_slug)

    def work(session: Session) -> tuple[int, bool]:
        person = participant_called(session, event, who)
        return person.id, unblock(session, event, person.id, now=now())

    number, done = office.write(work)
    say(f"no. {number}: {'no longer blocked' if done else 'is not blocked: no change'}")
