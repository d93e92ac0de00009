"""The checks of `doctor` on e-mail: the sender, and the server that takes messages."""

from __future__ import annotations

from checkin.cli.doctor.findings import Finding, aside, unless, well
from checkin.cli.doctor.lines import command, setting
from checkin.cli.office import Office
from checkin.domain.network.addresses import one_line
from checkin.domain.network.public_address import RULING


def sender(office: Office) -> Finding:
    """Look whether others can answer the sender of our mail."""
    with office.database.read() as session:
        found = office.settings.sender_address(session)
    fault = one_line(found.problem).partition(": ")[2] if found.problem else ""
    is_ruled = found.source in RULING
    line = "Name <badges@example.org>"
    mends = (
        setting(f"CHECKIN_MAIL_FROM={line}") if is_ruled else command(f"address --sender '{line}'")
    )
    return unless(fault, mends)


def mail(office: Office) -> Finding:
    """Look whether a mail server is set."""
    with office.database.read() as session:
        settings = office.settings.mail(session)
    if settings.is_sent:
        return well()
    return aside(f"no mail server is set (page “E-mail”): {settings.to} gets the files")
