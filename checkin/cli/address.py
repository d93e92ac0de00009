"""`address`: at which address people use this server, and who says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import click
from sqlalchemy.orm import Session

from checkin.cli.office import Office, in_office, now, say
from checkin.domain.addresses import one_line
from checkin.domain.problems import InvalidValue
from checkin.domain.public_address import BASE_URL, MAIL_FROM
from checkin.errors import InvalidRequest
from checkin.services.public_address import (
    AddressSource,
    PublicAddress,
    SenderAddress,
    choose_lan_address,
    keep_base_url,
    keep_sender,
    lan_choices,
)
from checkin.services.telephone_check import opened_elsewhere

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

    The environment and .env rule over what is set here, as they do over the page.
    """

    kept = (
        (BASE_URL, url, keep_base_url),
        (BASE_URL, lan, choose_lan_address),
        (MAIL_FROM, sender, keep_sender),
    )
    for column, given, keep in kept:
        if given is not None:
            _keep(office, column, partial(keep, text=given, now=now()))
    for line in _shown(office):
        say(line)


def _keep(office: Office, column: str, keep: Callable[[Session], None]) -> None:
    try:
        office.write(keep)
    except InvalidValue as fault:
        raise InvalidRequest(one_line(fault.in_column(column))) from None


def _shown(office: Office) -> Iterator[str]:
    with office.database.read() as session:
        found = office.settings.public_address(session)
        sender = office.settings.sender_address(session)
        choices = lan_choices(session)
        opened_at = opened_elsewhere(session, found.url)
    yield f"address: {with_source(found)}"
    if found.problem:
        yield f"         {HOW_TO_OPEN_IT}"
    else:
        opened = f"{opened_at:%Y-%m-%d %H:%M} UTC" if opened_at else "not yet"
        yield f"         opened from another device: {opened}"
    for own, url in choices.items():
        if url != found.url:
            yield f"or:      {url} (address --lan {own})"
    yield f"sender:  {with_source(sender)}"
    if sender.problem:
        yield f"         {one_line(sender.problem)}"


def with_source(found: PublicAddress | SenderAddress) -> str:
    """Return an address, and in brackets where it comes from."""
    text = found.url if isinstance(found, PublicAddress) else found.text
    return f"{text} ({_SOURCES[found.source]})"


def say_addresses(office: Office, slugs: list[str]) -> None:
    """Say where the server is, for people who have just started it."""
    with office.database.read() as session:
        found, choices = office.settings.public_address(session), lan_choices(session)
    say(f"log in:     {found.url}/login")
    say(f"scan page:  {found.url}/scan")
    for slug in slugs:
        say(f"board:      {found.url}/events/{slug}/board")
    say('a scanner:  python -m checkin device pair --gate "Porte 1"')
    say(f"            python -m scanner --server {found.url} --pair CODE")
    say(f"address:    {with_source(found)}")
    for own, url in choices.items():
        if url != found.url:
            say(f"or:         {url}, chosen by: python -m checkin address --lan {own}")
    if found.problem:
        say(f"            {HOW_TO_OPEN_IT}")
