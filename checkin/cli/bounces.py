"""`badges bounces`: read what came back."""

from __future__ import annotations

import click

from checkin.cli.office import Office, in_office, json_option, now, say, say_json
from checkin.errors import SettingsError
from checkin.services.mail.bounces import Report, read_mailbox

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
    """Read bounces from the mailbox CHECKIN_BOUNCES_URL and mark their messages."""
    settings = office.settings
    if webhook:
        say(f"{office.public_address().for_others()}/mail/bounces/{office.keys.bounce_webhook}")
        return
    if not settings.bounces_url:
        raise SettingsError("set CHECKIN_BOUNCES_URL to imaps://user:password@host/FOLDER")
    counts = read_mailbox(office.database, office.keys, settings.bounces_url, now())
    if as_json:
        say_json({str(report): counts[report] for report in Report})
        return
    for report in Report:
        say(f"{counts[report]} {_SENTENCES[report]}")
