"""The commands `badges status` and `badges bounces`: deliveries of badges, and bounces."""

from __future__ import annotations

import click

from checkin.cli.office import Office, event_option, in_office, json_option, now, say, say_json
from checkin.errors import SettingsError
from checkin.services.events.events import delegation_named
from checkin.services.mail.delivery_report import (
    DelegationDelivery,
    Delivery,
    delivery_by_delegation,
)
from checkin.services.mail.mailbox.bounces import Report, read_reports
from checkin.services.mail.mailbox.mailbox_settings import keep_look, look_found

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


_SENTENCES = {
    Report.BOUNCED: "came back and are marked",
    Report.NOT_OURS: "are about no message of ours, or were known",
    Report.NO_BOUNCE: "are no bounces",
}


@click.command("bounces")
@click.option("--webhook", is_flag=True, help="print the address to which bounces may be posted")
@json_option
@in_office
def bounces(office: Office, webhook: bool, as_json: bool) -> None:
    """Read bounces from the mailbox at once; the worker does so every few minutes."""
    settings = office.settings
    if webhook:
        say(f"{office.public_address().for_others()}/mail/bounces/{office.keys.bounce_webhook}")
        return
    with office.database.read() as session:
        mailbox = settings.bounce_mailbox(session, office.keys)
    if mailbox is None:
        raise SettingsError(
            "no mailbox is set: do it on the page E-mail, or set CHECKIN_BOUNCES_URL to "
            "imaps://user:password@host/FOLDER"
        )
    counts = read_reports(office.database, office.keys, mailbox, now())
    office.write(lambda session: keep_look(session, look_found(counts, now())))
    if as_json:
        say_json({str(report): counts[report] for report in Report})
        return
    for report in Report:
        say(f"{counts[report]} {_SENTENCES[report]}")
