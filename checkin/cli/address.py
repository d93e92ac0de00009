"""`address`: at which address people use this server, and who says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import click
from sqlalchemy.orm import Session

from checkin.cli.office import Office, in_office, now, say
from checkin.domain.common.problems import InvalidValue, Problem
from checkin.domain.network.addresses import one_line
from checkin.domain.network.public_address import BASE_URL, MAIL_FROM, RULING
from checkin.errors import Conflict, InvalidRequest
from checkin.services.network.public_address import (
    AddressSource,
    PublicAddress,
    SenderAddress,
    choose_lan_address,
    keep_base_url,
    keep_sender,
    lan_choices,
    where_it_answers,
)
from checkin.services.network.telephone_check import opened_elsewhere

_SOURCES = {
    AddressSource.ENVIRONMENT: "from the environment",
    AddressSource.DOTENV: "from the file .env",
    AddressSource.PAGE: "set on the page or by this command",
    AddressSource.LISTENING: "this machine's address on the network",
    AddressSource.LOCAL: "nothing was set",
}
#: said where only this machine understands the address
HOW_TO_OPEN_IT = (
    "other machines cannot use this address: serve on all networks (run --host 0.0.0.0), or set "
    "CHECKIN_BASE_URL"
)


@click.command()
@click.option("--set", "url", metavar="URL", help="the address that people use; '' for none")
@click.option("--lan", metavar="IP", help="choose among this machine's addresses")
@click.option("--sender", metavar="'NAME <ADDRESS>'", help="of e-mails; '' for none")
@in_office
def address(office: Office, url: str | None, lan: str | None, sender: str | None) -> None:
    """Show at which address people use this server and who sends its mail, or set them.

    What the environment or .env says rules: nothing is set here then, as on the page.
    """

    kept = (
        (BASE_URL, url, keep_base_url),
        (BASE_URL, lan, choose_lan_address),
        (MAIL_FROM, sender, keep_sender),
    )
    for column, given, _ in kept:
        if given is not None:
            _refuse_where_ruled(office, column)
    for column, given, keep in kept:
        if given is not None:
            _keep(office, column, partial(keep, text=given, now=now()))
    for line in _shown(office):
        say(line)


def _refuse_where_ruled(office: Office, column: str) -> None:
    given = office.settings.given(column)
    if given is not None:
        where = "the file .env" if given.source is AddressSource.DOTENV else "the environment"
        raise Conflict(
            f"CHECKIN_{column.upper()} in {where} rules, and nothing was changed: change or remove "
            "it there, then start the server again"
        )


def _keep(office: Office, column: str, keep: Callable[[Session], None]) -> None:
    try:
        office.write(keep)
    except InvalidValue as fault:
        raise InvalidRequest(one_line(fault.in_column(column))) from None


def _shown(office: Office) -> Iterator[str]:
    with office.database.read() as session:
        found = office.settings.public_address(session)
        sender = office.settings.sender_address(session)
        warning = office.settings.address_warning(session)
        choices = offered(session, found)
        opened_at = opened_elsewhere(session, found.url)
    yield f"address: {with_source(found)}"
    if found.problem:
        yield f"         {HOW_TO_OPEN_IT}"
    else:
        opened = f"{opened_at:%Y-%m-%d %H:%M} UTC" if opened_at else "not yet"
        yield f"         opened from another device: {opened}"
    if warning:
        yield f"warning: {warning_line(warning)}"
    for own, url in choices.items():
        yield f"or:      {url} (address --lan {own})"
    yield f"sender:  {with_source(sender)}"
    if sender.problem:
        yield f"         {one_line(sender.problem)}"


def offered(session: Session, found: PublicAddress) -> dict[str, str]:
    """Return the other addresses that `address --lan` may choose, by the machine's IP address."""
    if found.source in RULING:
        return {}
    return {own: url for own, url in lan_choices(session).items() if url != found.url}


def warning_line(warning: Problem) -> str:
    """Return the sentence of a warning about the address, which stands beside its name."""
    return one_line(warning).partition(": ")[2]


def with_source(found: PublicAddress | SenderAddress) -> str:
    """Return an address, and in brackets where it comes from."""
    text = found.url if isinstance(found, PublicAddress) else found.text
    return f"{text} ({_SOURCES[found.source]})"


def say_addresses(office: Office, slugs: list[str]) -> None:
    """Say where the server is, for people who have just started it."""
    with office.database.read() as session:
        found = office.settings.public_address(session)
        warning, choices = office.settings.address_warning(session), offered(session, found)
        answers = where_it_answers(session)
    say(f"log in:     {found.url}/login")
    say(f"scan page:  {found.url}/scan")
    for slug in slugs:
        say(f"board:      {found.url}/events/{slug}/board")
    say('a scanner:  python -m checkin device pair --gate "Porte 1"')
    say(f"            python -m scanner --server {found.url} --pair CODE")
    say(f"address:    {with_source(found)}")
    if warning:
        say(f"warning:    {warning_line(warning)}")
        say(f"works here: {answers}")
    for own, url in choices.items():
        say(f"or:         {url}, chosen by: python -m checkin address --lan {own}")
    if found.problem:
        say(f"            {HOW_TO_OPEN_IT}")
