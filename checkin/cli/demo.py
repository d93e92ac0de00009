"""Load the reference event, with invented people, to try everything on."""

from __future__ import annotations

import click
from sqlalchemy import select

from checkin.cli.office import Office, in_office, json_option, now, say, say_json
from checkin.cli.setup import set_up
from checkin.db.models import Event
from checkin.domain.events.details import DEMO_SLUG
from checkin.services.lifecycle.demo import Demo, load_demo


def _has_real_events(office: Office) -> bool:
    with office.database.read() as session:
        return session.scalar(select(Event.id).where(Event.slug != DEMO_SLUG)) is not None


@click.command()
@click.option("--participants", type=click.IntRange(1, 200_000), default=2000, show_default=True)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="the same seed, the same people"
)
@click.option("--unless-other-events", is_flag=True, help="do nothing where a real event exists")
@json_option
@in_office
def demo(
    office: Office, participants: int, seed: int, unless_other_events: bool, as_json: bool
) -> None:
    """Load the reference event, dated today, its doors open now. Again: only the date moves.

    A demo that was given several days keeps its dates.
    """
    set_up(office)
    if unless_other_events and _has_real_events(office):
        return
    loaded: Demo = office.write(
        lambda session: load_demo(session, office.keys, participants, seed, now())
    )
    if as_json:
        say_json({"event": DEMO_SLUG, "participants": loaded.participants, "new": loaded.new})
    elif loaded.new:
        say(f"event {DEMO_SLUG}: {loaded.participants} invented participants, doors open")
    else:
        say(f"event {DEMO_SLUG} is kept, with {loaded.participants} participants; doors open today")
