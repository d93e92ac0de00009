"""`badges status`: who has their badge."""

from __future__ import annotations

import click

from checkin.cli.office import Office, event_option, in_office, json_option, say, say_json
from checkin.services.events.events import delegation_named
from checkin.services.mail.delivery_report import (
    DelegationDelivery,
    Delivery,
    delivery_by_delegation,
)

_WIDTH = 11


@click.command("status")
@click.option("--delegation", "delegation_name", metavar="NAME", help="only this delegation")
@event_option
@json_option
@in_office
def status(
    office: Office, delegation_name: str | None, event_slug: str | None, as_json: bool
) -> None:
    """Count who was sent their badge and who has to be reached otherwise, by delegation."""
    event = office.event(event_slug)
    with office.database.read() as session:
        only = delegation_named(session, event, delegation_name).id if delegation_name else None
        lines = delivery_by_delegation(session, event, only)
    if as_json:
        say_json({"event": event.slug, "delegations": [_body(line) for line in lines]})
        return
    say(_row("delegation", "badge", "printed", *(str(one) for one in Delivery)))
    for line in lines:
        counts = (str(line.counts[one]) for one in Delivery)
        say(_row(line.delegation.name, str(line.with_badge), str(line.printed), *counts))


def _body(line: DelegationDelivery) -> dict[str, object]:
    counts = {str(one): line.counts[one] for one in Delivery}
    badges = {"with_badge": line.with_badge, "printed": line.printed}
    return {"delegation": line.delegation.name, **badges, **counts}


def _row(name: str, *figures: str) -> str:
    return f"{name[:24]:24}" + "".join(f"{figure:>{_WIDTH}}" for figure in figures)
